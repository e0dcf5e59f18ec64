"""Any model as one flat graph: paths, operations, names used twice."""

import keras
import numpy as np
import pytest

from tf_explainer.attachment import FlatGraph

layers = keras.layers
IMAGES = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)


def same_output(performer):
    """Returns the flat graph after comparing its output with the model's."""
    graph = FlatGraph.of(performer)
    flat = keras.Model(graph.inputs, graph.output)
    np.testing.assert_allclose(flat(IMAGES), performer(IMAGES), rtol=1e-6)
    return graph


def trunk(name, channels=3):
    """Returns a model with a layer `conv` and an operation."""
    image = keras.Input((8, 8, channels))
    x = layers.Conv2D(3, 3, padding="same", name="conv")(image / 255.0)
    return keras.Model(image, x, name=name)


def test_layers_two_models_deep_have_paths():
    """`outer/inner/layer`, in call order, operations among them."""
    inner = keras.Sequential([trunk("inner")], name="outer")
    image = keras.Input((8, 8, 3))
    scores = layers.GlobalMaxPooling2D(name="top")(inner(image))
    graph = same_output(keras.Model(image, scores))
    first, *rest = graph.layers
    assert first.startswith("outer/inner/") and "divide" in first
    assert rest == ["outer/inner/conv", "top"]


def test_one_name_in_two_models():
    """Keras refuses it in one flat model; here the paths keep them apart."""
    image = keras.Input((8, 8, 3))
    x = trunk("second")(trunk("first")(image))
    x = layers.Conv2D(3, 3, name="conv")(x)
    graph = same_output(keras.Model(image, x))
    paths = [path for path in graph.layers if path.endswith("conv")]
    assert paths == ["first/conv", "second/conv", "conv"]


def test_a_layer_called_twice():
    """Its second call has a path of its own."""
    image = keras.Input((8, 8, 3))
    conv = layers.Conv2D(3, 3, padding="same", name="conv")
    graph = same_output(keras.Model(image, conv(conv(image))))
    assert list(graph.layers) == ["conv", "conv@2"]
    assert graph.producer(graph.output) == "conv@2"


def test_inner_model_with_two_outputs():
    """A trunk that hands out two of its features."""
    inner = trunk("inner")
    pair = keras.Model(inner.input, [inner.output, inner.output * 2.0])
    image = keras.Input((8, 8, 3))
    same_output(keras.Model(image, layers.Add(name="sum")(pair(image))))


def test_a_compiled_performer_stays_as_it_is():
    """Its optimizer is neither copied nor replaced."""
    performer = trunk("compiled")
    performer.compile("adam", loss=lambda y, x: x)
    optimizer = performer.optimizer
    same_output(performer)
    assert performer.optimizer is optimizer


def test_keras_that_asks_how_to_call_an_operation(monkeypatch):
    """Below 3.14 `operation_fn` has no default."""
    model = trunk("old")
    run = type(model)._run_through_graph

    def old(self, inputs, operation_fn, call_fn=None):
        return run(self, inputs, operation_fn, call_fn)

    monkeypatch.setattr(type(model), "_run_through_graph", old)
    assert "conv" in FlatGraph.of(model).layers


@pytest.mark.parametrize("ends", ["list", "dictionary"])
def test_one_input_and_output_however_packed(ends):
    """`{"image": …}` and `[scores]` are one image and one tensor."""
    image = keras.Input((8, 8, 3), name="image")
    x = layers.Conv2D(2, 3, name="conv")(image)
    if ends == "list":
        performer = keras.Model([image], [x])
    else:
        performer = keras.Model({"image": image}, {"scores": x})
    graph = FlatGraph.of(performer)
    flat = keras.Model(graph.inputs, graph.output)
    expected = keras.Model(image, x)(IMAGES)
    np.testing.assert_allclose(flat(IMAGES), expected, rtol=1e-6)


def test_rejects_channels_first():
    """Rows and columns of its maps would be taken for something else."""
    image = keras.Input((3, 8, 8))
    x = layers.Conv2D(2, 3, data_format="channels_first", name="conv")(image)
    with pytest.raises(ValueError, match="received channels first in 'conv'"):
        FlatGraph.of(keras.Model(image, x))


def test_way_out_of_a_subclassed_model():
    """What the message proposes makes a model with a graph."""

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = layers.Conv2D(2, 3, name="conv")
            self.top = layers.GlobalMaxPooling2D(name="top")

        def call(self, x):
            return self.top(self.conv(x))

    model = Own()
    model(IMAGES)
    with pytest.raises(ValueError, match=r"keras\.Model\(image, model\.call"):
        FlatGraph.of(model)
    image = keras.Input((8, 8, 3))
    functional = keras.Model(image, model.call(image))
    assert list(same_output(functional).layers) == ["conv", "top"]
    np.testing.assert_allclose(functional(IMAGES), model(IMAGES), rtol=1e-6)


def test_rejects_several_inputs_and_outputs():
    """One image is what can be explained, by one set of scores."""
    first, second = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    both = layers.Add()([first, second])
    with pytest.raises(ValueError, match="one image input"):
        FlatGraph.of(keras.Model([first, second], both))
    with pytest.raises(ValueError, match="one output, received 2"):
        FlatGraph.of(keras.Model(first, [first + 1.0, first + 2.0]))


def test_rejects_images_of_any_size():
    """What to do about it is said."""
    image = keras.Input((None, None, 3))
    performer = keras.Model(image, layers.Conv2D(2, 3)(image))
    with pytest.raises(ValueError, match=r"fixed size.*keras\.Input\("):
        FlatGraph.of(performer)


def test_rejects_models_without_a_graph():
    """Subclassed ones, and Sequential ones that were never called."""

    class Own(keras.Model):
        pass

    with pytest.raises(ValueError, match="no graph"):
        FlatGraph.of(Own())
    with pytest.raises(ValueError, match="not built"):
        FlatGraph.of(keras.Sequential([layers.Dense(2)]))
    with pytest.raises(ValueError, match="must be a keras.Model"):
        FlatGraph.of("resnet")
