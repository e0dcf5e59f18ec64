"""FunnyBirds: rendered birds whose parts can be removed."""

from tf_explainer.datasets.funny_birds.read_intervention import (
    read_intervention,
)

__all__ = ["read_intervention"]
