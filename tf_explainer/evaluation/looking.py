"""What is kept of one batch of images."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from tf_explainer.evaluation.controls.directions import Projection
from tf_explainer.evaluation.controls.part_maps import MapsOf
from tf_explainer.evaluation.observation import UNTRAINED
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.evaluation.part_measures.reading import read_parts
from tf_explainer.evaluation.part_measures.rivals import named_part_maps
from tf_explainer.explainer import Explainer
from tf_explainer.losses import squared_error, squared_norm


def look(
    explainer: Explainer,
    twin: Explainer,
    projections: Mapping[str, Projection],
    part_controls: Mapping[str, MapsOf],
    spec: Any,
) -> Callable[[Any, Any], dict[str, Any]]:
    """Returns a compiled function from a batch to what is kept of it.

    The performer, by far the slowest part, runs once for the explainer and
    its untrained twin together.

    Args:
        explainer: A trained `Explainer`.
        twin: Another explainer of the same performer and layers.
        projections: Name to further filters of the target feature.
        part_controls: Name to further part maps of the target feature.
        spec: Of a batch, see `SplitSource.batches`.

    Returns:
        A function of float images `(batch, height, width, 3)`, or of the
        performer's features of them, and of landmarks `(batch, landmarks, 2)`
        to a dictionary: `peaks`, layer to positions `(batch, filters, 2)` and
        strengths `(batch, filters)`; `parts`, name to the fields of
        `ObservedParts`; `scores` and `performer_scores`, `(batch, classes)`;
        `errors` and `norms`, layer to `||x - x*||^2` and `||x*||^2`,
        `(batch,)`.
    """
    attachment = explainer.attachment

    def run(batch: Any, landmarks: Any) -> dict[str, Any]:
        features = batch
        if not isinstance(batch, dict):
            features = attachment.features(batch, training=False)
        own = {
            EXPLAINER: explainer.encode(features),
            UNTRAINED: twin.encode(features),
        }
        parts = named_part_maps(
            own, part_controls, features["target"], landmarks
        )
        return {
            "peaks": _peaks(explainer, own, projections, features),
            "parts": {
                name: read_parts(maps, landmarks, explainer.receptive_field)
                for name, maps in parts.items()
            },
            **_rebuilt(explainer, own[EXPLAINER], features),
        }

    places = tf.TensorSpec((None, None, 2), tf.float32)
    # AutoGraph would take as long as all else, and finds nothing to do.
    return tf.function(run, input_signature=[spec, places], autograph=False)


def _peaks(
    explainer: Explainer,
    own: Mapping[str, Any],
    projections: Mapping[str, Projection],
    features: Any,
) -> dict[str, Any]:
    maps = {
        "target": features["target"],
        "top_conv": features["replaced"],
        "interp_1": own[EXPLAINER].interp_1,
        "interp_2": own[EXPLAINER].interp_2,
        UNTRAINED: own[UNTRAINED].interp_2,
        **{
            name: projection.maps(features["target"])
            for name, projection in projections.items()
        },
    }
    return {
        layer: explainer.peaks_of(tf.cast(map_, tf.float32))
        for layer, map_ in maps.items()
    }


def _rebuilt(
    explainer: Explainer, encoded: Any, features: Any
) -> dict[str, Any]:
    last = explainer.reconstructed_layers[-1]
    rebuilt = explainer.decoder(encoded.output, training=False)
    return {
        "scores": explainer.attachment.head(rebuilt[last], training=False),
        "performer_scores": features["scores"],
        "errors": {
            layer: squared_error(value, features[layer])
            for layer, value in rebuilt.items()
        },
        "norms": {layer: squared_norm(features[layer]) for layer in rebuilt},
    }
