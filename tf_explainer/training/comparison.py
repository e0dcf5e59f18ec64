"""A CNN's decisions beside the labels, and what is to be said of them."""

import dataclasses

from scipy import stats

from tf_explainer.training.category_order import MARGIN


@dataclasses.dataclass(frozen=True)
class Reading:
    """How images are handed to a CNN, and its scores are read.

    Attributes:
        classes: The categories in the order of its scores; one sigmoid is
            the score of the second.
        scale: Values of the images, a key of `SCALES`.
    """

    classes: tuple[str, ...]
    scale: str = "none"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A CNN's decisions beside the labels, however they are read.

    Attributes:
        images: Number of images.
        given: How they are read.
        right: Share of the images on which it is right so.
        best: How it is clearly right more often; `given` if there is none.
        best_right: Share of the images on which it is right then.
        likely: How it is likely to be right more often, though there are
            too few images to be certain; `best` if that is certain.
        likely_right: Share of the images on which it is right then.
        as_good: Other scales, for which nothing but the scale is changed,
            that do about as well as the best, and their shares.
        chance: Share that always the same category would get.
        saturated: Whether most scores are as sure as float32 can be, and
            other scales do as well.
    """

    images: int
    given: Reading
    right: float
    best: Reading
    best_right: float
    likely: Reading
    likely_right: float
    as_good: dict[str, float]
    chance: float
    saturated: bool

    @property
    def fits(self) -> bool:
        """Whether no other reading is clearly better."""
        return self.best == self.given

    @property
    def told(self) -> str:
        """What was counted, for a message."""
        return (
            f"is right on {_percent(self.right)} of {self.images} images of "
            f"`train` with its scores in the order "
            f"{', '.join(self.given.classes)} and scale {self.given.scale}, "
            f"but on {_percent(self.best_right)}"
        )

    @property
    def others_told(self) -> str:
        """The other scales that do as well, for a message; may be empty."""
        if not self.as_good:
            return ""
        told = [f"{k} {_percent(v)}" for k, v in self.as_good.items()]
        return f" (about as good: scale {', '.join(told)})"

    def doubts(self, scale_said: bool = False) -> list[str]:
        """Returns what is to be said though no other reading is better.

        Args:
            scale_said: Whether the user has named the scale.
        """
        lines = []
        counted = (
            f"The CNN is right on {_percent(self.right)} of {self.images} "
            "images of `train`, and always the same category would get "
            f"{_percent(self.chance)}"
        )
        count = round(self.right * self.images)
        if stats.binom.cdf(count, self.images, self.chance) < 0.05:
            lines.append(
                f"{counted}: either its scores stand in another order than "
                "the categories, or it takes one for another."
            )
        elif self.right < self.chance + MARGIN:
            lines.append(f"{counted}: there is little to explain.")
        if self.likely not in (self.best, self.given):
            lines.append(
                f"With its scores in the order "
                f"{', '.join(self.likely.classes)} and scale "
                f"{self.likely.scale} it is right on "
                f"{_percent(self.likely_right)}, of too few images to be "
                "certain: give `classes` and `scale` if that is how it was "
                "trained."
            )
        if self.saturated and not scale_said:
            lines.append(
                "The CNN's scores have no doubt left, as if its images had "
                "too large values: if it was trained on scaled ones, give "
                f"their `scale`{self.others_told}."
            )
        return lines


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
