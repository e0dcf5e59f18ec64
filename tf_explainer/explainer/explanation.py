"""One image explained: what each part gives to one score."""

import dataclasses
import importlib
from typing import Any

import numpy as np

# Of the performer's own score: how far the rebuilt one may be from it.
NEAR = 0.25
# Of what the pieces give: a rest that hides what decides.
MUCH = 0.5
# Of the images learned from: so few are as odd.
RARE = 0.02


@dataclasses.dataclass(frozen=True, eq=False)
class ExplainedPart:
    """What one part gives to a score.

    Args:
        name: What it is called.
        index: Its place in `explainer.parts`.
        contribution: What it gives, in units of the score; below 0 it speaks
            against the target.
        share: That by all that parts and ordinary track give, signs left
            out; in [-1, 1].
        place: `(row, column)`, fractions of the image; `None` where the part
            is absent.
        presence: Height of its map, in [0, 1].
        field: float32 `(h, w)` in [0, 1], the share of each unit that is the
            part's; empty where the answer has no maps.
        filters: Indices of its filters in conv-interp-2.
    """

    name: str
    index: int
    contribution: float
    share: float
    place: tuple[float, float] | None
    presence: float
    field: np.ndarray
    filters: tuple[int, ...]

    @property
    def number(self) -> str:
        """Its number as names have it: parts from 1, filters from 0."""
        alone = self.name == f"filter {self.index}"
        return str(self.index + (0 if alone else 1))

    @property
    def label(self) -> str:
        """Its name, behind its number if the name does not end in that."""
        if self.name.endswith(f" {self.number}"):
            return self.name
        return f"{self.number}  {self.name}"


@dataclasses.dataclass(frozen=True)
class Trust:
    """Whether this image's explanation speaks for the performer.

    Args:
        agrees: Whether explainer and performer choose the same class.
        performer_score: The performer's own score of the same question.
        gap: `|score - performer_score|`.
        part_share: Of all that parts and ordinary track give, signs left
            out, what the parts give; in [0, 1].
        together: `|rest|` by the same sum: what no piece alone shows.
        typical: Share of the images learned from that are as odd or odder,
            `trust` of a call; `None` where `fit` has not come to its end.
    """

    agrees: bool
    performer_score: float
    gap: float
    part_share: float
    together: float
    typical: float | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the explanation is to be read with care; none if it is not."""
        found = []
        if not self.agrees:
            found.append("the explainer decides for another class than the CNN")
        if self.gap > NEAR * max(abs(self.performer_score), 1.0):
            found.append("the rebuilt score is far from the CNN's own")
        if self.part_share < 0.5:
            found.append("less than half of it comes from parts")
        if self.together > MUCH:
            found.append("much of it is given by several parts together only")
        if self.typical is not None and self.typical < RARE:
            found.append("the image is unlike those learned from")
        return tuple(found)


@dataclasses.dataclass(frozen=True, eq=False)
class Explanation:
    """One image explained, by `Explainer.explain`.

    `sum of the parts' contributions + ordinary + rest = score`.

    Args:
        image: `(H, W, C)` as the performer took it.
        source: Path of the file, or `image 0`, ….
        target: The class whose score is explained.
        against: The class whose score is taken off; `None` for none.
        score: The explainer's, before the softmax, less the mean of all
            classes; with `against` the difference of the two.
        parts: Those that are in the image and those that are not, the one
            that gives most, for or against, first.
        ordinary: What the ordinary track gives.
        rest: What is left, see `Contributions`.
        probabilities: Class to the share that the explainer gives it.
        performer_probabilities: The same of the performer.
        trust: Whether it speaks for the performer.
        extent: Left, right, bottom and top of the parts' fields, in pixels.
    """

    image: np.ndarray
    source: str
    target: str
    against: str | None
    score: float
    parts: tuple[ExplainedPart, ...]
    ordinary: float
    rest: float
    probabilities: dict[str, float]
    performer_probabilities: dict[str, float]
    trust: Trust
    extent: tuple[float, float, float, float]

    @property
    def question(self) -> str:
        """What is explained, in words."""
        if self.against is None:
            return f"why {self.target}"
        return f"why {self.target} and not {self.against}"

    def to_dict(self) -> dict[str, Any]:
        """Returns JSON values; the numbers add up to `score`."""
        return {
            "image": self.source,
            "target": self.target,
            "against": self.against,
            "score": self.score,
            "parts": [
                {
                    "name": part.name,
                    "contribution": part.contribution,
                    "share": part.share,
                    "place": None if part.place is None else [*part.place],
                    "presence": part.presence,
                    "filters": [*part.filters],
                }
                for part in self.parts
            ],
            "ordinary": self.ordinary,
            "rest": self.rest,
            "explainer": self.probabilities,
            "performer": self.performer_probabilities,
            "trust": {
                **dataclasses.asdict(self.trust),
                "reasons": [*self.trust.reasons],
            },
        }

    def plot(self, top: int | None = None) -> Any:
        """Returns the picture, see `visualization.show_explanation`.

        Args:
            top: How many parts to show.
        """
        # Drawn by rooms that know of explanations, not the other way.
        pictures = importlib.import_module("tf_explainer.visualization")
        return pictures.show_explanation(self, top)

    def _repr_html_(self) -> str:
        pages = importlib.import_module("tf_explainer.report")
        return pages.explanation_html(self)
