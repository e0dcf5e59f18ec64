"""What is kept of one batch of images."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from tf_explainer.evaluation.observation import UNTRAINED
from tf_explainer.evaluation.projection import Projection
from tf_explainer.evaluation.spatial_entropy import map_entropies
from tf_explainer.losses import squared_error, squared_norm


def look(
    explainer: Any,
    twin: Any,
    projections: Mapping[str, Projection],
    spec: Any,
) -> Callable[[Any], dict[str, Any]]:
    """Returns a compiled function from a batch to what is kept of it.

    The performer, by far the slowest part, runs once for the explainer and
    its untrained twin together.

    Args:
        explainer: A trained `Explainer`.
        twin: Another explainer of the same performer and layers.
        projections: Name to further filters of the target feature.
        spec: Of a batch, see `SplitSource.batches`.

    Returns:
        A function of float images `(batch, height, width, 3)`, or of the
        performer's features of them, to a dictionary: `peaks`, layer to
        positions `(batch, filters, 2)`, strengths and spatial entropies
        `(batch, filters)`; `scores` and `performer_scores`,
        `(batch, classes)`; `errors` and `norms`, layer to `||x - x*||^2` and
        `||x*||^2`, `(batch,)`.
    """
    attachment = explainer.attachment
    last = explainer.reconstructed_layers[-1]

    def run(batch: Any) -> dict[str, Any]:
        features = batch
        if not isinstance(batch, dict):
            features = attachment.features(batch, training=False)
        encoded = explainer.encode(features)
        rebuilt = explainer.decoder(encoded.output, training=False)
        maps = {
            "target": features["target"],
            "top_conv": features["replaced"],
            "interp_1": encoded.interp_1,
            "interp_2": encoded.interp_2,
            UNTRAINED: twin.encode(features).interp_2,
            **{
                name: projection.maps(features["target"])
                for name, projection in projections.items()
            },
        }
        return {
            "peaks": {
                layer: _peaks(explainer, tf.cast(map_, tf.float32))
                for layer, map_ in maps.items()
            },
            "scores": attachment.head(rebuilt[last], training=False),
            "performer_scores": features["scores"],
            "errors": {
                layer: squared_error(value, features[layer])
                for layer, value in rebuilt.items()
            },
            "norms": {
                layer: squared_norm(features[layer]) for layer in rebuilt
            },
        }

    return tf.function(run, input_signature=[spec])


def _peaks(explainer: Any, maps: Any) -> tuple[Any, Any, Any]:
    return (*explainer.peaks_of(maps), map_entropies(maps))
