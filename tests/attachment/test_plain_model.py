"""One tensor in and one out, whatever the performer takes and gives."""

import keras
import numpy as np
import pytest

from tf_explainer.attachment.loadable import plain_model
from tf_explainer.errors import InputError
from tf_explainer.testing import check_performer, toy_performer


def packed(ends):
    """The toy performer, with its ends packed in a structure."""
    toy = toy_performer()
    image, scores = toy.inputs[0], toy.outputs[0]
    if ends == "fixed batch":
        image = keras.Input(batch_shape=(1, 32, 32, 3))
        return keras.Model(image, toy(image))
    return {
        "tensor": lambda: toy,
        "list": lambda: keras.Model([image], [scores]),
        "dictionary": lambda: keras.Model({"image": image}, {"scores": scores}),
        "Sequential": lambda: keras.Sequential([keras.Input((32, 32, 3)), toy]),
    }[ends]()


@pytest.mark.parametrize(
    "ends", ["tensor", "list", "dictionary", "Sequential", "fixed batch"]
)
def test_same_layers_and_scores(ends):
    """Shared layers, one array of scores for a batch of any size."""
    images = np.random.default_rng(0).uniform(0, 255, (3, 32, 32, 3))
    performer = packed(ends)
    plain = plain_model(performer)
    assert (plain is performer) == (ends in ("tensor", "Sequential"))
    scores = plain(images.astype("float32"))
    np.testing.assert_allclose(scores, toy_performer()(images), rtol=1e-5)
    assert {id(w) for w in plain.weights} == {id(w) for w in performer.weights}
    names = [layer.name for layer in performer.layers]
    assert [layer.name for layer in plain.layers][-1:] == names[-1:]


@pytest.mark.slow
def test_a_dictionary_can_be_explained():
    """From the cut to the file of the explainer."""
    check_performer(packed("dictionary"), export=False)


def test_several_outputs_are_named():
    """The class scores alone must be taken."""
    image = keras.Input((8, 8, 3))
    both = [keras.layers.Flatten(name=name)(image) for name in ("one", "two")]
    with pytest.raises(InputError, match="received 2: 'one', 'two'"):
        plain_model(keras.Model(image, both))
