"""The explainer as a model: contract, frozen performer, control, errors."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.testing import check_explainer


@pytest.mark.parametrize(
    ("kind", "export"),
    [
        ("equivariant", False),
        *(
            pytest.param(kind, True, marks=pytest.mark.slow)
            for kind in FILTER_LOSSES.names()
        ),
    ],
)
def test_contract_of_every_filter_loss(performer, images, kind, export):
    """Frozen performer, shapes, `.keras` and SavedModel; also later kinds."""
    explainer = Explainer.from_performer(
        performer, filter_loss=kind, preset="filters"
    )
    explainer.compile(
        optimizer=keras.optimizers.Adam(1e-3), run_eagerly=not export
    )
    check_explainer(explainer, images[:4], export)


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(performer, images, policy):
    """Trains, stays finite, and a reloaded model gives the same outputs."""
    explainer = Explainer.from_performer(
        performer, dtype=policy, preset="filters"
    )
    explainer.compile(optimizer="adam")
    explainer.fit(images, epochs=2, verbose=0)
    outputs = explainer(images)
    config = explainer.get_config()
    again = Explainer.from_config(config)
    again.set_weights(explainer.get_weights())
    assert again.encoder.interp_1.conv.compute_dtype == policy[6:]
    for name in ("maps", "scores", "peaks"):
        assert np.isfinite(outputs[name]).all()
        np.testing.assert_array_equal(again(images)[name], outputs[name])


def test_performer_scores_are_the_performer_s(explainer, performer, images):
    """The explainer runs the performer that it was given, unchanged."""
    np.testing.assert_allclose(
        explainer(images)["performer_scores"], performer(images), rtol=1e-6
    )


def test_decoder_starts_from_the_performer(explainer, performer):
    """fc-dec-1 and fc-dec-2 copy fc6 and fc7; conv-interp-1 copies conv5."""
    pairs = [
        (explainer.decoder.get_layer("fc6"), performer.get_layer("fc6")),
        (explainer.decoder.get_layer("fc7"), performer.get_layer("fc7")),
        (explainer.encoder.interp_1.conv, performer.get_layer("conv5")),
    ]
    for copy, source in pairs:
        assert copy is not source
        np.testing.assert_array_equal(copy.kernel, source.kernel)


def test_calibration_by_definition(explainer, images):
    """λ_l = 1 / E‖x*_l‖², and channels as strong as the performer's."""
    explainer.calibrate(images)
    features = explainer.attachment.features(images)
    for layer, weight in explainer.reconstruction_weights.items():
        mean = np.mean(np.sum(np.square(features[layer]), axis=1))
        assert float(weight) == pytest.approx(1 / mean, rel=1e-4)
    top = np.square(explainer.encoder.pooled(features["replaced"]))
    own = np.square(explainer.encode(features).output)
    alive = own.sum(axis=(0, 1, 2)) > 0
    np.testing.assert_allclose(
        own.sum(axis=(0, 1, 2))[alive],
        top.sum(axis=(0, 1, 2))[alive],
        rtol=1e-3,
    )


def test_paper_calibration_by_definition(performer, images):
    """λ_l = 5e4 / E‖max(x*_l, 0)‖."""
    explainer = Explainer.from_performer(
        performer, calibration="paper", preset="filters"
    )
    explainer.calibrate(images)
    features = explainer.attachment.features(images)
    for layer, weight in explainer.reconstruction_weights.items():
        norm = np.linalg.norm(np.maximum(features[layer], 0), axis=1).mean()
        assert float(weight) == pytest.approx(5e4 / norm, rel=1e-4)


