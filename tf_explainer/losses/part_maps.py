"""What makes K competing maps parts: seven terms that no label enters."""

from collections.abc import Mapping

from keras import ops

from tf_explainer.distribution.replicas import whole_batch
from tf_explainer.losses.equivariance import SHARPNESS, STILL
from tf_explainer.tensors import Frames, Maps, Scalar, Tensor

WEIGHTS: Mapping[str, float] = {
    "equivariance": 1.0,
    "presence": 1.0,
    "concentration": 3.0,
    "orthogonality": 1.0,
    "entropy": 0.1,
    "background": 0.5,
    "peak": 1.0,
}
"""Term → its weight in `part_loss`."""

# A part must be in one image of so many.
ONE_IN = 4
TINY = 1e-6


def part_loss(
    logits: Maps, features: Maps, frames: Frames
) -> dict[str, Scalar]:
    """Returns the terms that part maps are found with, and their `loss`.

    The batch holds each image twice: images `2 i` and `2 i + 1` are two views
    of one, the first of them the image as it is.

    Args:
        logits: `(batch, H, W, parts + 1)`, the last one the background.
        features: What the maps were made of, standardized, `(batch, H, W,
            channels)`.
        frames: `(batch, 2, 3)`, place in units of the map → place in the
            common frame of both views.

    Returns:
        Name → scalar, those of `WEIGHTS` and `loss`, their weighted sum.

    Source:
        Ours, in the order of `WEIGHTS`: Thewlis et al. 2017 (a part moves
        with the image), van der Klis et al. 2023, PDiscoNet (presence,
        orthogonality, entropy), Hung et al. 2019, SCOPS (concentration), Choi
        et al. 2024, PDiscoFormer (background); and `equivariance_loss` on the
        part maps.
    """
    maps = ops.softmax(logits, axis=-1)
    first, own = _views(maps)[0], _views(features)[0]
    into, other = _views(frames)
    moved, inside = moved_into(_views(logits)[1], other, into)
    terms = {
        "equivariance": map_equivariance(
            first, ops.softmax(moved, axis=-1), inside
        ),
        "presence": presence(first),
        "concentration": concentration(first),
        "orthogonality": orthogonality(first, own),
        "entropy": entropy(first),
        "background": background(first),
        "peak": peak_equivariance(logits, frames),
    }
    total = sum(WEIGHTS[name] * term for name, term in terms.items())
    return {**terms, "loss": total}


def moved_into(maps: Maps, frames: Frames, into: Frames) -> tuple[Maps, Tensor]:
    """Returns maps of one view as they lie in another.

    Args:
        maps: `(batch, H, W, channels)`.
        frames: Of the view that the maps are of, `(batch, 2, 3)`.
        into: Of the other view.

    Returns:
        `(batch, H, W, channels)`, by bilinear interpolation; and `(batch, H,
        W)`, 1 for units that the view shows, 0 for others.
    """
    _, height, width, _ = maps.shape
    places = _places_in(frames, into, height, width)
    row, column = places[..., 0], places[..., 1]
    down = ops.relu(
        1 - ops.abs(row[..., None] - ops.arange(height, dtype="float32"))
    )
    across = ops.relu(
        1 - ops.abs(column[..., None] - ops.arange(width, dtype="float32"))
    )
    weight = down[..., :, None] * across[..., None, :]
    weight = ops.reshape(weight, (-1, height * width, height * width))
    flat = ops.reshape(maps, (-1, height * width, maps.shape[-1]))
    seen = (row >= 0) & (row <= height - 1) & (column >= 0)
    seen = ops.cast(seen & (column <= width - 1), "float32")
    return (
        ops.reshape(ops.matmul(weight, flat), ops.shape(maps)),
        ops.reshape(seen, (-1, height, width)),
    )


