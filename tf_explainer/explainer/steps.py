"""One step of learning and one of validating, on one replica or on many."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.distribution.replicas import (
    one_batch,
    shared_loss,
    whole_mean,
    whole_rows,
    whole_scalars,
)
from tf_explainer.explainer.fitting import augmented
from tf_explainer.explainer.parts import found_parts
from tf_explainer.explainer.removed_parts import with_removed_parts
from tf_explainer.explainer.validation import found_alone, told_terms


def learned_step(explainer: Any, data: Any) -> dict[str, Any]:
    """Learns from a batch, and returns the running means of what is told.

    Args:
        explainer: An `Explainer`.
        data: What Keras hands to `train_step`.
    """
    images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    lesson = explainer.examples.lesson(images)
    with one_batch(lesson["target"]):
        return _learned(explainer, augmented(explainer, lesson))


def _learned(explainer: Any, features: dict[str, Any]) -> dict[str, Any]:
    encoder, objective = explainer.encoder, explainer.objective
    finds = encoder.parts and encoder.learns_parts
    features, given = with_removed_parts(explainer, features)
    weights = (encoder.part_head if finds else explainer).trainable_weights
    probes = objective.probes()
    with tf.GradientTape() as tape:
        tape.watch(probes)
        if finds:
            losses = found_parts(explainer, features)
        else:
            encoded = explainer.encode(features, probes, training=True, **given)
            losses = objective(features, encoded.output)
        shared = shared_loss(losses["loss"], features["target"])
        scaled = explainer.optimizer.scale_loss(shared)
    gradients, statistics = tape.gradient(scaled, [weights, probes])
    explainer.optimizer.apply_gradients(zip(gradients, weights, strict=True))
    told = found_alone(losses) if finds else losses
    told = whole_scalars(told, features["target"])
    statistics = whole_mean(statistics, features["target"])
    told["filter_loss"] = objective.record(statistics)
    return _logged(explainer, told, features)


def validated_step(explainer: Any, data: Any) -> dict[str, Any]:
    """Returns the running means of what is told of batches like this one.

    Args:
        explainer: An `Explainer`.
        data: What Keras hands to `test_step`.
    """
    images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    features = explainer.examples.features(images)
    with one_batch(features["target"]):
        told = told_terms(explainer, features)
        told = whole_scalars(told, features["target"])
        return _logged(explainer, told, features)


def _logged(
    explainer: Any, values: Mapping[str, Any], features: Mapping[str, Any]
) -> dict[str, Any]:
    means = {metric.name: metric for metric in explainer.metrics}
    told = [name for name in means if name in values]
    # A last batch that is smaller counts for less.
    images = whole_rows(features["target"])
    for name in told:
        means[name].update_state(values[name], sample_weight=images)
    return {name: means[name].result() for name in told}
