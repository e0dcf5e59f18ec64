"""How much of the class score passes through part filters."""

from collections.abc import Mapping
from typing import Any


def share_through_filters(contributions: Mapping[str, Any]) -> float:
    """Returns the share of the score that passes through part filters.

    Args:
        contributions: What `part_contributions` returned, not empty.
    """
    return sum(contributions["parts"].values()) + contributions["other"]