def _places_in(frames: Frames, into: Frames, height: int, width: int) -> Tensor:
    """Place in the view for each unit of the other one, `(batch, HW, 2)`."""
    grid = _grid(height, width)
    shared = ops.einsum("bij,qj->bqi", into[..., :2], grid)
    away = shared + into[:, None, :, 2] - frames[:, None, :, 2]
    a, b = frames[:, 0, 0], frames[:, 0, 1]
    c, d = frames[:, 1, 0], frames[:, 1, 1]
    scale = (a * d - b * c)[:, None]
    row, column = away[..., 0], away[..., 1]
    return ops.stack(
        [
            (d[:, None] * row - b[:, None] * column) / scale,
            (a[:, None] * column - c[:, None] * row) / scale,
        ],
        axis=-1,
    )


def map_equivariance(maps: Maps, moved: Maps, inside: Tensor) -> Scalar:
    """Returns `1 - E cos(a_k, a'_k)` over images and parts.

    Args:
        maps: Of an image, `(batch, H, W, parts + 1)`.
        moved: Of its other view, moved into the image, see `moved_into`.
        inside: Units that both show, `(batch, H, W)`.
    """
    one, other = _parted(maps)[0], _parted(moved)[0]
    one, other = one * inside[..., None], other * inside[..., None]
    product = ops.sum(one * other, axis=(1, 2))
    lengths = [
        ops.sum(ops.square(side), axis=(1, 2)) + TINY for side in (one, other)
    ]
    # Inside the root, or its slope at 0 is no number.
    return 1 - ops.mean(product / ops.sqrt(lengths[0] * lengths[1]))


