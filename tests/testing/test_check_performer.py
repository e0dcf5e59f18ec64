"""Any Keras CNN: attached, trained for two steps, saved, loaded, exported."""

import re

import keras
import numpy as np
import pytest

from tf_explainer.attachment import Attachment, FlatGraph, choose_cut
from tf_explainer.testing import check_performer, toy_images, toy_performer

layers = keras.layers


def narrowed(model, times=32):
    """Returns a network of keras.applications with fewer filters."""

    def narrow(layer):
        config = layer.get_config()
        if "filters" in config:
            config["filters"] //= times
        return type(layer).from_config(config)

    return keras.models.clone_model(model, clone_function=narrow)


def with_statistics(performer):
    """Sets batch normalization to random images, as training would."""
    shape = (8, *performer.input_shape[1:])
    images = np.random.default_rng(0).uniform(0, 255, shape)
    for layer in performer.layers:
        layer.momentum = 0.0
    performer(images.astype("float32"), training=True)
    return performer


def classifier(trunk, *head):
    """Returns a functional model of a nested 48-pixel trunk and a head."""
    image = keras.Input((48, 48, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(image)
    for layer in (trunk, *head):
        x = layer(x)
    return keras.Model(image, x)


def vgg(name):
    """Returns a narrow VGG trunk."""
    build = getattr(keras.applications, name)
    shape = (48, 48, 3)
    return narrowed(build(weights=None, include_top=False, input_shape=shape))


def vgg_16_two_levels_deep():
    """Returns a nested trunk; mean pooling and an fc-layer behind it."""
    trunk = keras.Sequential([vgg("VGG16")], name="backbone")
    hidden = layers.Dense(8, activation="relu", name="hidden")
    pool = layers.GlobalAveragePooling2D(name="mean")
    return classifier(trunk, pool, hidden, layers.Dense(3))


def vgg_19_flattened():
    """Returns a nested trunk; Flatten and softmax behind it."""
    top = layers.Dense(3, activation="softmax")
    return classifier(vgg("VGG19"), layers.Flatten(name="flat"), top)


def mobilenet():
    """Returns MobileNet with its own head: a conv-layer on one unit."""
    return with_statistics(
        keras.applications.MobileNet(
            weights=None, input_shape=(64, 64, 3), alpha=0.25, classes=3
        )
    )


def sequential():
    """Returns a Sequential model of layers, with dropout and logits."""
    stack = [keras.Input((24, 24, 3)), layers.Rescaling(1 / 255)]
    for index, filters in enumerate((6, 8, 8)):
        stack += [
            layers.Conv2D(filters, 3, padding="same", name=f"conv{index}"),
            layers.BatchNormalization(name=f"bn{index}"),
            layers.ReLU(name=f"relu{index}"),
        ]
    stack += [
        layers.MaxPooling2D(name="pool"),
        layers.Conv2D(8, 3, name="top"),
        layers.BatchNormalization(name="bn"),
        layers.Activation("relu", name="top_relu"),
        layers.GlobalMaxPooling2D(name="max"),
        layers.Dropout(0.5),
        layers.Dense(3),
    ]
    return keras.Sequential(stack)


def residual():
    """Returns two residual blocks with squeeze-and-excitation."""
    image = keras.Input((24, 24, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(image / 127.5 - 1.0)
    for index in range(2):
        y = layers.Conv2D(8, 3, padding="same")(x)
        y = layers.BatchNormalization()(y)
        y = layers.ReLU()(y)
        squeezed = layers.GlobalAveragePooling2D(keepdims=True)(y)
        y = layers.Multiply()([layers.Conv2D(8, 1)(squeezed), y])
        x = layers.ReLU(name=f"block{index}")(layers.Add()([x, y]))
    x = layers.Conv2D(8, 3, strides=2, name="conv")(x)
    x = layers.BatchNormalization()(x)
    x = layers.GlobalAveragePooling2D(name="mean")(layers.ReLU()(x))
    return keras.Model(image, layers.Dense(3, activation="softmax")(x))


def mixed_precision():
    """Returns a toy performer in bfloat16, with float32 scores."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        return toy_performer()
    finally:
        keras.config.set_dtype_policy("float32")


def transfer_learning():
    """Returns the model of Keras' guide: augmentation, one sigmoid.

    Its trunk has names of its own layers, is frozen, and was trained on
    images that `preprocess_input` turns to BGR.
    """
    augmentation = keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomRotation(0.2)]
    )
    trunk = vgg("VGG16")
    trunk.trainable = False
    image = keras.Input((48, 48, 3))
    x = keras.applications.vgg16.preprocess_input(augmentation(image))
    x = layers.GlobalAveragePooling2D(name="mean")(trunk(x, training=False))
    x = layers.Dropout(0.2)(x)
    return keras.Model(image, layers.Dense(1, activation="sigmoid")(x))


KINDS = {
    "transfer learning": (
        transfer_learning,
        ("vgg16/block4_conv2", "vgg16/block4_conv3"),
        ("vgg16/block4_conv3", ("vgg16/block5_pool", "mean")),
    ),
    "nested two levels, by path": (
        vgg_16_two_levels_deep,
        ("backbone/vgg16/block5_conv2",),
        ("backbone/vgg16/block5_conv3", ("mean", "hidden")),
    ),
    "its own head": (
        mobilenet,
        ("conv_pw_10_relu",),
        ("conv_pw_11_relu", ("conv_pw_13_relu", "global_average_pooling2d")),
    ),
    "sequential, pooling, logits": (
        sequential,
        (),
        ("relu2", ("top_relu", "max")),
    ),
    "residual": (residual, (), ("block1", ("re_lu_2", "mean"))),
    "mixed precision": (mixed_precision, (), ("relu5", ("fc6", "fc7"))),
}


@pytest.mark.parametrize(
    ("kind", "export"),
    [
        ("transfer learning", False),
        ("sequential, pooling, logits", False),
        *(pytest.param(kind, True, marks=pytest.mark.slow) for kind in KINDS),
    ],
)
def test_contract_from_the_cut_to_the_saved_model(kind, export):
    """Fit two steps, evaluate, export and reload; the cut that is found."""
    build, given, expected = KINDS[kind]
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    performer = build()
    cut, _ = choose_cut(FlatGraph.of(performer), *given)
    assert (cut.replaced_layer, cut.reconstructed_layers) == expected
    check_performer(performer, None, *given, export=export)


def test_dead_network_is_told():
    """Features too small for a gradient: what stands still is named."""
    performer = toy_performer()
    for name in ("conv1", "conv2"):
        layer = performer.get_layer(name)
        layer.kernel.assign(1e-20 * layer.kernel)
    with pytest.raises(AssertionError, match="stand still: .*near zero"):
        check_performer(performer, export=False)


def test_cut_without_a_kernel_is_told():
    """From a conv-layer to its own ReLU there is nothing to explain."""
    with pytest.raises(AssertionError, match="conv4 to relu4.*bn4, relu4"):
        check_performer(toy_performer(), None, "conv4", "relu4", ("fc6",))


@pytest.mark.slow
def test_contract_of_a_model_from_a_file(tmp_path):
    """Trained and saved, legacy format included; its scores are the same."""
    performer, images = toy_performer(), toy_images(4)
    performer.compile("adam", "categorical_crossentropy")
    performer.train_on_batch(images, np.eye(3)[[0, 1, 2, 0]])
    for name in ("new.keras", "old.h5"):
        performer.save(tmp_path / name)
        loaded = keras.saving.load_model(tmp_path / name)
        np.testing.assert_allclose(loaded(images), performer(images), rtol=1e-5)
    check_performer(loaded, images, export=False)


@pytest.mark.slow
def test_vgg_19_by_layer_names():
    """A nested trunk of keras.applications, cut by the names of its layers."""
    given = ("vgg19/block5_conv3", "vgg19/block5_conv4", ("flat",))
    check_performer(vgg_19_flattened(), None, *given, export=False)


def put_together(attachment, side):
    """The pieces, one after the other, give the performer's scores."""
    images = np.random.default_rng(0).uniform(0, 255, (2, side, side, 3))
    features = attachment.features(images.astype("float32"))
    pooled = features["replaced"]
    if attachment.pool is not None:
        pooled = attachment.pool(pooled)
    rebuilt = attachment.new_decoder()(pooled)
    scores = attachment.head(rebuilt[attachment.cut.reconstructed_layers[-1]])
    np.testing.assert_allclose(scores, features["scores"], rtol=1e-3)


FAMILIES = {
    "ResNet50": ("conv4_block5_out", "conv4_block6_out"),
    "DenseNet121": ("pool4_relu", "pool4_conv"),
    "EfficientNetB0": ("block5c_add", "block6a_expand_activation"),
    # Keras counts the sums of a process: add_23, …
    "ConvNeXtTiny": (r"add_\d+", "downsampling_layernorm_2"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_residual_families_are_cut_at_blocks(name):
    """The cut found in 160-pixel images has 10 × 10 units; the pieces fit."""
    keras.backend.clear_session()
    build = getattr(keras.applications, name)
    performer = build(weights=None, input_shape=(160, 160, 3), classes=3)
    graph = FlatGraph.of(performer)
    cut, _ = choose_cut(graph)
    target, replaced = FAMILIES[name]
    assert re.search(f"{target}$", cut.target_layer)
    assert cut.replaced_layer.endswith(replaced)
    assert graph.outputs[cut.replaced_layer].shape[1:3] == (10, 10)
    put_together(Attachment.of(performer, cut, graph), side=160)
