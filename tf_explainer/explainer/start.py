"""Where an explainer starts from: settings, shape, first weights, constants."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from tf_explainer.attachment import Attachment
from tf_explainer.attachment.convolution import one_convolution
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.presets import VARIANTS
from tf_explainer.explainer.encoder import Encoder
from tf_explainer.explainer.part_encoder import PartEncoder
from tf_explainer.performers import PaperSettings

__all__ = ["VARIANTS", "ExplainerSettings", "settings_for"]


def settings_for(
    performer: keras.Model, given: Mapping[str, Any]
) -> ExplainerSettings:
    """Returns the settings of an explainer of a performer.

    With the preset `paper`, one of the paper's networks gets the paper's η
    and calibration, unless one of the two is given or nothing is
    reconstructed: η belongs to the scale of that loss.

    Args:
        performer: The network that is explained.
        given: Name → value; `None` is "not given".

    Raises:
        InputError: If a name is unknown or a value out of range.
    """
    settings = ExplainerSettings.of(given)
    paper = PaperSettings.of(performer)
    named = {name for name, value in given.items() if value is not None}
    rebuilds = settings.learn_from == "features"
    if settings.preset != "paper" or paper is None or not rebuilds:
        return settings
    if named & {"eta", "calibration"}:
        return settings
    return dataclasses.replace(
        settings, eta=paper.eta, calibration=paper.calibration
    )


# Of the encoder's kernels.
SIDE = 3


def start_encoder(
    encoder: Encoder | PartEncoder, attachment: Attachment, maps: Any = None
) -> None:
    """Copies the performer's layers under the replaced one, if it can.

    conv-interp-1 and conv-ordin become the one convolution that does what
    lies between target and replaced layer, up to the ReLU.

    Args:
        encoder: A built, untrained encoder.
        attachment: The performer, taken apart.
        maps: Target features of a few images `(images, H, W, channels)`.
            With them, layers are copied that one convolution does nearly;
            without, only those that it does exactly.

    Source:
        Zhang et al. 2018, section 4: conv-interp-1 starts from the
        performer's conv-layer. Ours: conv-ordin does, too, and so it is in
        networks whose conv-layers are normalized or in two halves.
    """
    layers = encoder.copied
    cut = attachment.cut
    between = attachment.graph, cut.target_layer, cut.replaced_layer
    exact = one_convolution(*between)
    if exact is not None and maps is not None:
        return
    found = exact if maps is None else one_convolution(*between, maps)
    if found is None or max(found[0].shape[:2]) > SIDE:
        return
    kernel, bias = found
    margins = [((SIDE - side) // 2,) * 2 for side in kernel.shape[:2]]
    kernel = np.pad(kernel, [*margins, (0, 0), (0, 0)])
    for layer in layers:
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)


def new_encoder(
    attachment: Attachment, settings: ExplainerSettings, dtype: Any
) -> Encoder | PartEncoder:
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
    shared: dict[str, Any] = {
        "filters": replaced[-1],
        "pool": pool and keras.saving.serialize_keras_object(pool),
        "beta": settings.beta,
        "norm": settings.norm,
        "initial_p": settings.initial_p,
        "p_rate": settings.p_rate,
        "dtype": dtype,
        "name": "encoder",
    }
    encoder: Encoder | PartEncoder
    if parts := min(settings.parts, replaced[-1]):
        encoder = PartEncoder(parts=parts, **shared)
    else:
        encoder = _paper_encoder(scores[-1], settings, shared)
    encoder.build(target)
    if settings.copy_conv:
        start_encoder(encoder, attachment)
    return encoder


def _paper_encoder(
    categories: int, settings: ExplainerSettings, shared: dict[str, Any]
) -> Encoder:
    return Encoder(
        categories=categories,
        filter_loss=settings.filter_loss,
        peak_score=settings.peak_score,
        diversity=settings.diversity,
        diversity_reach=settings.diversity_reach,
        mask=settings.mask,
        silence=settings.silence,
        **shared,
    )


def untrained(explainer: Any, images: Any, batch_size: int = 32) -> Any:
    """Returns a fresh, calibrated explainer of the same performer.

    It is the control for every measure: what masks, norms and random filters
    give without learning.

    Args:
        explainer: An `Explainer`.
        images: Images to calibrate on, see `fit`.
        batch_size: Images in a batch.
    """
    fresh = _twin(explainer, dtype=explainer.dtype_policy)
    fresh.calibrate(images, batch_size)
    return fresh


def in_float32(explainer: Any, images: Any, batch_size: int = 32) -> Any:
    """Returns an explainer that computes in float32, whatever it learned in.

    Other processors are slow at bfloat16, and sums of it do not add up: what
    is kept of a training shall not hang on the machine it was done on.

    Args:
        explainer: A trained `Explainer`; returned as it is if it computes in
            float32.
        images: Those that it learned from, or their features: what is usual
            is gathered anew, see `learn_typical`.
        batch_size: Images in a batch.
    """
    if explainer.compute_dtype == "float32":
        return explainer
    exact = _twin(
        explainer,
        part_names=explainer.part_names,
        class_names=explainer.class_names,
        name=explainer.name,
        dtype="float32",
    )
    pairs = zip(exact.own_variables, explainer.own_variables, strict=True)
    for variable, learned in pairs:
        variable.assign(learned)
    exact.learn_typical(images, batch_size)
    return exact


def _twin(explainer: Any, **given: Any) -> Any:
    """An explainer of the same performer, with weights of its own."""
    cut = explainer.attachment.cut
    return type(explainer)(
        explainer.performer,
        cut.target_layer,
        cut.replaced_layer,
        cut.reconstructed_layers,
        explainer.settings,
        check_positions=False,
        **given,
    )
