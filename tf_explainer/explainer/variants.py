"""The explainer and what it is compared with."""

from collections.abc import Mapping
from typing import Any

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "explainer": {},
    "explainer_cls": {"learn_from": "labels"},
    "explainer_cls_predicted": {"learn_from": "predictions"},
    "plain": {"mask": "none", "filter_loss": "none"},
}
"""Name → the settings that it fixes, see `ExplainerSettings.variant`."""
