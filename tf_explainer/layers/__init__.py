"""The parts of the encoder: norm, mask, gated track mixer, templates."""

from tf_explainer.layers.channel_norm import ChannelNorm
from tf_explainer.layers.filter_categories import FilterCategories
from tf_explainer.layers.mirror_shift import MirrorShift
from tf_explainer.layers.part_head import PartHead, part_places
from tf_explainer.layers.part_mask import PartMask, find_peaks, part_templates
from tf_explainer.layers.track_mixer import TrackMixer
from tf_explainer.layers.typicality import Typicality

__all__ = [
    "ChannelNorm",
    "FilterCategories",
    "MirrorShift",
    "PartHead",
    "PartMask",
    "TrackMixer",
    "Typicality",
    "find_peaks",
    "part_places",
    "part_templates",
]
