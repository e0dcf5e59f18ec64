"""What decides: parts, the ordinary track, the rest, over many images."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.attachment.head import predicted_categories
from tf_explainer.explainer import Contributions, Explainer
from tf_explainer.explainer.class_scores import LogitHead
from tf_explainer.explainer.score_pieces import pieces_of_score


class ScorePieces(NamedTuple):
    """What the scores of many images are made of, as arrays.

    Attributes:
        decided: int `(images,)`, index of the class that the performer
            decides for, whose score is taken apart.
        gradient: `Contributions` of this kind.
        removal: The same; `None` without parts.
    """

    decided: np.ndarray
    gradient: Contributions
    removal: Contributions | None


def pieces_of_scores(
    explainer: Explainer, batches: Iterable[Any]
) -> ScorePieces:
    """Takes the score of the category that is decided for apart, by image.

    Args:
        explainer: A trained `Explainer`.
        batches: Images, or the performer's features of them.

    Source:
        `Explainer.contributions`, here in one graph for all batches.
    """
    kinds = (
        ("gradient", "removal") if explainer.encoder.parts else ("gradient",)
    )
    logits_of = LogitHead(explainer.attachment.head)

    @tf.function(reduce_retracing=True, autograph=False)
    def taken_apart(batch: Any) -> ScorePieces:
        features = explainer.examples.features(batch)
        decided = predicted_categories(features["scores"])
        encoded = explainer.encode(features)
        found = {
            kind: pieces_of_score(explainer, encoded, logits_of, decided, kind)[
                0
            ]
            for kind in kinds
        }
        return ScorePieces(
            tf.argmax(decided, axis=-1),
            found["gradient"],
            found.get("removal"),
        )

    seen = [taken_apart(batch) for batch in batches]
    return tf.nest.map_structure(_joined, *seen)


def _joined(*values: Any) -> np.ndarray | None:
    return None if values[0] is None else np.concatenate(values)


def part_contributions(
    pieces: ScorePieces,
    negative: int | None,
    standing: np.ndarray,
    landmark_names: Sequence[str],
) -> dict[str, Any]:
    """Returns the shares of the score of the category that is decided for.

    Args:
        pieces: See `pieces_of_scores`.
        negative: Index of the category that stands for no object: images
            that are taken for it do not count; `None` if there is none.
        standing: int `(filters,)`, the landmark that each filter stands for,
            -1 for none.
        landmark_names: Names in the order of the landmarks.

    Returns:
        `images`, their number; `parts`, landmark name to the share of the
        filters that stand for it; `other`, the share of all other filters;
        `ordinary`, that of the ordinary track, and `bias`, that of decoder
        and head; with parts `removal`, what the score loses without all of
        them. Shares are of the sum of the scores that
        `Explainer.contributions` takes apart, and add up to 1. Empty if no
        image counts or that sum is not above 0.

    Source:
        Zhang et al. 2018, Figure 5, which leaves `ordinary` and `bias` out.
    """

    wanted = pieces.decided != (-1 if negative is None else negative)

    def total_of(values: Any) -> np.ndarray:
        return values[wanted].sum(axis=0, dtype=np.float64)

    given = pieces.gradient
    filters = total_of(given.filters)
    ordinary = float(total_of(given.ordinary))
    bias = float(total_of(given.rest))
    total = filters.sum() + ordinary + bias
    if not total > 0:
        return {}
    removed = pieces.removal
    return {
        "images": int(wanted.sum()),
        "parts": {
            name: float(filters[standing == landmark].sum() / total)
            for landmark, name in enumerate(landmark_names)
        },
        "other": float(filters[standing < 0].sum() / total),
        "ordinary": ordinary / total,
        "bias": bias / total,
        **(
            {"removal": float(total_of(removed.together)) / total}
            if removed
            else {}
        ),
    }


def share_through_filters(contributions: Mapping[str, Any]) -> float:
    """Returns the share of the score that passes through part filters.

    Args:
        contributions: What `part_contributions` returned, not empty.
    """
    return sum(contributions["parts"].values()) + contributions["other"]


def what_decides(
    pieces: ScorePieces, class_names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Returns what parts give to each class, mean over its images.

    An image counts for the class that the performer decides for.

    Args:
        pieces: See `pieces_of_scores`.
        class_names: Names of the performer's classes.

    Returns:
        Class name to `images`, their number; `parts`, what the removal of
        each part costs; `ordinary`, the same of the ordinary track; `rest`
        and `score`, see `Contributions`. All are means, and parts, ordinary
        and rest add up to the score. Classes that no image is decided for
        are left out; all are if the explainer has no parts.

    Source:
        Ours, after Figure 5 of Zhang et al. 2018.
    """
    removed = pieces.removal
    if removed is None:
        return {}
    told = np.column_stack(
        [removed.parts, removed.ordinary, removed.rest, removed.score]
    ).astype(np.float64)
    return {
        class_names[index]: _means(told[pieces.decided == index])
        for index in np.unique(pieces.decided).tolist()
    }


def _means(told: np.ndarray) -> dict[str, Any]:
    *parts, ordinary, rest, score = told.mean(axis=0).tolist()
    return {
        "images": len(told),
        "parts": parts,
        "ordinary": ordinary,
        "rest": rest,
        "score": score,
    }
