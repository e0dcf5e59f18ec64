"""The performer stays as it is, whether it is taken or refused."""

import warnings

import keras
import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

layers = keras.layers


class Unknown(layers.Layer):
    """A layer that is not registered."""

    def call(self, x):
        return x


def performer(front=None, head=None, end=None, units=2):
    """A small CNN with batch normalization and one frozen layer."""
    image = keras.Input((8, 8, 3))
    x = image if front is None else front(image)
    x = layers.Conv2D(4, 3, padding="same", name="a", trainable=False)(x)
    x = layers.BatchNormalization(name="normed")(x)
    x = layers.Conv2D(4, 3, padding="same", name="b")(x)
    x = x if end is not None else layers.GlobalAveragePooling2D(name="p")(x)
    x = layers.Dense(units, activation=head, name="scores")(x)
    return keras.Model(image, x)


def quantized():
    """The same in int8."""
    model = performer()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.quantize("int8")
    return model


def lora():
    """The same with a low-rank update."""
    model = performer()
    model.get_layer("scores").enable_lora(1)
    return model


REFUSED = {
    "a single logit": (lambda: performer(units=1), {}),
    "maps in place of scores": (lambda: performer(end="map"), {}),
    "a layer that moves": (lambda: performer(layers.Permute((2, 1, 3))), {}),
    "an unknown layer": (lambda: performer(Unknown()), {}),
    "a Lambda": (lambda: performer(layers.Lambda(lambda x: x)), {}),
    "quantized": (quantized, {}),
    "LoRA": (lora, {}),
    "no such layer": (performer, {"target_layer": "c"}),
    "upside down": (performer, {"target_layer": "b", "replaced_layer": "a"}),
    "no such setting": (performer, {"colour": 1}),
    "a setting out of range": (performer, {"beta": -1.0}),
    "no such category": (performer, {"negative_category": 5}),
    "no such filter loss": (performer, {"filter_loss": "none such"}),
}


def state(model):
    """All that a user could miss."""
    return {
        "trainable": [layer.trainable for layer in model._flatten_layers()],
        "learning": [weight.path for weight in model.trainable_weights],
        "policies": [layer.dtype_policy for layer in model._flatten_layers()],
        "optimizer": model.optimizer,
        "compiled": (model.compiled, model.loss),
        "function": model.train_function,
        "config": str(model.get_config()),
        "weights": b"".join(w.tobytes() for w in model.get_weights()),
    }


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_changes_nothing(why):
    """Trainable flags, weights, policies, optimizer and configuration."""
    make, options = REFUSED[why]
    model = make()
    model.compile(optimizer="sgd", loss="mse")
    before = state(model)
    with pytest.raises(InputError):
        Explainer.from_performer(model, **options)
    assert state(model) == before


@pytest.mark.usefixtures("eagerly")
def test_success_changes_nothing(tmp_path):
    """Nor do training and saving; the performer goes on learning by itself."""
    model = toy_performer()
    model.get_layer("conv2").trainable = False
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    images = toy_images(4)
    model.fit(images, np.arange(4) % 3, verbose=0)
    before = state(model)
    explainer = Explainer.from_performer(model)
    explainer.fit(images, verbose=0)
    explainer.untrained(images)
    explainer.save(tmp_path / "explainer.keras")
    assert state(model) == before
    model.fit(images, np.arange(4) % 3, verbose=0)
    assert state(model)["weights"] != before["weights"]


@pytest.mark.usefixtures("eagerly")
def test_its_weights_are_none_of_the_explainer_s(tmp_path):
    """Counted once each, as weights that do not learn; also when loaded."""
    explainer = Explainer.from_performer(toy_performer())
    explainer.fit(toy_images(4), verbose=0)
    path = tmp_path / "explainer.keras"
    explainer.save(path)
    for model in (explainer, keras.saving.load_model(path)):
        learning = {id(one) for one in model.trainable_variables}
        still = {id(one) for one in model.non_trainable_variables}
        frozen = {id(one) for one in model.performer.variables}
        assert frozen <= still and not learning & still
        assert learning | still == {id(one) for one in model.variables}
        own = model.encoder.trainable_weights + model.decoder.trainable_weights
        assert {id(one) for one in own} == learning
        assert len(model.optimizer.variables) == 2 + 2 * len(learning)


def test_a_loaded_explainer_is_not_checked_before_its_weights():
    """A layer of the user's that starts at zero is taken once it learned."""

    @keras.saving.register_keras_serializable("test_shared_performer")
    class Gain(layers.Layer):
        def build(self, shape):
            self.gain = self.add_weight(shape=(), initializer="zeros")

        def call(self, x):
            return self.gain * x

    gain = Gain()
    model = performer(gain)
    with pytest.raises(InputError, match="Gain"):
        Explainer.from_performer(model)
    gain.gain.assign(2.0)
    explainer = Explainer.from_performer(model)
    again = Explainer.from_config(explainer.get_config())
    assert again.receptive_field == explainer.receptive_field
