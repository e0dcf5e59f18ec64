"""How an explainer learns."""

from tf_explainer.config.schedule import Schedule
from tf_explainer.training.explainers import train_explainer

__all__ = ["Schedule", "train_explainer"]
