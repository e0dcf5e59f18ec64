"""What an explainer learns from: images, moved views, features, labels."""

from tf_explainer.features.batches import feature_batches
from tf_explainer.features.cache import feature_cache
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.features.images import image_batches
from tf_explainer.features.views import moved_images, pair_of_views

__all__ = [
    "EpochDraws",
    "feature_batches",
    "feature_cache",
    "image_batches",
    "moved_images",
    "pair_of_views",
]
