"""What can be read off an explainer beside its outputs."""

from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf
from keras import ops

from tf_explainer.attachment import ReceptiveField
from tf_explainer.errors import InputError
from tf_explainer.explainer.typical import layer_errors, unusual_numbers
from tf_explainer.features.batches import kept_features
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import check_images, image_batches
from tf_explainer.layers import find_peaks, part_places
from tf_explainer.layers.part_head import LEAST_PRESENCE


def outputs(
    explainer: Any,
    features: Mapping[str, Any],
    encoded: Any,
    rebuilt: Mapping[str, Any],
) -> dict[str, Any]:
    """Returns what a call tells, all float32.

    Args:
        explainer: An `Explainer`.
        features: The performer's features of a batch of images.
        encoded: What the encoder made of them.
        rebuilt: What the decoder made of that.

    Returns:
        A dictionary, beside which a call gives `p`, the share of the
        interpretable track:

        - `maps`: masked maps of conv-interp-2 `(batch, h, w, filters)`.
        - `peaks`: `(batch, filters, 2)`, (row, column) of each map's peak as
          fractions of the image; -1 where the filter is silent.
        - `peak_strengths`: `(batch, filters)`, 0 where it is silent.
        - `scores`: class scores from the rebuilt features `(batch, classes)`.
        - `performer_scores`: the performer's own. One sigmoid counts as two
          scores, see `both_scores`.
        - `trust`: `(batch,)` in [0, 1], how usual the image is: the share of
          the images learned from whose features are rebuilt as badly or
          worse. Near 0 it is unlike all of them.
        - `closeness`: `(batch,)` in [0, 1], the share of the images learned
          from on which explainer and performer are as far apart or farther.
          Both are -1 before the explainer has learned, see
          `typical.unusual_numbers`.
        - `reconstructions`: path → rebuilt feature.

        and with parts:

        - `part_maps`: `(batch, h, w, parts)`, the share of each unit that
          belongs to a part; what is left is background.
        - `part_places`: `(batch, parts, 2)`, (row, column) as fractions of
          the image; -1 where the part is absent.
        - `part_presence`: `(batch, parts)` in [0, 1], the height of a part's
          map; below `LEAST_PRESENCE` it is absent.
    """
    maps = ops.cast(encoded.interp_2, "float32")
    peaks, strengths = peaks_of(maps, explainer.receptive_field)
    last = rebuilt[explainer.reconstructed_layers[-1]]
    scores = explainer.attachment.head(last, training=False)
    usual = explainer.typicality(
        unusual_numbers(explainer, features, rebuilt, scores)
    )
    told = {
        "maps": maps,
        "peaks": peaks,
        "peak_strengths": strengths,
        "scores": ops.cast(scores, "float32"),
        "performer_scores": ops.cast(features["scores"], "float32"),
        "trust": usual[:, 0],
        "closeness": usual[:, 1],
        "reconstructions": {
            path: ops.cast(one, "float32") for path, one in rebuilt.items()
        },
    }
    if encoded.part_maps is not None:
        parts = ops.cast(encoded.part_maps, "float32")[..., :-1]
        places, presence = places_of(parts, explainer.receptive_field)
        told |= {
            "part_maps": parts,
            "part_places": places,
            "part_presence": presence,
        }
    return told


# Many times as large as the rest, and asked for by name.
LARGE = ("maps", "reconstructions")
OUTPUTS = (
    *("scores", "performer_scores", "trust", "closeness"),
    *("peaks", "peak_strengths", "p"),
)
PART_OUTPUTS = ("part_maps", "part_places", "part_presence")


def chosen_outputs(
    asked: str | Sequence[str] | None, has_parts: bool
) -> tuple[str, ...]:
    """Returns which outputs of a call `predict` returns.

    Args:
        asked: Names, `"all"`, or `None` for all but `LARGE`.
        has_parts: Whether the explainer has parts.

    Raises:
        InputError: If there is no such output.
    """
    small = OUTPUTS + (PART_OUTPUTS if has_parts else ())
    if asked is None:
        return small
    if asked == "all":
        return small + LARGE
    names = (asked,) if isinstance(asked, str) else tuple(asked)
    if not names or set(names) - {*small, *LARGE}:
        known = ", ".join(small + LARGE)
        raise InputError(
            f"`outputs` must be 'all' or some of {known}, received {asked!r}."
        )
    return names


