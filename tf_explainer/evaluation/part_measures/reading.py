"""From part maps to what is kept of them."""

from typing import Any

from keras import ops

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.explainer.reading import places_of
from tf_explainer.tensors import Maps, Tensor


def maps_at(maps: Maps, points: Any, field: ReceptiveField) -> Tensor:
    """Returns maps read between units, bilinearly.

    Args:
        maps: `(batch, H, W, channels)`.
        points: `(batch, points, 2)`, `(row, column)` as fractions of the
            image, none of them NaN; beyond the outermost unit it stands for
            what lies there.
        field: Receptive field of a unit.

    Returns:
        float32 `(batch, points, channels)`.
    """
    rows, columns = _weights(points[..., 0], points[..., 1], field)
    maps = ops.cast(maps, "float32")
    lines = ops.einsum("bph,bhwc->bpwc", rows, maps)
    return ops.einsum("bpw,bpwc->bpc", columns, lines)


def maps_of_pixels(
    maps: Maps, size: tuple[int, int], field: ReceptiveField
) -> Tensor:
    """Returns maps read at each pixel of the image, bilinearly.

    Args:
        maps: `(batch, H, W, channels)`.
        size: Height and width of the image, in pixels.
        field: Receptive field of a unit.

    Returns:
        float32 `(batch, height, width, channels)`.
    """
    down, across = ((_range(side) + 0.5) / side for side in size)
    rows, columns = _weights(down, across, field)
    maps = ops.cast(maps, "float32")
    lines = ops.einsum("ph,bhwc->bpwc", rows, maps)
    return ops.einsum("qw,bpwc->bpqc", columns, lines)


def _weights(rows: Any, columns: Any, field: ReceptiveField) -> Any:
    """Of all rows of units at some places, and of all columns."""
    height, width = field.image
    units = field.unit(
        ops.cast(rows, "float32") * height - 0.5,
        ops.cast(columns, "float32") * width - 0.5,
    )
    return [
        ops.relu(
            1 - ops.abs(ops.clip(unit, 0, count - 1)[..., None] - _range(count))
        )
        for unit, count in zip(units, field.units, strict=True)
    ]


def _range(count: int) -> Tensor:
    return ops.arange(count, dtype="float32")


def read_parts(
    maps: Maps, landmarks: Any, field: ReceptiveField
) -> dict[str, Tensor]:
    """Returns where the parts are, and which one wins at each landmark.

    Args:
        maps: `(batch, H, W, parts + 1)`, the last channel the background.
        landmarks: `(batch, landmarks, 2)`, fractions; NaN hidden.
        field: Receptive field of a unit.

    Returns:
        The fields of `ObservedParts` of these images.
    """
    places, presence = places_of(maps[..., :-1], field)
    landmarks = ops.cast(landmarks, "float32")
    hidden = ops.any(ops.isnan(landmarks), axis=-1)
    points = ops.where(hidden[..., None], 0.0, landmarks)
    winners = ops.argmax(maps_at(maps, points, field), axis=-1)
    return {
        # Absent parts have their place at -1.
        "places": ops.where(places < 0, float("nan"), places),
        "presence": presence,
        "at_landmarks": ops.where(hidden, -1, ops.cast(winners, "int32")),
    }
