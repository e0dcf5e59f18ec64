"""Layers that move places are refused by name; others are taken."""

import keras
import numpy as np
import pytest
from keras import ops

from tf_explainer.attachment import (
    Attachment,
    FlatGraph,
    ReceptiveField,
    choose_cut,
)
from tf_explainer.attachment.impulses import answer_of, disagreement
from tf_explainer.errors import InputError

layers = keras.layers
TURN = np.array([[0, 1, 0, 1, 0, 0, 0, 0]], "float32")
MOVING = {
    "permute": layers.Permute((2, 1, 3), name="it"),
    "recurrent": layers.TimeDistributed(
        layers.SimpleRNN(
            3,
            activation=None,
            kernel_initializer="identity",
            recurrent_initializer="identity",
            return_sequences=True,
        ),
        name="it",
    ),
    "flip rows": lambda x: ops.flip(x, 1),
    "flip both": lambda x: ops.flip(x, (1, 2)),
    "negative step": lambda x: x[:, ::-1],
    "negative step, columns": lambda x: x[:, :, ::-1, :],
    "roll": lambda x: ops.roll(x, 12, 1),
    "roll by one": lambda x: ops.roll(x, 1, 2),
    "rot90": lambda x: ops.rot90(x, axes=(1, 2)),
    "rot180": lambda x: ops.rot90(x, 2, axes=(1, 2)),
    "transpose": lambda x: ops.transpose(x, (0, 2, 1, 3)),
    "swapaxes": lambda x: ops.swapaxes(x, 1, 2),
    "moveaxis": lambda x: ops.moveaxis(x, 1, 2),
    "einsum": lambda x: ops.einsum("brcd->bcrd", x),
    "take": lambda x: ops.take(x, np.arange(23, -1, -1), axis=1),
    "sort": lambda x: ops.sort(x, 1),
    "cumsum": lambda x: ops.cumsum(x, 2),
    "affine": lambda x: ops.image.affine_transform(x, TURN),
    "flipped beside itself": lambda x: x + ops.flip(x, 2),
    "halves": lambda x: x[:, :12] + x[:, 12:],
    "halves exchanged": lambda x: ops.concatenate([x[:, 12:], x[:, :12]], 1),
    "garbled": lambda x: ops.reshape(x, (-1, 12, 12, 12)),
    "garbled and back": lambda x: ops.reshape(
        ops.reshape(x, (-1, 576, 3)), (-1, 24, 24, 3)
    ),
}
KEEPING = {
    "permuted as it was": layers.Permute((1, 2, 3)),
    "random, not in use": layers.RandomFlip(),
    "random turn": layers.RandomRotation(0.2),
    "random crop of all": layers.RandomCrop(24, 24),
    "dense by rows": layers.TimeDistributed(layers.Dense(4)),
    "einsum": layers.EinsumDense("brcd,de->brce", output_shape=(24, 24, 4)),
    "transposed conv": layers.Conv2DTranspose(3, 3, padding="same"),
    "equalized": layers.Equalization(),
    "attention": lambda x: layers.MultiHeadAttention(1, 3)(x, x),
    "attention beside": lambda x: x + layers.MultiHeadAttention(1, 3)(x, x),
    "squeezed": lambda x: x * ops.sigmoid(ops.mean(x, (1, 2), keepdims=True)),
    "squeezed by a layer": lambda x: (
        x * layers.GlobalAveragePooling2D(keepdims=True)(x)
    ),
    "pooled by a window": lambda x: x * layers.AveragePooling2D(24)(x),
    "by channel": lambda x: x * ops.mean(x, -1, keepdims=True),
    "standardized": lambda x: (x - ops.mean(x)) / (1e-3 + ops.std(x)),
    "flip of channels": lambda x: ops.flip(x, 3),
    "roll of channels": lambda x: ops.roll(x, 1, 3),
    "rot360": lambda x: ops.rot90(x, 4, axes=(1, 2)),
    "kernel": lambda x: ops.conv(
        x, np.ones((5, 5, 3, 4), "float32"), padding="same"
    ),
    "floor": ops.floor,
    "log1p": ops.log1p,
    "clip": lambda x: ops.clip(x / 255, 0, 1),
    "where": lambda x: ops.where(x > 0.5, x, 0 * x),
    "non-local": lambda x: (
        x
        + ops.reshape(
            ops.matmul(
                ops.softmax(
                    ops.matmul(
                        ops.reshape(x, (-1, 576, 3)),
                        ops.transpose(ops.reshape(x, (-1, 576, 3)), (0, 2, 1)),
                    )
                ),
                ops.reshape(x, (-1, 576, 3)),
            ),
            (-1, 24, 24, 3),
        )
    ),
}


