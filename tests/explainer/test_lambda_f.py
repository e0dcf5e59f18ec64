"""The weight of the filter loss, against its definition."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer import callbacks
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_performer


@pytest.mark.parametrize("score_weight", [0.0, 30.0])
def test_lambda_f_by_definition(images, score_weight):
    """One batch: λ_f = factor · E‖∂Loss/∂x_f‖ / E‖∂Loss_f/∂x_f‖, by hand.

    `Loss` are the reconstruction loss and the score loss.
    """
    explainer = Explainer.from_performer(
        toy_performer(),
        **{"filter_loss": "exact", "peak_score": 0, "norm": "sum"},
        score_weight=score_weight,
        preset="filters",
    )
    explainer.compile(optimizer=keras.optimizers.SGD(0.0))
    explainer.calibrate(images)
    before = explainer.attachment.features(images)
    explainer.fit(
        images,
        epochs=1,
        batch_size=len(images),
        views=0,
        verbose=0,
        callbacks=[
            callbacks.UpdateFilterLossWeight(1 / 300),
            callbacks.UpdateAlpha(every=99),
        ],
    )
    encoder, layer = explainer.encoder, explainer.objective.filter_losses[1]
    interp_1 = explainer.encode(before).interp_1
    with tf.GradientTape(persistent=True) as tape:
        maps = tf.nn.relu(encoder.interp_2.conv(interp_1))
        tape.watch(maps)
        ordin = encoder.norm_ordin(encoder.conv_ordin(before["target"]))
        p = encoder.mixer.p
        masked = encoder.interp_2.mask(maps)
        interp = encoder.norm_interp(masked, training=True)
        output = encoder.magnitude * (
            p * encoder.pool(interp) + (1 - p) * encoder.pool(ordin)
        )
        rebuilt = explainer.decoder(output)
        loss = sum(
            explainer.reconstruction_weights[name]
            * tf.reduce_mean(
                tf.reduce_sum((rebuilt[name] - before[name]) ** 2, axis=1)
            )
            for name in rebuilt
        )
        last = rebuilt[explainer.reconstructed_layers[-1]]
        scores = explainer.attachment.head(last)
        loss += score_weight * tf.reduce_mean(
            keras.losses.categorical_crossentropy(before["scores"], scores)
        )
        mixed = p * encoder.norm_interp(maps) + (1 - p) * ordin
        own = layer.value(mixed)

    def mean_norm(gradient):
        return np.sqrt(np.square(gradient).sum(axis=(1, 2))).mean(axis=0)

    reconstruction = mean_norm(tape.gradient(loss, maps))
    filter_norm = mean_norm(tape.gradient(own, maps))
    alive = filter_norm > 1e-12
    expected = reconstruction[alive] / (300 * filter_norm[alive])
    # Features are kept in float16.
    np.testing.assert_allclose(
        np.asarray(layer.lambda_f)[alive], expected, rtol=0.03
    )
