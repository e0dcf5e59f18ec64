"""Whether a CNN's images and scores are read as it was trained."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from scipy import stats

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.spread_evenly import spread_evenly
from tf_explainer.explainer.predicted_categories import predicted_categories
from tf_explainer.performers import ScaledImage
from tf_explainer.performers.scaled_image import SCALES
from tf_explainer.training.category_order import (
    MARGIN,
    better_order,
    clearly_better,
)

IMAGES = 512
_LEAST = 4
# Beyond it, float32 knows no more difference to 1.
_SATURATED = 1 - 1e-7
# As well: at most so many of the images fewer.
_AS_WELL = 0.02


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
        as_good: Other scales, for which nothing but the scale is changed,
            that do about as well as the best, and their shares.
        chance: Share that always the same category would get.
        saturated: Whether most decisions have no doubt that float32 knows,
            though as many are right, and have some, with `as_good`.
    """

    images: int
    given: Reading
    right: float
    best: Reading
    best_right: float
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

    def doubts(self) -> list[str]:
        """Returns what is to be said though no other reading is better."""
        lines = []
        count = round(self.right * self.images)
        chances = stats.binom.cdf(
            [count - 1, count], self.images, self.chance
        ).tolist()
        always = f"always the same category would get {_percent(self.chance)}"
        counted = f"{_percent(self.right)} of {self.images} images of `train`"
        if chances[1] < 0.05:
            lines.append(
                f"The CNN is right on {counted}, and {always}: either its "
                "scores stand in another order than the categories, or it "
                "takes one for another."
            )
        elif 1 - chances[0] > 0.05:
            lines.append(
                f"The CNN is right on {counted}, and {always}: there is "
                "little to explain."
            )
        if self.saturated:
            lines.append(
                "The CNN's scores have no doubt left, as if its images had "
                "too large values: if it was trained on scaled ones, give "
                f"their `scale`{self.others_told}."
            )
        return lines


@dataclasses.dataclass(frozen=True, eq=False)
class _Look:
    """What a CNN decides on images of one scale, in its best order."""

    order: tuple[int, ...]
    right: np.ndarray
    right_as_given: np.ndarray
    saturated: bool


def compare_readings(
    performer: keras.Model,
    dataset: PartDataset,
    given: Reading,
    negative_category: int | None = None,
    batch_size: int = 32,
) -> Comparison | None:
    """Counts how often a CNN is right on some images of `train`.

    All orders of its scores are tried, see `better_order`; and all scales of
    the images, unless it is right so often that none can be clearly better.

    Args:
        performer: Model from images to scores in the order of
            `dataset.categories`; `given.scale` is not in it.
        dataset: Images with their labels.
        given: How the user means it to be read.
        negative_category: See `predicted_categories`.
        batch_size: Images in a batch.

    Returns:
        What was found; `None` where decisions and labels cannot be compared.
    """
    # From Python a data set may be less than ours are.
    categories = tuple(getattr(dataset, "categories", ()))
    train = dataset.splits["train"]
    if not _comparable(performer, categories, train.labels):
        return None
    kept = _evenly(train.labels, len(categories))
    images, labels = train.part(kept), train.labels[kept]
    batches = [np.asarray(b) for b in images.images.batch(batch_size)]

    def look(scale: str) -> _Look:
        return _look(performer, batches, labels, scale, negative_category)

    looks = {given.scale: look(given.scale)}
    wrong = 1 - looks[given.scale].right.mean()
    if wrong >= MARGIN or looks[given.scale].saturated:
        looks |= {name: look(name) for name in SCALES if name != given.scale}
    return _compared(looks, given, categories, labels)


def _comparable(
    performer: Any, categories: Sequence[str], labels: np.ndarray
) -> bool:
    columns = max(performer.outputs[0].shape[-1], 2)
    known = len(labels) and 0 <= labels.min() <= labels.max() < len(categories)
    return bool(known) and columns == len(categories)


def _evenly(labels: np.ndarray, categories: int) -> np.ndarray:
    kept = np.zeros(len(labels), bool)
    for category in range(categories):
        places = np.flatnonzero(labels == category)
        most = max(IMAGES // categories, _LEAST)
        kept[places[spread_evenly(len(places), most)]] = True
    return kept


def _look(
    performer: Any,
    batches: Sequence[np.ndarray],
    labels: np.ndarray,
    scale: str,
    negative_category: int | None,
) -> _Look:
    scaled = ScaledImage(scale, dtype="float32")
    decided, doubtless = [], []
    for batch in batches:
        scores = performer(scaled(batch), training=False)
        (scores,) = keras.tree.flatten(scores)
        found = predicted_categories(scores, negative_category)
        decided += ops.convert_to_numpy(found).argmax(axis=-1).tolist()
        doubtless += _doubtless(scores)
    taken = np.array(decided)
    categories = found.shape[-1]
    order = better_order(taken, labels, categories)
    return _Look(
        order,
        taken == np.array(order)[labels],
        taken == labels,
        bool(np.mean(doubtless) > 0.5),
    )


def _doubtless(scores: Any) -> list[bool]:
    """Whether the highest score is 1, after a softmax where there is none."""
    if keras.backend.standardize_dtype(scores.dtype) != "float32":
        return [False] * len(scores)
    values = ops.convert_to_numpy(scores)
    if values.min() < 0 or values.max() > 1:
        values = ops.convert_to_numpy(ops.softmax(scores))
    if values.shape[-1] == 1:
        values = np.concatenate([values, 1 - values], axis=-1)
    return (values.max(axis=-1) >= _SATURATED).tolist()


def _compared(
    looks: dict[str, _Look],
    given: Reading,
    categories: tuple[str, ...],
    labels: np.ndarray,
) -> Comparison:
    ours = looks[given.scale]
    scale = max(looks, key=lambda name: looks[name].right.sum())
    best = looks[scale]
    if not clearly_better(best.right, ours.right, len(SCALES) - 1):
        scale, best = given.scale, ours
    good = {
        name: float(look.right.mean())
        for name, look in looks.items()
        if name not in (scale, given.scale)
        and look.order == best.order
        and look.right.mean() >= best.right.mean() - _AS_WELL
    }
    softer = {k: v for k, v in good.items() if not looks[k].saturated}
    saturated = scale == given.scale and best.saturated and bool(softer)
    if scale == given.scale:
        good = softer if saturated else {}
    return Comparison(
        images=len(labels),
        given=given,
        right=float(ours.right_as_given.mean()),
        best=Reading(_renamed(given.classes, categories, best.order), scale),
        best_right=float(best.right.mean()),
        as_good=good,
        chance=float(np.bincount(labels).max() / len(labels)),
        saturated=saturated,
    )


def _renamed(
    classes: tuple[str, ...],
    categories: tuple[str, ...],
    order: tuple[int, ...],
) -> tuple[str, ...]:
    """The classes, if column `order[k]` speaks for category `k`."""
    names = {
        categories[column]: categories[category]
        for category, column in enumerate(order)
    }
    return tuple(names[name] for name in classes)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