@keras.saving.register_keras_serializable("test_impulses")
class Own(layers.Layer):
    """A layer of the user's, by what it does."""

    def __init__(self, does="", **kwargs):
        super().__init__(**kwargs)
        self.does = does

    def call(self, x):
        return {
            "scale": lambda: 2 * x + 1,
            "squeeze": lambda: x * ops.mean(x, (1, 2), keepdims=True),
            "blur": lambda: ops.average_pool(x, 5, 1, "same"),
            "flip": lambda: x[:, :, ::-1],
            "roll": lambda: ops.roll(x, 5, 1),
            "zoom": lambda: ops.image.resize(x[:, 6:-6, 6:-6], (24, 24)),
            "both": lambda: x + x[:, ::-1],
            "nothing": lambda: 0 * x,
        }[self.does]()

    def get_config(self):
        return {**super().get_config(), "does": self.does}


def performer(front, **conv):
    """A small CNN behind something."""
    image = keras.Input((24, 24, 3))
    x = front(image)
    for name in "ab":
        x = layers.Conv2D(
            4, 3, padding="same", activation="relu", name=name, **conv
        )(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(2, name="scores")(x))


def field(model):
    """The receptive field of the first conv-layer."""
    return ReceptiveField.of(FlatGraph.of(model), "a")


def attached(model):
    """The model, taken apart at its second conv-layer."""
    graph = FlatGraph.of(model)
    return Attachment.of(model, choose_cut(graph, "a", "b").cut, graph)


@pytest.mark.parametrize("name", MOVING)
def test_what_moves_places_is_refused(name):
    """In one line that names a layer."""
    front = MOVING[name]
    with pytest.raises(InputError, match=r"'\w+' \(\w+\)") as told:
        field(performer(front))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", KEEPING)
def test_what_keeps_places_is_taken(name):
    """Each unit of a size-preserving front is centered at its pixel."""
    found = attached(performer(KEEPING[name])).receptive_field
    assert (found.start, found.jump) == ((0, 0), (1, 1))


@pytest.mark.parametrize("does", ["scale", "squeeze", "blur"])
def test_own_layers_that_keep_places(does):
    """They are tried out, and found to keep them."""
    found = attached(performer(Own(does))).receptive_field
    assert (found.start, found.jump) == ((0, 0), (1, 1))


@pytest.mark.parametrize("does", ["flip", "roll", "zoom", "both", "nothing"])
def test_own_layers_that_do_not(does):
    """Also one that answers nowhere: it cannot be told."""
    with pytest.raises(InputError, match=r"'own' \(Own\)"):
        field(performer(Own(does, name="own")))


def test_own_layer_beside_the_map():
    """A branch that starts at zero is no reason to refuse."""
    model = performer(lambda x: x + Own("nothing")(x))
    assert attached(model).receptive_field.start == (0, 0)


def test_own_conv_with_strides():
    """What its class inherits is believed once it is tried out."""

    @keras.saving.register_keras_serializable("test_impulses")
    class Turned(layers.Conv2D):
        def call(self, inputs):
            return super().call(ops.flip(inputs, 1))

    @keras.saving.register_keras_serializable("test_impulses")
    class Plain(layers.Conv2D):
        pass

    plain = performer(Plain(4, 3, strides=2, padding="same"))
    assert field(plain).jump == (2, 2)
    with pytest.raises(InputError, match="moves rows and columns"):
        field(performer(Turned(4, 3, strides=2, padding="same")))


@pytest.mark.parametrize("weights", ["zeros", "dead", "negative", "random"])
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_weights_do_not_matter(weights, policy):
    """A target that answers nowhere does not speak against it."""
    model = performer(layers.BatchNormalization(), dtype=policy)
    for weight in model.weights:
        random = np.random.default_rng(0).normal(0, 1, weight.shape)
        value = {
            "zeros": 0 * random,
            "dead": -1e3 + random if "bias" in weight.path else random,
            "negative": -np.abs(random),
            "random": random,
        }[weights]
        weight.assign(np.abs(value) if "variance" in weight.path else value)
    assert attached(model).receptive_field.jump == (1, 1)


def test_answer_by_hand():
    """Two units that change alike: their middle, and half of their distance."""
    before = np.zeros((4, 4, 1))
    after = before.copy()
    after[1, 0], after[1, 2] = 3, -3
    answer = answer_of(before, after)
    np.testing.assert_allclose(answer.center, (1, 1))
    np.testing.assert_allclose(answer.spread, (0, 1))
    assert answer_of(before, before) is None
    assert answer.is_at((1, 1.9), slack=0) and not answer.is_at((2.1, 1), 1)


@pytest.mark.parametrize("wrong", [False, True])
def test_disagreement_of_a_whole_model(wrong):
    """The target answers at its own places, and not at mirrored ones."""
    image = keras.Input((24, 24, 3))
    conv = layers.Conv2D(4, 3, padding="same")(image)
    model = keras.Model(image, conv)
    found = disagreement(
        model, lambda row, column: (23 - row if wrong else row, column), 1
    )
    assert (found is not None) == wrong


def test_attaching_asks_the_whole_model(monkeypatch):
    """A field that is wrong is seen, whoever worked it out."""
    wrong = ReceptiveField((23, 0), (-1, 1), (3, 3), (24, 24), (24, 24))
    monkeypatch.setattr(ReceptiveField, "of", lambda *_: wrong)
    with pytest.raises(InputError, match="'a' does not answer to the image"):
        attached(performer(layers.Identity()))
