"""Data sets of TensorFlow Datasets that have landmarks."""

from tf_explainer.datasets.tfds_landmarks.landmarked import open_tfds

__all__ = ["open_tfds"]
