"""A server tells what parts give to a score, and refuses what is no class."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.export.names import write_names
from tf_explainer.export.questions import PLACES, answered, contributions
from tf_explainer.export.served import check_size
from tf_explainer.testing import toy_images, toy_performer

NAMES = ("cat", "dog", "çow")


@pytest.fixture(scope="module")
def explainer():
    """Of three parts; the performer has changed since it was first asked."""
    made = Explainer.from_performer(toy_performer(), parts=3, class_names=NAMES)
    made.calibrate(toy_images())
    made.name_parts({2: "tail"})
    last = made.performer.layers[-1]
    last.set_weights([2 * weight for weight in last.get_weights()])
    return made


@pytest.fixture(scope="module")
def signatures(explainer, tmp_path_factory):
    """What a server offers; the other signatures take long to write."""
    path = tmp_path_factory.mktemp("saved") / "1"
    shape = explainer.examples.shape
    images = tf.TensorSpec((None, *shape), tf.float32, name="images")
    archive = keras.export.ExportArchive()
    archive.track(explainer)

    def checked(given):
        with tf.control_dependencies([check_size(given, shape)]):
            return tf.identity(given)

    for layer in explainer.answers.copies:
        archive.track(layer)
    answer = contributions(explainer, images, checked, answered(explainer))
    archive.add_endpoint("contributions", answer)
    archive.write_out(str(path), verbose=False)
    return tf.saved_model.load(str(path)).signatures


def ask(signatures, images, target, against):
    """The answer, as arrays."""
    told = signatures["contributions"](
        images=tf.constant(images),
        target=tf.constant(target, tf.int32),
        against=tf.constant(against, tf.int32),
    )
    return {name: value.numpy() for name, value in told.items()}


def test_pieces_are_those_of_contributions(explainer, signatures):
    """They add up to the score; -1 is what the performer decides, or none."""
    images = toy_images(4)
    decided = np.asarray(explainer.performer(images)).argmax(axis=1)
    target = np.array([-1, 0, 1, 2])
    target[target == decided] = -1
    told = ask(signatures, images, target, [-1, -1, 0, 0])
    taken = np.where(target < 0, decided, target)
    np.testing.assert_array_equal(told["target"], taken)
    for rows, against in ((slice(0, 2), None), (slice(2, 4), 0)):
        expected = explainer.contributions(
            images[rows], taken[rows].tolist(), against, "removal"
        )
        for name in ("parts", "ordinary", "rest", "score"):
            np.testing.assert_allclose(
                told[name][rows], getattr(expected, name), atol=1e-4
            )
    total = told["parts"].sum(axis=1) + told["ordinary"] + told["rest"]
    np.testing.assert_allclose(total, told["score"], atol=1e-4)
    logits = np.log(np.asarray(explainer.performer(images)))
    own = (logits - logits.mean(axis=1, keepdims=True))[0, decided[0]]
    assert told["performer_score"][0] == pytest.approx(own, abs=1e-4)


def test_places_are_told(explainer, signatures):
    """As a call tells them."""
    images = toy_images(2)
    expected = explainer(images)
    told = ask(signatures, images, [-1, -1], [-1, -1])
    for name in PLACES:
        np.testing.assert_allclose(told[name], expected[name], atol=1e-5)


def test_a_broken_image_is_not_spoken_of(signatures):
    """Its numbers are NaN, and no other's."""
    images = toy_images(3)
    images[1, 5, 5, 0] = np.nan
    told = ask(signatures, images, [0, 0, 0], [-1, -1, -1])
    for name in ("parts", "ordinary", "rest", "score", "performer_score"):
        rows = np.isnan(told[name].reshape(3, -1))
        assert rows[1].all() and not rows[[0, 2]].any(), name


@pytest.mark.parametrize(
    ("target", "against", "words"),
    [
        ([0, 3], [-1, -1], r"`target` must hold.*one of 3 classes.*0, 3"),
        ([0, 0], [-1, -2], r"`against` must hold.*received -1, -2"),
        ([0], [-1, -1], r"`target` must hold, for each of the 2 images"),
        ([0, 1], [1, 1], r"`against` must be another class.*1, 1 against 0, 1"),
    ],
)
def test_refuses_what_is_no_class(signatures, target, against, words):
    """A wrong index would otherwise be a score of 0."""
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        ask(signatures, toy_images(2), target, against)


def test_refuses_another_size(signatures):
    """As the other signatures do."""
    told = r"`images` must be \(batch, 32, 32, 3\)"
    with pytest.raises(tf.errors.InvalidArgumentError, match=told):
        ask(signatures, np.zeros((1, 36, 32, 3), "float32"), [0], [-1])


def test_names_lie_beside_the_model(explainer, tmp_path):
    """In the order of the outputs; written again they are those of then."""
    file = tmp_path / "1" / "assets.extra" / "names.json"
    write_names(explainer, tmp_path / "1")
    names = json.loads(file.read_text(encoding="utf-8"))
    assert names.pop("format") == 1
    filters = names.pop("part_filters")
    assert filters == [[*part.filters] for part in explainer.parts]
    assert sum(filters, []) and names == {
        "class_names": [*NAMES],
        "part_names": ["part 1", "tail", "part 3"],
    }
    explainer.name_parts({3: "head"})
    write_names(explainer, tmp_path / "1")
    names = json.loads(file.read_text(encoding="utf-8"))
    assert names["part_names"][2] == "head"


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"preset": "filters"}, {"parts": 2}])
def test_what_a_whole_model_tells(settings, tmp_path):
    """Filters alone have no parts to tell of, and are told themselves."""
    explainer = Explainer.from_performer(toy_performer(), **settings)
    images = toy_images(2)
    explainer.calibrate(images)
    export_saved_model(explainer, tmp_path / "1")
    signatures = tf.saved_model.load(str(tmp_path / "1")).signatures
    parts = explainer.encoder.parts
    classes = [tf.constant([one] * 2) for one in (1, -1)]
    told = ask(signatures, images, *classes)
    pieces = explainer.contributions(images, 1)
    np.testing.assert_allclose(told["parts"], pieces.parts, atol=1e-4)
    assert ("peaks" in told) == (not parts)
    told = signatures["explain"](images=tf.constant(images))
    expected = explainer(images)
    for name in ("scores", "performer_scores", "trust", *PLACES):
        assert (name in told) == (name in expected)
        if name in told:
            np.testing.assert_allclose(
                told[name], expected[name], rtol=1e-3, atol=1e-5
            )
    given = told["part_contributions" if parts else "filter_contributions"]
    pieces = explainer.contributions(images)
    np.testing.assert_allclose(given, pieces.parts, atol=1e-4)
    total = np.sum(given, axis=1) + told["ordinary"] + told["rest"]
    np.testing.assert_allclose(total, told["score"], atol=1e-4)
    assert (tmp_path / "1" / "assets.extra" / "names.json").is_file()
