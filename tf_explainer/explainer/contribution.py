"""What each part gives to a class score, before the softmax."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.attachment.head import predicted_categories
from tf_explainer.errors import InputError
from tf_explainer.explainer.class_names import class_indices
from tf_explainer.explainer.class_scores import LogitHead
from tf_explainer.explainer.score_pieces import (
    Contributions,
    known_kind,
    pieces_of_score,
)
from tf_explainer.features.image_checks import finite_images, nan_unless
from tf_explainer.features.images import check_images


def contributions(
    explainer: Any,
    images: Any,
    category: Any = None,
    against: Any = None,
    kind: str | None = None,
) -> Contributions:
    """Returns what every part and the ordinary track give to a score.

    The score is the category's own before the softmax, less the mean of
    all categories' (`LogitHead`), from the rebuilt features. Written
    `s(m, o)` of the maps `m` of the filters and `o` of the ordinary track:

    - `removal`: `s(m, o) - s(m without part k, o (1 - a_k))`, what the score
      loses when the part alone is removed. The ordinary track's piece is
      `s(m, o) - s(m, 0)`.
    - `shapley`: the mean, over orders in which the parts and the ordinary
      track come in, of what each adds to those before it. With 8 orders
      and the reverse of each.
    - `gradient`: gradient × activation, summed over the maps of the part's
      filters, the quick one. Norm, pooling, mixer, decoder and head are
      piecewise linear (conv, dense, batch normalization, ReLU, pooling), so
      the pieces add up to the score with nothing left over but the biases;
      behind other activations `rest` also holds what the gradient does not
      see.

    Args:
        explainer: An `Explainer`.
        images: `(batch, H, W, 3)` as the performer takes them, or a batch
            of its features, as `cached_features` keeps them.
        category: Name or index of the category, one for all images or one
            each; by default the one that the performer gives the highest
            score.
        against: Name or index of a category whose score is taken off, one
            for all images or one each: why this and not that. `None` for
            none.
        kind: One of `KINDS`; by default `removal`, and `gradient` where
            each filter is a part of its own.

    Raises:
        InputError: If `category` or `against` is no category of the
            performer, if `kind` is unknown or needs parts, or if the images
            do not fit the performer or are not finite.

    Source:
        Zhang et al. 2018, figure 5, "contributions of different object
        parts"; gradient × activation as in Zhou et al. 2016 and Selvaraju
        et al. 2017 (references [45] there and Grad-CAM); Shapley 1953, by
        permutations as Castro et al. 2009. Removal is ours.
    """
    kind = known_kind(kind, explainer.encoder.parts)
    reader = explainer.examples
    if not isinstance(images, dict):
        check_images(images, reader.shape)
    features = reader.features(images)
    predicted = np.asarray(predicted_categories(features["scores"]))
    names = explainer.class_names
    wanted = wanted_scores(names, predicted, category, against)
    encoded = explainer.encode(features)
    pieces, _ = pieces_of_score(
        explainer, encoded, LogitHead(explainer.attachment.head), wanted, kind
    )
    finite = finite_images(
        None if isinstance(images, dict) else images, features
    )
    told = {k: v for k, v in pieces._asdict().items() if v is not None}
    return Contributions(**nan_unless(finite, told))


def wanted_scores(
    class_names: Sequence[str],
    predicted: np.ndarray,
    category: Any,
    against: Any,
) -> np.ndarray:
    """Returns what logits are multiplied by to have the score that is asked.

    Args:
        class_names: Names of the classes.
        predicted: `(images, classes)`, 1 for what the performer decides.
        category: See `contributions`.
        against: See `contributions`.

    Returns:
        float32 `(images, classes)`: 1 for the category, -1 for the other.
    """
    images, classes = predicted.shape
    if category is None:
        category = predicted.argmax(axis=-1)
    chosen = class_indices("category", category, class_names, images)
    wanted = np.eye(classes, dtype=np.float32)[chosen]
    if against is None:
        return wanted
    other = class_indices("against", against, class_names, images)
    if (other == chosen).any():
        raise InputError(
            "`against` must be another class than `category`, received "
            f"{against!r} for both."
        )
    return wanted - np.eye(classes, dtype=np.float32)[other]
