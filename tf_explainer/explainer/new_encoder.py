"""An encoder of the shape that a performer asks for."""

from typing import Any

import keras

from tf_explainer.explainer.encoder import Encoder
from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.explainer.start_encoder import start_encoder
from tf_explainer.performers import Attachment


def new_encoder(
    attachment: Attachment, settings: ExplainerSettings, dtype: Any
) -> Encoder:
    """Returns a built, untrained encoder for an attached performer.

    Args:
        attachment: The performer, taken apart.
        settings: Settings of the explainer.
        dtype: Precision policy.

    Source:
        Zhang et al. 2018, section 4: D filters of 3 × 3 × D, where we take D
        from the replaced layer, since its place is what the encoder fills
        (AlexNet's conv5 has 384 channels below and 256 above).
    """
    target, replaced, scores = (
        attachment.features.output[name].shape
        for name in ("target", "replaced", "scores")
    )
    pool = attachment.pool
    encoder = Encoder(
        filters=replaced[-1],
        categories=max(scores[-1], 2),
        pool=pool and keras.saving.serialize_keras_object(pool),
        filter_loss={
            "kind": settings.filter_loss,
            "peak_score": settings.peak_score or None,
            "diversity": settings.diversity,
            "reach": settings.diversity_reach,
        },
        beta=settings.beta,
        mask=settings.mask,
        silence=settings.silence,
        norm=settings.norm,
        initial_p=settings.initial_p,
        p_rate=settings.p_rate,
        dtype=dtype,
        name="encoder",
    )
    encoder.build(target)
    if settings.copy_conv:
        start_encoder(encoder, attachment)
    return encoder
