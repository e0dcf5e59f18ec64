"""Whether a CNN's images and scores are read as it was trained."""

import dataclasses
import functools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from tf_explainer.attachment import ScaledImage
from tf_explainer.attachment.adapting import SCALES
from tf_explainer.attachment.head import (
    both_scores,
    positive_category,
    predicted_categories,
)
from tf_explainer.datasets.part_dataset import PartDataset, spread_evenly
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.training.category_order import (
    FEW,
    LIKELY,
    MARGIN,
    better_order,
    clearly_better,
    likely_order,
)
from tf_explainer.training.comparison import Comparison, Reading

IMAGES = 512
_LEAST = 4
# Beyond it, float32 knows no more difference to 1.
_SATURATED = 1 - 1e-7
# As well: at most so many of the images fewer.
_AS_WELL = 0.02


@dataclasses.dataclass(frozen=True, eq=False)
class _Look:
    """What a CNN decides on images of one scale."""

    decided: np.ndarray
    labels: np.ndarray
    categories: int
    saturated: bool

    def order(self, likely: bool = False) -> tuple[int, ...]:
        """Its best order, see `better_order` and `likely_order`."""
        find = likely_order if likely else better_order
        return find(self.decided, self.labels, self.categories)

    def right(self, order: Sequence[int]) -> np.ndarray:
        """On which images it is right in an order."""
        return self.decided == np.array(order)[self.labels]


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
        negative_category: See `both_scores`.
        batch_size: Images in a batch.

    Returns:
        What was found; `None` where decisions and labels cannot be compared.
    """
    # From Python a data set may be less than ours are.
    categories = tuple(getattr(dataset, "categories", ()))
    performer = _with_both_scores(performer, negative_category)
    train = dataset.splits["train"]
    if not _comparable(performer, categories, train.labels):
        return None
    kept = _evenly(train.labels, len(categories))
    images, labels = train.part(kept), train.labels[kept]
    batches = [np.asarray(b) for b in images.images.batch(batch_size)]

    def look(scale: str) -> _Look:
        return _look(performer, batches, labels, scale)

    looks = {given.scale: look(given.scale)}
    first = looks[given.scale]
    wrong = 1 - first.right(first.order()).mean()
    if wrong >= MARGIN or first.saturated:
        looks |= {name: look(name) for name in SCALES if name != given.scale}
    return _compared(looks, given, categories, labels)


def _with_both_scores(performer: Any, negative: int | None) -> Any:
    (scores,) = keras.tree.flatten(performer.outputs)
    both = both_scores(scores, negative)
    return performer if both is scores else keras.Model(performer.inputs, both)


def _comparable(
    performer: Any, categories: Sequence[str], labels: np.ndarray
) -> bool:
    columns = performer.outputs[0].shape[-1]
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
) -> _Look:
    scaled = ScaledImage(scale, dtype="float32")
    decided, doubtless = [], []
    for batch in batches:
        scores = performer(scaled(batch), training=False)
        (scores,) = keras.tree.flatten(scores)
        found = predicted_categories(scores)
        decided += ops.convert_to_numpy(found).argmax(axis=-1).tolist()
        doubtless += _doubtless(scores)
    most = bool(np.mean(doubtless) > 0.5)
    return _Look(np.array(decided), labels, found.shape[-1], most)


def _doubtless(scores: Any) -> list[bool]:
    """Whether the highest score is 1, after a softmax where there is none."""
    if keras.backend.standardize_dtype(scores.dtype) != "float32":
        return [False] * len(scores)
    values = ops.convert_to_numpy(scores)
    if values.min() < 0 or values.max() > 1:
        values = ops.convert_to_numpy(ops.softmax(scores))
    return (values.max(axis=-1) >= _SATURATED).tolist()


def _compared(
    looks: dict[str, _Look],
    given: Reading,
    categories: tuple[str, ...],
    labels: np.ndarray,
) -> Comparison:
    scale, order = _best(looks, given.scale)
    likely, likely_order = _best(looks, given.scale, likely=True)
    right = looks[scale].right(order).mean()
    good = {
        name: float(look.right(order).mean())
        for name, look in looks.items()
        if name not in (scale, given.scale)
        and look.right(order).mean() >= right - _AS_WELL
    }
    saturated = looks[scale].saturated and scale == given.scale
    if scale == given.scale and not saturated:
        good = {}
    named = functools.partial(_renamed, given.classes, categories)
    return Comparison(
        images=len(labels),
        given=given,
        right=float((looks[given.scale].decided == labels).mean()),
        best=Reading(named(order), scale),
        best_right=float(right),
        likely=Reading(named(likely_order), likely),
        likely_right=float(looks[likely].right(likely_order).mean()),
        as_good=good,
        chance=float(np.bincount(labels).max() / len(labels)),
        saturated=saturated and bool(good),
    )


def _best(
    looks: dict[str, _Look], given: str, likely: bool = False
) -> tuple[str, tuple[int, ...]]:
    """The scale, and the order, with which most images are right."""
    orders = {name: look.order(likely) for name, look in looks.items()}
    right = {name: look.right(orders[name]) for name, look in looks.items()}
    best = max(looks, key=lambda name: right[name].sum())
    limits: tuple[float, ...] = (len(SCALES) - 1,)
    if likely:
        few = len(looks[given].labels) < FEW * looks[given].categories
        limits = (1, math.inf if few else LIKELY)
    if not clearly_better(right[best], right[given], *limits):
        best = given
    return best, orders[best]


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


def check_explainer_reading(
    explainer: Explainer, dataset: PartDataset | Any, batch_size: int = 32
) -> None:
    """Compares the performer's decisions with the labels of some images.

    What is no error and still to be said is a `UserWarning`. Where the
    performer has other outputs than the data set has categories, there is
    nothing to compare.

    Args:
        explainer: An explainer of the performer.
        dataset: Images with their labels; of anything but a `PartDataset`
            the categories have no names, and nothing is compared.
        batch_size: Images in a batch.

    Raises:
        InputError: If another order of the performer's scores, or another
            scale of its images, is clearly better.
    """
    if not hasattr(dataset, "splits"):
        return
    negative = explainer.settings.negative_category
    names = tuple(getattr(dataset, "categories", ()))
    if explainer.performer.outputs[0].shape[-1] == 1 and len(names) == 2:
        positive = positive_category(negative)
        names = (names[1 - positive], names[positive])
    found = compare_readings(
        explainer.performer, dataset, Reading(names), negative, batch_size
    )
    if found is None:
        return
    if not found.fits:
        raise InputError(_better(found, dataset))
    for line in found.doubts():
        warnings.warn(line, stacklevel=3)


def _better(found: Comparison, dataset: PartDataset) -> str:
    background = dataset.negative_category
    negative = (
        "" if background is None else f", with negative_category={background}"
    )
    return (
        f"`explainer.performer` {found.told} with classes="
        f"{found.best.classes}, scale={found.best.scale!r}"
        f"{found.others_told}: give Explainer.from_performer what "
        "tf_explainer.attachment.adapt_performer(performer, dataset, classes, "
        f"scale) makes of it{negative}. `compare=False` takes it as it is."
    )
