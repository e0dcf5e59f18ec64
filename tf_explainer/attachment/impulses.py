"""Where a map answers when one place of what it reads is changed."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from tf_explainer.attachment.known_layers import Steps

# Places in fractions of the sides: corners, where what is rolled comes back
# from the other side, and inner ones that no flip or turn maps on each other.
_CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
_INNER = ((0.15, 0.4), (0.4, 0.85), (0.85, 0.6), (0.6, 0.15))
# Of numbers as layers and as performers read them: some answer to one alone.
_SCALES = (1.0, 255.0, -2.0)


class Answer(NamedTuple):
    """The part of a map that changed, in units.

    Attributes:
        center: Row and column of its center.
        spread: Standard deviations of rows and columns about it.
    """

    center: np.ndarray
    spread: np.ndarray

    def is_at(self, place: Any, slack: float) -> bool:
        """Whether it lies around a place.

        Args:
            place: Row and column, units.
            slack: Distance that is no disagreement, units.
        """
        far = np.abs(self.center - np.asarray(place))
        return bool((far <= slack + 1.5 * self.spread).all())


def answer_of(before: Any, after: Any) -> Answer | None:
    """Returns where two maps differ, or `None` if they do not.

    Args:
        before: Array `(H, W, …)`.
        after: Array of the same shape.
    """
    with np.errstate(all="ignore"):
        change = np.square(np.float64(after) - np.float64(before))
    change = np.where(np.isfinite(change), change, 0.0)
    change = change.reshape(*change.shape[:2], -1).sum(axis=-1)
    total = change.sum()
    if not total > 0:
        return None
    places = np.indices(change.shape)
    share = change / total
    center = (places * share).sum(axis=(1, 2))
    square = (np.square(places - center[:, None, None]) * share).sum((1, 2))
    return Answer(center, np.sqrt(square))


def layer_answer(
    arguments: Sequence[Any], below: Sequence[Any], above: Any, steps: Steps
) -> str:
    """Tells whether a layer leaves the places of a map where they are.

    It is called on random numbers, of which one place is changed at a time.

    Args:
        arguments: Symbolic tensors that the layer reads.
        below: Those of them that are changed: maps `(batch, H, W, …)` of one
            size.
        above: Symbolic map that the layer puts out.
        steps: What it is expected to do to rows and columns.

    Returns:
        `"keeps"` if it does what is expected; `"moves"` if another place
        answers; `"mixes"` if every place does, or none.
    """
    unique = list({id(tensor): tensor for tensor in arguments}.values())
    model = keras.Model(unique, above, name="answering")
    changed = [any(one is other for other in below) for one in unique]
    for scale in _SCALES:
        seen = _answers(model, unique, changed, scale)
        if seen:
            return _verdict(seen, above, steps)
    return "mixes"


def _answers(
    model: keras.Model, inputs: list[Any], changed: list[bool], scale: float
) -> list[tuple[tuple[int, int], Answer]]:
    random = np.random.default_rng(0)
    first = [_numbers(random, tensor, scale) for tensor in inputs]
    sides = next(
        tensor.shape[1:3]
        for tensor, changes in zip(inputs, changed, strict=True)
        if changes
    )
    before = _called(model, first)
    seen = []
    for place in _CORNERS + _INNER:
        row, column = (
            round(part * (side - 1))
            for part, side in zip(place, sides, strict=True)
        )
        other = [np.array(one) for one in first]
        for one, tensor, changes in zip(other, inputs, changed, strict=True):
            if changes:
                new = _numbers(random, tensor, scale)
                one[:, row, column] = new[:, row, column]
        answer = answer_of(before, _called(model, other))
        if answer is not None:
            seen.append(((row, column), answer))
    return seen


def _numbers(random: Any, tensor: Any, scale: float) -> np.ndarray:
    """Numbers from 0 to `scale`; around 0 if that is negative."""
    shape = [1 if side is None else side for side in tensor.shape]
    values = np.abs(scale) * random.random(shape, np.float32)
    if scale < 0:
        values += scale / 2
    if tensor.dtype == "bool":
        return values > np.abs(scale) / 2
    if "int" in tensor.dtype:
        return values.astype(tensor.dtype)
    return values


def _called(model: keras.Model, inputs: list[Any]) -> np.ndarray:
    tensors = [keras.ops.convert_to_tensor(one) for one in inputs]
    tensors = [
        keras.ops.cast(one, symbol.dtype)
        for one, symbol in zip(tensors, model.inputs, strict=True)
    ]
    return _array(model(tensors, training=False))[0]


def _array(value: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(keras.ops.cast(value, "float32"))


def _verdict(
    seen: list[tuple[tuple[int, int], Answer]], above: Any, steps: Steps
) -> str:
    sides = np.array(above.shape[1:3])
    slack = 1 + max(step.kernel / step.stride for step in steps) / 4
    moved = mixed = 0
    inner = []
    for place, answer in seen:
        expected = np.array(
            [step.above(one) for step, one in zip(steps, place, strict=True)]
        )
        mixes = bool((answer.spread > np.maximum(sides / 4, 1)).any())
        mixed += mixes
        moved += not mixes and not answer.is_at(expected, slack)
        if ((expected > 0) & (expected < sides - 1)).all() and not mixes:
            inner.append(answer.center - expected)
    # What a wide kernel loses at one border it loses at the other, too: a
    # mean to one side is that of a layer that carries on along an axis.
    one_sided = len(inner) >= len(_INNER) - 1 and bool(
        (np.abs(np.mean(inner, axis=0)) > slack).any()
    )
    if moved > 1 or one_sided:
        return "moves"
    return "mixes" if 2 * mixed > len(seen) else "keeps"


def disagreement(
    model: keras.Model,
    to_unit: Callable[[float, float], tuple[float, float]],
    jump: float,
) -> str | None:
    """Returns where a spot in the image shows, if that is elsewhere.

    Args:
        model: Model from an image to a map.
        to_unit: Function of a pixel's row and column to the unit of the map
            whose field is centered there.
        jump: Pixels from unit to unit.

    Returns:
        Half a sentence, or `None` where nothing speaks against `to_unit`: a
        map that hardly answers does not.
    """
    seen: list[tuple[tuple[float, float], Answer]] = []
    for scale in _SCALES[1::-1]:
        seen = _spots(model, jump, scale)
        if len(seen) >= len(_INNER) - 1:
            break
    units = np.array(model.output.shape[1:3])
    far = []
    for place, answer in seen:
        unit = np.array(to_unit(*place))
        inside = ((unit >= 0) & (unit <= units - 1)).all()
        if inside and not answer.is_at(unit, 1.5):
            far.append((unit, answer.center))
    if len(far) < len(_INNER) - 1:
        return None
    expected, found = (_place(one) for one in far[0])
    return f"a spot that must show at unit {expected} shows at {found}"


def _place(unit: np.ndarray) -> str:
    return "({:.1f}, {:.1f})".format(*unit)


def _spots(
    model: keras.Model, jump: float, scale: float
) -> list[tuple[tuple[float, float], Answer]]:
    """Answers to spots as wide as a step from unit to unit, in one batch."""
    (image,) = model.inputs
    random = np.random.default_rng(0)
    height, width, channels = image.shape[1:]
    half = max(round(jump / 2), 1)
    images = scale * np.repeat(
        random.random((1, height, width, channels), np.float32),
        len(_INNER) + 1,
        axis=0,
    )
    places = []
    for spotted, (down, right) in zip(images[1:], _INNER, strict=True):
        row, column = round(down * (height - 1)), round(right * (width - 1))
        rows = slice(max(row - half, 0), row + half + 1)
        columns = slice(max(column - half, 0), column + half + 1)
        spot = spotted[rows, columns]
        spot[:] = np.where(spot < scale / 2, scale, 0)
        places.append(
            (
                (rows.start + min(rows.stop, height) - 1) / 2,
                (columns.start + min(columns.stop, width) - 1) / 2,
            )
        )
    tensor = keras.ops.cast(keras.ops.convert_to_tensor(images), image.dtype)
    maps = _array(model(tensor, training=False))
    if len(maps) != len(images):
        return []
    answers = [answer_of(maps[0], one) for one in maps[1:]]
    return [
        (place, answer)
        for place, answer in zip(places, answers, strict=True)
        if answer is not None
    ]
