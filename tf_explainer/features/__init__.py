"""What an explainer learns from: images, moved views, features, labels."""

from tf_explainer.features.cache import feature_cache
from tf_explainer.features.images import image_batches

__all__ = ["feature_cache", "image_batches"]
