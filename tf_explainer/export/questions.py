"""What a server answers to the question why, in its graph."""

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.explainer.answer_rows import PIECES
from tf_explainer.explainer.score_pieces import known_kind

# What is told beside them.
EXPLAINED = ("scores", "performer_scores", "trust", "closeness")
PLACES = ("part_places", "part_presence")
# Where each filter is taken for a part.
_PEAKS = ("peaks", "peak_strengths")
_TOLD = ("performer_score", "target", *EXPLAINED)
# Of classes, one an image.
INDICES = tuple(
    tf.TensorSpec((None,), tf.int32, name=name)
    for name in ("target", "against")
)


def answered(explainer: Explainer) -> Callable[[Any, Any, Any], Any]:
    """Returns `Answers.answer` of the kind that a server tells.

    Args:
        explainer: A trained explainer.
    """
    kind = known_kind(None, explainer.encoder.parts)
    return functools.partial(explainer.answers.answer, kind=kind)


def explanation_of(
    explainer: Explainer, images: Any, answer: Callable[[Any, Any, Any], Any]
) -> dict[str, Any]:
    """Returns what each part gives to the class that is decided for.

    Args:
        explainer: A trained explainer.
        images: `(batch, H, W, 3)`, looked at before.
        answer: `answered`, or a graph of it.
    """
    nobody = tf.fill(tf.shape(images)[:1], -1)
    parts = explainer.encoder.parts > 0
    told, pieces = answer(images, nobody, nobody)
    name = "part_contributions" if parts else "filter_contributions"
    return {
        name: pieces.parts,
        **{piece: getattr(pieces, piece) for piece in PIECES[1:]},
        **{name: told[name] for name in EXPLAINED},
        **{name: told[name] for name in (PLACES if parts else ())},
    }


def contributions(
    explainer: Explainer,
    images: tf.TensorSpec,
    checked: Callable[[Any], Any],
    answer: Callable[[Any, Any, Any], Any],
) -> Any:
    """Returns the signature `contributions`, see `export_saved_model`.

    Args:
        explainer: A trained explainer.
        images: What it takes.
        checked: Returns images, or refuses those of another size.
        answer: A graph of `answered`.
    """
    classes, parts = len(explainer.class_names), explainer.encoder.parts > 0
    names = (*_TOLD, *(PLACES if parts else _PEAKS))

    def told_of(images: Any, target: Any, against: Any) -> dict[str, Any]:
        images = checked(images)
        checks = [
            _check_classes("target", target, images, classes),
            _check_classes("against", against, images, classes),
        ]
        with tf.control_dependencies(checks):
            target, against = tf.identity(target), tf.identity(against)
        told, pieces = answer(images, target, against)
        with tf.control_dependencies([_check_other(told["target"], against)]):
            score = tf.identity(pieces.score)
        return {
            **{name: getattr(pieces, name) for name in PIECES},
            **{name: told[name] for name in names},
            "score": score,
        }

    return traced(told_of, images, *INDICES)


def traced(answer: Callable[..., Any], *inputs: tf.TensorSpec) -> Any:
    """Returns a function as a graph, which several signatures may share.

    Args:
        answer: From tensors to a dictionary of tensors.
        *inputs: What it takes.
    """
    # AutoGraph would take as long as all else, and finds nothing to do.
    graph = tf.function(answer, input_signature=inputs, autograph=False)
    graph.get_concrete_function()
    return graph


def _check_classes(name: str, index: Any, images: Any, classes: int) -> Any:
    """Of a class that is none, a graph would say that nothing gives to it."""
    count = tf.shape(images)[0]
    fits = tf.reduce_all((index >= -1) & (index < classes))
    told = tf.strings.join(
        [
            f"`{name}` must hold, for each of the ",
            tf.strings.as_string(count),
            f" images, -1 or the index of one of {classes} classes, received ",
            _listed(index),
        ]
    )
    return tf.debugging.Assert(fits & (tf.size(index) == count), [told])


def _check_other(target: Any, against: Any) -> Any:
    told = tf.strings.join(
        [
            "`against` must be another class than `target`, or than what the "
            "performer decides; received ",
            _listed(against),
            " against ",
            _listed(target),
        ]
    )
    return tf.debugging.Assert(tf.reduce_all(target != against), [told])


def _listed(index: Any) -> Any:
    return tf.strings.reduce_join(tf.strings.as_string(index), separator=", ")
