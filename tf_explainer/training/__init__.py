"""How an explainer learns."""

from tf_explainer.training.schedule import Schedule
from tf_explainer.training.train_explainer import train_explainer

__all__ = ["Schedule", "train_explainer"]
