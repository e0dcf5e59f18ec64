"""How an explainer learns."""

from tf_explainer.config.schedule import Schedule
from tf_explainer.training.explainers import train_explainer
from tf_explainer.training.fine_tuning import fine_tune
from tf_explainer.training.performers import train_performer

__all__ = ["Schedule", "fine_tune", "train_explainer", "train_performer"]
