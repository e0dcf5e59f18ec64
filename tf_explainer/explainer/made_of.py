"""What an explainer is made of, in a few lines."""

from collections.abc import Iterator
from typing import Any


def overview(explainer: Any) -> Iterator[str]:
    """Yields lines on the performer, where it is cut, encoder and decoder.

    Args:
        explainer: An `Explainer`.
    """
    performer, cut = explainer.performer, explainer.attachment.cut
    places = {
        "target, explained": [cut.target_layer],
        "replaced by the encoder": [cut.replaced_layer],
        "rebuilt by the decoder": cut.reconstructed_layers,
    }
    yield f"Performer {performer.name!r}, frozen: {_count(performer)}"
    for place, paths in places.items():
        for path in paths:
            yield f"  {place:24}{path}  {_shape(explainer, path)}"
    encoder = explainer.encoder
    parts = f"{encoder.parts} parts, " if encoder.parts else ""
    yield f"Encoder, {parts}{encoder.filters} filters: {_count(encoder)}"
    yield f"Decoder: {_count(explainer.decoder)}"


def _count(model: Any) -> str:
    return f"{model.count_params():,} parameters"


def _shape(explainer: Any, path: str) -> str:
    shape = explainer.attachment.graph.outputs[path].shape[1:]
    return " × ".join(map(str, shape))
