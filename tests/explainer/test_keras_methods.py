"""What goes with `evaluate`, `predict`, `compile` and the rest of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer import Explainer
from tf_explainer.errors import InputError
from tf_explainer.explainer.objective import MEASURED
from tf_explainer.explainer.reading import LARGE
from tf_explainer.testing import toy_images, toy_performer

pytestmark = pytest.mark.usefixtures("module_eagerly")

X = toy_images(12)


@pytest.fixture(scope="module")
def explainer():
    """One with parts, calibrated and compiled."""
    made = Explainer.from_performer(toy_performer())
    made.calibrate(X)
    made.compile(keras.optimizers.Adam(1e-4))
    made.optimizer.build(made.trainable_variables)
    return made


def _labels(decided, categories):
    """Those of the performer, but for the last two images, which are wrong."""
    labels = np.array(decided)
    labels[-2:] = (labels[-2:] + 1) % categories
    return labels


def _by_hand(out, labels):
    own, ours = (
        np.argmax(out[name], axis=1) for name in ("performer_scores", "scores")
    )
    right = (own == labels).mean(), (ours == labels).mean()
    lost = 100 * (right[0] - right[1])
    return {
        **dict(zip(MEASURED, (*right, lost), strict=True)),
        "agreement": (own == ours).mean(),
    }


@pytest.mark.parametrize("form", ["arrays", "data set", "one-hot"])
def test_evaluate_measures_decisions(explainer, form):
    """As counted by hand, though the last batch is smaller."""
    out = explainer(X)
    labels = _labels(np.argmax(out["performer_scores"], axis=1), 3)
    expected = _by_hand(out, labels)
    assert expected["performer_accuracy"] == 10 / 12
    given = {
        "arrays": (X, labels),
        "data set": (tf.data.Dataset.from_tensor_slices((X, labels)).batch(5),),
        "one-hot": (X, np.eye(3)[labels]),
    }[form]
    found = explainer.evaluate(
        *given, batch_size=5, verbose=0, return_dict=True
    )
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-5)


def test_agreement_needs_no_labels(explainer):
    """And nothing else is told of decisions."""
    found = explainer.evaluate(X, batch_size=5, verbose=0, return_dict=True)
    expected = _by_hand(explainer(X), np.zeros(12))["agreement"]
    np.testing.assert_allclose(found["agreement"], expected, rtol=1e-5)
    assert not set(found) & set(MEASURED)


def test_evaluate_measures_a_sigmoid(ending_in):
    """Labels are a column of 0.0 and 1.0, as Keras' folders give them."""
    performer = ending_in(1, activation="sigmoid")
    explainer = Explainer.from_performer(performer)
    images = toy_images(7)[:, :16, :16]
    explainer.calibrate(images)
    explainer.compile()
    decided = performer(images).numpy()[:, 0] > 0.5
    labels = _labels(decided.astype(int), 2)
    data = tf.data.Dataset.from_tensor_slices(
        (images, labels[:, None].astype("float32"))
    ).batch(3)
    found = explainer.evaluate(data, verbose=0, return_dict=True)
    expected = _by_hand(explainer(images), labels)
    assert expected["performer_accuracy"] == 5 / 7
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("labels", [np.full(12, 3), np.full(12, 0.5)])
def test_evaluate_refuses_labels_that_are_no_categories(explainer, labels):
    """Also those that a data set holds."""
    data = tf.data.Dataset.from_tensor_slices((X, labels)).batch(4)
    for given in ((X, labels), (data,)):
        with pytest.raises(InputError, match="`y` must hold categories.*0 to"):
            explainer.evaluate(*given, verbose=0)


def test_predict_leaves_out_what_is_large(explainer):
    """Asked for, it is there, and is what a call gives."""
    called = explainer(X)
    told = explainer.predict(X, verbose=0)
    assert set(told) == set(called) - set(LARGE)
    maps = explainer.predict(X, batch_size=5, verbose=0, outputs="maps")
    assert set(maps) == {"maps"}
    np.testing.assert_allclose(maps["maps"], called["maps"], atol=1e-4)
    every = explainer.predict(X, verbose=0, outputs="all")
    assert set(every) == set(called)
    assert set(explainer.predict_on_batch(X)) == set(told)
    with pytest.raises(InputError, match="`outputs`.*'heat'"):
        explainer.predict(X, verbose=0, outputs=["heat"])


def test_losses_and_metrics_are_refused_at_once(explainer):
    """The optimizer is taken."""
    for given in ({"loss": "mse"}, {"metrics": ["accuracy"]}):
        name = next(iter(given))
        with pytest.raises(InputError, match=f"`{name}`.*built in"):
            explainer.compile("adam", **given)
    with pytest.raises(InputError, match="`loss`.*built in"):
        explainer.compile("adam", "mse")


def test_a_file_keeps_the_optimizer(explainer, tmp_path):
    """As Keras does; nothing warns."""
    explainer.save(tmp_path / "explainer.keras")
    again = keras.saving.load_model(tmp_path / "explainer.keras")
    assert again.compiled and again.optimizer.built
    np.testing.assert_allclose(float(again.optimizer.learning_rate), 1e-4)


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("class_weight", {0: 2.0}, "categories that matter"),
        ("sample_weight", np.ones(12), "leave out the images"),
    ],
)
def test_weights_are_refused(explainer, name, value, instead):
    """With what is to be done in their place."""
    with pytest.raises(InputError, match=f"`{name}` is not taken.*{instead}"):
        explainer.fit(X, **{name: value})


def test_weights_of_validation_data_are_refused(explainer):
    """They would be passed over without a word."""
    data = (X, np.zeros(12, int), np.ones(12))
    with pytest.raises(InputError, match="`validation_data`.*weights"):
        explainer.fit(X, verbose=0, validation_data=data)


@pytest.mark.parametrize("given", [{"format": "onnx"}, {"input_signature": []}])
def test_export_refuses_what_it_cannot_write(explainer, given, tmp_path):
    """Each argument by name."""
    with pytest.raises(InputError, match=f"`{next(iter(given))}`"):
        explainer.export(tmp_path / "1", **given)


def test_summary_names_performer_encoder_and_decoder(explainer):
    """With what is read, replaced and rebuilt, and how much each holds."""
    lines = []
    explainer.summary(print_fn=lambda line, **_: lines.append(line))
    told, cut = " ".join("\n".join(lines).split()), explainer.attachment.cut
    for words in (
        f"Performer {explainer.performer.name!r}, frozen",
        f"target, explained {cut.target_layer} 4 × 4 ×",
        f"replaced by the encoder {cut.replaced_layer} 4 × 4 ×",
        f"rebuilt by the decoder {cut.reconstructed_layers[-1]} 8",
        f"{explainer.encoder.parts} parts, {explainer.filters} filters",
        *(
            f"{model.count_params():,} parameters"
            for model in (
                explainer.performer,
                explainer.encoder,
                explainer.decoder,
            )
        ),
    ):
        assert words in told


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (lambda: tf.data.Dataset.from_tensor_slices(X), "received a .*Dataset"),
        (lambda: (one for one in X), "received a generator"),
        (lambda: X[:1], "leaves no image"),
    ],
)
def test_validation_split_is_of_arrays(explainer, x, message):
    """Of anything else, nobody knows which images are the last."""
    with pytest.raises(InputError, match=f"`validation_split`.*{message}"):
        explainer.fit(x(), verbose=0, validation_split=0.2)
