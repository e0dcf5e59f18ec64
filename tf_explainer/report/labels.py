"""What parts are called on the page, and in which color."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from tf_explainer.explainer.parts import usual_names
from tf_explainer.visualization.style import part_color


@dataclasses.dataclass(frozen=True)
class PartLabel:
    """One part, as the page speaks of it.

    Args:
        index: Its place among the parts, from 0.
        name: What the user calls it, or `part 1`, ….
        landmark: The landmark that it is matched to; empty for none.
        filters: Indices of its filters; `None` if they are not known.
    """

    index: int
    name: str
    landmark: str = ""
    filters: tuple[int, ...] | None = None

    @property
    def number(self) -> int:
        """As in `tf-explainer name`, from 1."""
        return self.index + 1

    @property
    def color(self) -> str:
        """The same on the whole page."""
        return part_color(self.index)

    @property
    def text(self) -> str:
        """Its name, and the landmark's in addition."""
        if self.landmark and self.landmark != self.name:
            return f"{self.name} ({self.landmark})"
        return self.name


def part_labels(
    result: Mapping[str, Any], explainer: Any = None
) -> tuple[PartLabel, ...]:
    """Returns the labels of an explainer's parts; none if it has none.

    Args:
        result: Contents of `result.json`.
        explainer: The explainer, if it is at hand.
    """
    known = explainer.parts if explainer is not None else ()
    measured = result.get("part_maps", {}).get("by_part", [])
    given = result.get("part_names") or [part.name for part in known]
    decided = [len(one["parts"]) for one in result.get("decides", {}).values()]
    counts = len(known), len(measured), len(given), *decided
    names = [*given, *usual_names(max(counts))[len(given) :]]
    return tuple(
        PartLabel(
            index,
            name,
            (
                measured[index]["landmark"] or ""
                if index < len(measured)
                else ""
            ),
            known[index].filters if index < len(known) else None,
        )
        for index, name in enumerate(names)
    )
