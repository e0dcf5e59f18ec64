"""How an explainer learns."""

from tf_explainer.training.explainers import train_explainer
from tf_explainer.training.schedule import Schedule

__all__ = ["Schedule", "train_explainer"]