def presence(maps: Maps) -> Scalar:
    """Returns how far each part is from being in a quarter of the images.

    `E_k [1 - mean of the top quarter of images of max_u avgpool_3(a_k)]`

    Args:
        maps: `(batch, H, W, parts + 1)`.
    """
    wide = ops.average_pool(_parted(maps)[0], 3, 1, "valid")
    highest = ops.transpose(whole_batch(ops.max(wide, axis=(1, 2))))
    images = ops.shape(highest)[1]
    taken = ops.maximum(images // ONE_IN, 1)
    # Sorted and masked: the graph may not know how many images there are.
    best = ops.cast(ops.arange(images) >= images - taken, "float32")
    mean = ops.sum(ops.sort(highest, axis=-1) * best, axis=-1)
    return 1 - ops.mean(mean) / ops.cast(taken, "float32")


def concentration(maps: Maps) -> Scalar:
    """Returns how far a part lies from its own center of mass.

    `E_{b,k} Σ_u a_k(u) ‖u - c_k‖² / (L² Σ_u a_k(u))`, `L` the longer side.

    Args:
        maps: `(batch, H, W, parts + 1)`.
    """
    _, height, width, _ = maps.shape
    flat, mass = _flat(maps)
    grid = _grid(height, width)
    center = ops.einsum("bqk,qi->bki", flat, grid) / mass[..., None]
    away = ops.sum(ops.square(grid[None, :, None] - center[:, None]), axis=-1)
    spread = ops.sum(flat * away, axis=1) / mass
    return ops.mean(spread) / max(height, width) ** 2


def orthogonality(maps: Maps, features: Maps) -> Scalar:
    """Returns how alike the parts' mean features are.

    `E (v vᵀ - I)²`, `v_k` the mean of the feature under part k, less the
    image's own mean, at length 1.

    Args:
        maps: `(batch, H, W, parts + 1)`.
        features: `(batch, H, W, channels)`, standardized.
    """
    flat, mass = _flat(maps)
    units = ops.reshape(features, (-1, flat.shape[1], features.shape[-1]))
    units = units - ops.mean(units, axis=1, keepdims=True)
    means = ops.einsum("bqk,bqd->bkd", flat, units) / mass[..., None]
    squares = ops.sum(ops.square(means), axis=-1, keepdims=True)
    means = means / ops.sqrt(squares + TINY)
    alike = ops.matmul(means, ops.transpose(means, (0, 2, 1)))
    return ops.mean(ops.square(alike - ops.eye(flat.shape[-1])))


def entropy(maps: Maps) -> Scalar:
    """Returns `E_u -Σ_k a_k log a_k`, in nats.

    Args:
        maps: `(batch, H, W, parts + 1)`.
    """
    return ops.mean(ops.sum(-maps * ops.log(maps + 1e-8), axis=-1))


def background(maps: Maps) -> Scalar:
    """Returns `-E log max_u (avgpool_3(a_bg)(u) r(u)²)`.

    It must be somewhere, and rather far from the middle: `r` is the distance
    from it, 1 in the corners.

    Args:
        maps: `(batch, H, W, parts + 1)`.
    """
    _, height, width, _ = maps.shape
    wide = ops.average_pool(_parted(maps)[1], 3, 1, "same")
    wide = ops.squeeze(wide, axis=-1)
    middle = ops.convert_to_tensor([(height - 1) / 2, (width - 1) / 2])
    away = ops.sum(ops.square(_grid(height, width) - middle), axis=-1)
    away = ops.reshape(away / ops.max(away), (height, width))
    return -ops.mean(ops.log(ops.max(wide * away, axis=(1, 2)) + 1e-4))


def peak_equivariance(logits: Maps, frames: Frames) -> Scalar:
    """Returns the mean over parts of `E‖c - c'‖² / (2 Var(c) + still)`.

    `c` is the center of `softmax_u(4 log a_k)` in the common frame.

    Args:
        logits: `(batch, H, W, parts + 1)`, both views.
        frames: `(batch, 2, 3)`.

    Source:
        `equivariance_loss`, on part maps.
    """
    _, height, width, channels = logits.shape
    logs = _parted(ops.log_softmax(logits, axis=-1))[0]
    flat = ops.reshape(logs, (-1, height * width, channels - 1))
    shares = ops.softmax(SHARPNESS * flat, axis=1)
    center = ops.einsum("bqk,qi->bki", shares, _grid(height, width))
    place = ops.einsum("bij,bkj->bki", frames[..., :2], center)
    place = whole_batch(place + frames[:, None, :, 2])
    one, other = _views(place)
    apart = ops.sum(ops.square(one - other), axis=-1)
    variance = ops.sum(ops.var(place, axis=0), axis=-1)
    still = STILL * max(height, width) ** 2
    return ops.mean(ops.mean(apart, axis=0) / (2 * variance + still))


def _views(pairs: Tensor) -> tuple[Tensor, Tensor]:
    """The images as they are and their other views, of rows in turn.

    A slice of every second row would be copied number by number.
    """
    sides = tuple(pairs.shape[1:])
    one, other = ops.unstack(ops.reshape(pairs, (-1, 2, *sides)), axis=1)
    return one, other


def _parted(maps: Maps) -> tuple[Maps, Maps]:
    """The parts' maps, and the background's with one channel.

    The gradient of a slice is written number by number; of these it is a
    concatenation.
    """
    parts, alone = ops.split(maps, [maps.shape[-1] - 1], axis=-1)
    return parts, alone


def _grid(height: int, width: int) -> Tensor:
    """Row and column of each unit, `(HW, 2)`."""
    rows, columns = ops.meshgrid(
        ops.arange(height, dtype="float32"),
        ops.arange(width, dtype="float32"),
        indexing="ij",
    )
    return ops.reshape(ops.stack([rows, columns], axis=-1), (-1, 2))


def _flat(maps: Maps) -> tuple[Tensor, Tensor]:
    """The parts' maps `(batch, HW, parts)`, and their sums."""
    _, height, width, channels = maps.shape
    parts = _parted(maps)[0]
    flat = ops.reshape(parts, (-1, height * width, channels - 1))
    return flat, ops.sum(flat, axis=1) + TINY
