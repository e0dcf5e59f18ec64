"""Every place where a network can be taken apart, against known shapes."""

import keras

from tf_explainer.performers import FlatGraph, possible_cuts

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