def places_of(maps: Any, field: ReceptiveField) -> tuple[Any, Any]:
    """Returns places of parts in the image, and their presences.

    Args:
        maps: Part maps `(batch, h, w, parts)`.
        field: Where their units lie in the image.

    Returns:
        `(batch, parts, 2)` fractions of height and width, -1 where the part
        is absent; and `(batch, parts)` in [0, 1].
    """
    rows, columns, presence = part_places(maps)
    place = ops.stack(field.to_image(rows, columns), axis=-1)
    there = (presence >= LEAST_PRESENCE)[..., None]
    return ops.where(there, place, -1.0), presence


def layer_maps(explainer: Any, images: Any) -> dict[str, Any]:
    """Returns the maps of the four layers that are compared.

    Args:
        explainer: An `Explainer`.
        images: `(batch, H, W, 3)` as the performer takes them, or a batch of
            its features.

    Returns:
        `target` and `top_conv` of the performer and the masked `interp_1` and
        `interp_2`, each `(batch, h, w, channels)`.
    """
    features = images
    if not isinstance(images, Mapping):
        check_images(images, explainer.examples.shape)
        features = explainer.attachment.features(images, training=False)
    encoded = explainer.encode(features)
    maps = {
        "target": features["target"],
        "top_conv": features["replaced"],
        "interp_1": encoded.interp_1,
        "interp_2": encoded.interp_2,
    }
    return {name: ops.cast(map_, "float32") for name, map_ in maps.items()}


def peaks_of(maps: Any, field: ReceptiveField) -> tuple[Any, Any]:
    """Returns peaks in the image and their strengths.

    Args:
        maps: `(batch, h, w, filters)` of any of the four layers.
        field: Where their units lie in the image.

    Returns:
        `(batch, filters, 2)` fractions of height and width, -1 where the
        filter is silent; and strengths `(batch, filters)`, 0 there.
    """
    rows, columns, strengths = find_peaks(maps)
    position = ops.stack(field.to_image(rows, columns), axis=-1)
    fires = strengths > 0
    return (
        ops.where(fires[..., None], position, -1.0),
        ops.where(fires, strengths, 0.0),
    )


def reconstruction_errors(
    explainer: Any, features: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Returns layer → (`‖x - x*‖²`, `‖x*‖²`), each `(batch,)`.

    Args:
        explainer: An `Explainer`.
        features: A batch as `Attachment.features` gives it.
    """
    output = explainer.encode(features).output
    rebuilt = explainer.decoder(output, training=False)
    return layer_errors(explainer, features, rebuilt)


def cached_features(
    explainer: Any,
    images: Any,
    batch_size: int | None = None,
    views: int = 0,
    seed: int = 0,
    **kept: Any,
) -> tf.data.Dataset:
    """Runs the performer over all images once and keeps its features.

    What is returned can be handed to `fit` in the images' place, also to that
    of other explainers of the same performer and layers: a search over
    settings then runs the performer once.

    Args:
        explainer: An `Explainer`.
        images: As in `fit`.
        batch_size: Images that the performer takes at a time; 32 if not
            given.
        views: Moved views of each image, mirrored, shifted, turned and
            scaled, whose features are kept beside its own. The filter loss
            `equivariant` learns from them.
        seed: Seed of the views.
        **kept: `memory_limit`, `disk_limit` (GiB), `directory`, `tell` and
            `exact`, see `features.feature_cache`.

    Returns:
        A data set of single examples, one dictionary of features each, in the
        order of the images.

    Raises:
        InputError: If the images do not fit the performer, or if a feature is
            not finite.
    """
    run, values = explainer.attachment.features, explainer.examples.values
    with told_faults():
        batches = image_batches(images, batch_size, run.input_shape[1:])
        batches = values.watched(batches)
        features = kept_features(run, batches, views, seed, **kept)[0]
    values.tell()
    return features