def test_alpha_from_positive_images_only(performer, images):
    """Images taken for the negative category do not count."""
    predicted = np.argmax(performer(images), axis=1)
    negative = int(np.bincount(predicted).argmax())
    explainer = Explainer.from_performer(
        performer, negative_category=negative, norm="sum", preset="filters"
    )
    explainer.calibrate(images)
    features = explainer.attachment.features(images[predicted != negative])
    maps = explainer.encode(features).interp_2
    if (predicted != negative).any():
        expected = np.asarray(maps).sum(axis=(1, 2)).mean(axis=0)
        np.testing.assert_allclose(
            explainer.encoder.norm_interp.alpha, expected, rtol=1e-4, atol=1e-6
        )


@pytest.mark.usefixtures("eagerly")
def test_untrained_is_another_explainer_of_the_same_performer(
    explainer, images
):
    """The control shares the performer, and no trained weight."""
    explainer.compile(optimizer=keras.optimizers.Adam(1e-2))
    explainer.fit(images, epochs=1, verbose=0)
    twin = explainer.untrained(images)
    assert twin.performer is explainer.performer
    assert twin.settings == explainer.settings
    own, other = (
        model.encoder.interp_2.conv.kernel for model in (explainer, twin)
    )
    assert not np.allclose(own, other)


@pytest.mark.parametrize("preset", ["default", "filters"])
def test_in_float32_keeps_all_but_the_precision(performer, images, preset):
    """Scores are those of the same weights; what is usual is gathered anew."""
    names = "usual cat dog".split()[: performer.output_shape[-1]]
    given = {"preset": preset, "class_names": names, "name": "mine"}
    learned = Explainer.from_performer(
        performer, dtype="mixed_bfloat16", **given
    )
    learned.calibrate(images)
    exact = learned.in_float32(images)
    assert exact.dtype_policy.name == "float32"
    assert exact.in_float32(images) is exact
    assert exact.performer is performer
    for name in ("settings", "part_names", "class_names", "name"):
        assert getattr(exact, name) == getattr(learned, name)
    assert (exact(images)["trust"] >= 0).numpy().all()
    same = Explainer.from_performer(performer, **given)
    for one, other in zip(
        same.own_variables, learned.own_variables, strict=True
    ):
        one.assign(other)
    np.testing.assert_array_equal(
        exact(images)["scores"], same(images)["scores"]
    )
    np.testing.assert_allclose(
        exact(images)["scores"], learned(images)["scores"], atol=0.03
    )


def test_peaks_are_centers_of_receptive_fields(explainer, images):
    """The peak of the strongest unit, in fractions of the image."""
    out = explainer(images)
    maps, centers = np.asarray(out["maps"]), explainer.receptive_field.centers
    for image in range(2):
        for name in range(explainer.filters):
            one = maps[image, :, :, name]
            if one.max() > 0:
                unit = np.unravel_index(one.argmax(), one.shape)
                np.testing.assert_allclose(
                    out["peaks"][image, name], centers[unit], rtol=1e-6
                )


def test_memory_is_flat_and_nothing_retraces(explainer, images):
    """200 calls of the traced model: one trace, no growth."""
    import gc
    import resource

    traces = []

    @tf.function(reduce_retracing=True)
    def run(batch):
        traces.append(1)
        return explainer(batch)["scores"]

    for _ in range(20):
        run(images)
    gc.collect()
    objects = len(gc.get_objects())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        run(images)
    gc.collect()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    assert len(traces) == 1
    assert len(gc.get_objects()) - objects < 1000
    assert grown < 64 * 1024


@pytest.mark.parametrize(
    "setting,value,message",
    [
        ("eta", -1.0, "`eta`.*received -1.0"),
        ("filter_loss", "exakt", "Did you mean 'exact'"),
        ("mask", "square", "`mask`.*received 'square'"),
        ("initial_p", 1.0, "`initial_p`.*received 1.0"),
        ("peak_scorr", 1.0, "received peak_scorr; settings are"),
    ],
)
def test_rejects_settings(performer, setting, value, message):
    """The message names the setting and the value received."""
    with pytest.raises(ValueError, match=message):
        Explainer.from_performer(
            performer, **{setting: value}, preset="filters"
        )
