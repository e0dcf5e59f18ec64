"""Every place where a network can be taken apart, against known shapes."""

import keras
import pytest

from tf_explainer.attachment import FlatGraph, possible_cuts

layers = keras.layers


def places(image, x):
    """Returns `(target, replaced)` of the cuts of a small network."""
    x = layers.Dense(2, name="scores")(x)
    graph = FlatGraph.of(keras.Model(image, layers.Softmax()(x)))
    return [
        (cut.target_layer, cut.replaced_layer) for cut in possible_cuts(graph)
    ]


def conv(name, filters=4):
    """Returns a conv-layer that keeps the map's size."""
    return layers.Conv2D(filters, 3, padding="same", name=name)


def test_normalization_and_activation_belong_to_their_layer():
    """conv → norm → ReLU is one step; pooled maps may be a target."""
    image = keras.Input((8, 8, 3))
    x = layers.Rescaling(1 / 255)(image)
    x = layers.ReLU(name="relu_a")(layers.BatchNormalization()(conv("a")(x)))
    x = layers.Dropout(0.1)(x)
    x = layers.Activation("relu", name="relu_b")(conv("b")(x))
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.ELU(name="relu_c")(conv("c")(x))
    x = layers.GlobalAveragePooling2D()(x)
    assert places(image, x) == [("relu_a", "relu_b"), ("pool", "relu_c")]


class Scaled(layers.Layer):
    """A user's own normalization: a weight for each channel."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(1, 1, 1, input_shape[-1]))

    def call(self, inputs):
        return self.scale * inputs


class Own(layers.Layer):
    """A user's own conv-layer, whose kernel has another name."""

    def build(self, input_shape):
        self.w = self.add_weight(shape=(3, 3, input_shape[-1], 4))

    def call(self, inputs):
        return keras.ops.conv(inputs, self.w, padding="same")


class Block(layers.Layer):
    """A user's own layer with a conv-layer inside."""

    def build(self, input_shape):
        self.inner = conv("inner")
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


def swish(x):
    """`x * sigmoid(x)`: a join of two branches without a kernel."""
    return layers.Multiply()([x, layers.Activation("sigmoid")(x)])


BEHIND = {
    "group norm": lambda x: layers.ReLU()(layers.GroupNormalization(2)(x)),
    "own norm": lambda x: layers.ReLU()(Scaled()(x)),
    "operation": keras.ops.relu6,
    "activation": keras.activations.relu,
    "softmax": layers.Softmax(),
    "product": lambda x: layers.ReLU()(x) * 2.0,
    "join": swish,
    "dropout": lambda x: layers.ReLU()(layers.Dropout(0.1)(x)),
    "channels twice": lambda x: layers.Concatenate()([x, -x]),
}


@pytest.mark.parametrize("kind", BEHIND)
def test_a_kernel_lies_between_target_and_replaced_layer(kind):
    """Whatever follows conv-layer b, its target is conv-layer a."""
    image = keras.Input((8, 8, 3))
    x = BEHIND[kind](conv("b")(conv("a")(image)))
    name = x._keras_history.operation.name
    found = places(image, layers.GlobalAveragePooling2D()(x))
    assert found[-1] == ("a", name)
    assert {target for target, _ in found} == {"a"}


@pytest.mark.parametrize(
    "layer",
    [
        layers.GaussianNoise(0.1),
        layers.GaussianDropout(0.1),
        layers.Identity(),
        layers.ActivityRegularization(),
    ],
)
def test_what_only_training_sees_is_no_step(layer):
    """The ReLU below it is the replaced layer."""
    image = keras.Input((8, 8, 3))
    x = layers.ReLU(name="relu_b")(conv("b")(conv("a")(image)))
    x = layers.GlobalAveragePooling2D()(layer(x))
    assert places(image, x) == [("a", "relu_b")]


@pytest.mark.parametrize("kind", [Own, Block])
def test_a_kernel_of_any_name_counts(kind):
    """A user's own layers are steps of their own."""
    image = keras.Input((8, 8, 3))
    x = kind(name="c")(kind(name="b")(conv("a")(image)))
    x = layers.GlobalAveragePooling2D()(x)
    assert places(image, x) == [("a", "b"), ("b", "c")]


def test_depthwise_layers_are_passed_over():
    """Their channels do not see each other; the layer behind is taken."""
    image = keras.Input((8, 8, 3))
    x = layers.ReLU(name="relu_a")(conv("a")(image))
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.ReLU(name="depthwise")(x)
    x = layers.ReLU(name="relu_b")(conv("b")(x))
    x = layers.GlobalAveragePooling2D()(x)
    assert places(image, x) == [("relu_a", "relu_b")]


def test_separable_layers_count():
    """They have two kernels, neither of which is called `kernel`."""
    image = keras.Input((8, 8, 3))
    x = layers.Rescaling(1 / 255)(image)
    for name in "abc":
        x = layers.SeparableConv2D(4, 3, padding="same", name=name)(x)
    x = layers.GlobalAveragePooling2D()(x)
    assert places(image, x) == [("a", "b"), ("b", "c")]


def test_inside_of_a_block_there_is_none():
    """A skip connection goes around it; the sum is passed by all."""
    image = keras.Input((8, 8, 3))
    x = conv("a")(image)
    y = conv("inside_2")(conv("inside_1")(x))
    x = layers.Add(name="sum")([x, y])
    x = layers.Concatenate(name="dense")([x, conv("inside_3")(x)])
    x = layers.GlobalAveragePooling2D()(x)
    assert places(image, x) == [("a", "sum"), ("sum", "dense")]


def test_a_branch_to_nowhere_does_not_count():
    """A second head that the scores do not need."""
    image = keras.Input((8, 8, 3))
    x = conv("a")(image)
    inner = keras.Model(image, [conv("b")(x), conv("other")(x)], name="two")
    other = keras.Input((8, 8, 3))
    x, _ = inner(other)
    x = layers.GlobalAveragePooling2D()(x)
    assert places(other, x) == [("two/a", "two/b")]


def test_flat_map_is_rebuilt_where_nothing_else_is_left():
    """conv → flatten → scores."""
    image = keras.Input((8, 8, 3))
    x = layers.Flatten(name="flat")(conv("b")(conv("a")(image)))
    graph = FlatGraph.of(keras.Model(image, layers.Dense(2)(x)))
    (cut,) = possible_cuts(graph)
    assert cut.reconstructed_layers == ("flat",)
