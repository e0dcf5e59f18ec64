"""Explanations add up, name what they mean, and refuse what they cannot."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_scores import LogitHead
from tf_explainer.testing import toy_images, toy_performer

NAMES = ("cat", "dog", "<b>cow</b>")


@pytest.fixture(scope="module")
def explainer():
    """Calibrated, of four parts, with names of classes."""
    made = Explainer.from_performer(toy_performer(), parts=4, class_names=NAMES)
    made.calibrate(toy_images())
    made.name_parts({2: "tail"})
    return made


@pytest.fixture(scope="module")
def images():
    """Three images."""
    return toy_images(3)


@pytest.mark.parametrize("kind", ["removal", "shapley", "gradient"])
@pytest.mark.parametrize("against", [None, "dog"])
def test_pieces_add_up_and_are_those_of_contributions(
    explainer, images, kind, against
):
    """In the graph as without it."""
    found = explainer.explain(images, "cat", against, kind)
    pieces = explainer.contributions(images, "cat", against, kind)
    for index, one in enumerate(found):
        total = sum(part.contribution for part in one.parts)
        total += one.ordinary + one.rest
        assert total == pytest.approx(one.score, abs=1e-4)
        assert one.score == pytest.approx(float(pieces.score[index]), abs=1e-4)
        for part in one.parts:
            assert part.contribution == pytest.approx(
                float(pieces.parts[index, part.index]), abs=1e-4
            )


def test_most_comes_first_and_what_is_there_is_told(explainer, images):
    """Places, presences and fields are those of a call."""
    out = {
        k: np.asarray(v)
        for k, v in explainer(images).items()
        if k != "reconstructions"
    }
    for index, one in enumerate(explainer.explain(images)):
        given = [abs(part.contribution) for part in one.parts]
        assert given == sorted(given, reverse=True)
        for part in one.parts:
            place = out["part_places"][index, part.index]
            assert (part.place is None) == (place[0] < 0)
            if part.place is not None:
                np.testing.assert_allclose(part.place, place, atol=1e-5)
            np.testing.assert_allclose(
                part.field, out["part_maps"][index, ..., part.index], atol=1e-5
            )
            assert part.filters == explainer.parts[part.index].filters
        assert {part.name for part in one.parts} == {
            "part 1",
            "tail",
            "part 3",
            "part 4",
        }


def test_the_performers_own_score_is_told(explainer, images):
    """Of the same question, before the softmax."""
    one = explainer.explain(images[0], "cat", against="dog")
    logits = np.log(np.asarray(explainer.performer(images[:1])))[0]
    assert one.trust.performer_score == pytest.approx(
        logits[0] - logits[1], abs=1e-4
    )
    assert one.trust.gap == pytest.approx(
        abs(one.score - one.trust.performer_score)
    )
    assert one.performer_probabilities["cat"] == pytest.approx(
        float(explainer.performer(images[:1])[0, 0]), abs=1e-5
    )


def test_scores_follow_weights_that_change(images):
    """A performer that is trained on is explained as it is then."""
    explainer = Explainer.from_performer(toy_performer(), parts=2)
    explainer.calibrate(images)
    explainer.explain(images[0])
    last = explainer.performer.layers[-1]
    last.set_weights([2 * weight for weight in last.get_weights()])
    one = explainer.explain(images[0], 0)
    head = LogitHead(explainer.attachment.head)
    expected = head(
        explainer.decoder(
            explainer.encode(explainer.attachment.features(images[:1])).output
        )[explainer.reconstructed_layers[-1]]
    )
    assert one.score == pytest.approx(float(expected[0, 0]), abs=1e-4)


def test_names_and_indices_are_one(explainer, images):
    """By default what the performer decides."""
    named = explainer.explain(images, ["dog", "cat", "dog"])
    counted = explainer.explain(images, [1, 0, 1])
    assert [one.target for one in named] == ["dog", "cat", "dog"]
    assert [one.score for one in named] == [one.score for one in counted]
    decided = np.asarray(explainer.performer(images)).argmax(axis=1)
    for one, index in zip(explainer.explain(images), decided, strict=True):
        assert one.target == NAMES[index]


def test_filters_are_parts_where_there_are_none(images):
    """An explainer of `--preset filters` is explained by its filters."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.calibrate(images)
    one = explainer.explain(images[0])
    assert len(one.parts) == explainer.filters
    total = sum(part.contribution for part in one.parts)
    assert total + one.ordinary + one.rest == pytest.approx(one.score, abs=1e-4)
    first = one.parts[0]
    assert first.name == f"filter {first.index}"
    assert first.filters == (first.index,)
    assert first.field.max() <= 1


def test_files_are_read_at_the_performers_size(explainer, tmp_path):
    """One path gives one explanation, a list a list."""
    path = tmp_path / "a cat.png"
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), "uint8")
    Image.fromarray(pixels).save(path)
    one = explainer.explain(path)
    (listed,) = explainer.explain([str(path)])
    direct = explainer.explain(pixels)
    assert one.source == listed.source == str(path)
    assert one.score == pytest.approx(direct.score, abs=1e-5)
    assert direct.source == "image 0"


def test_values_are_json(explainer, images):
    """They add up; nothing is left out."""
    told = json.loads(json.dumps(explainer.explain(images[0]).to_dict()))
    total = sum(part["contribution"] for part in told["parts"])
    assert total + told["ordinary"] + told["rest"] == pytest.approx(
        told["score"], abs=1e-4
    )
    assert set(told["trust"]) >= {"agrees", "performer_score", "reasons"}
    assert len(told["parts"]) == 4


def test_names_are_kept_in_the_file(explainer, images, tmp_path):
    """Of classes and of parts."""
    explainer.save(tmp_path / "explainer.keras")
    again = keras.saving.load_model(tmp_path / "explainer.keras")
    assert again.class_names == NAMES
    one, other = (e.explain(images[0], "cat") for e in (explainer, again))
    assert one.score == pytest.approx(other.score, abs=1e-5)
    assert "tail" in {part.name for part in other.parts}


def test_html_escapes_names(explainer, images):
    """A class may be called anything."""
    html = explainer.explain(images[0], "<b>cow</b>")._repr_html_()
    assert "<b>cow" not in html
    assert "&lt;b&gt;cow" in html


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"target": "bird"},
            "`target` must be one of cat, dog.*, received 'bird'",
        ),
        ({"against": "bird"}, "`against` must be one of cat, dog"),
        ({"target": 3}, r"`target` must lie in \[0, 2\]"),
        ({"target": "cat", "against": 0}, "another class than `target`"),
        ({"target": [0, 1]}, "one for each of the 1 images"),
        ({"kind": "magic"}, "`kind` must be one of"),
    ],
)
def test_refuses_what_is_no_class(explainer, images, given, words):
    """The message names what there is."""
    with pytest.raises(InputError, match=words):
        explainer.explain(images[0], **given)


def test_refuses_what_is_no_image(explainer, tmp_path):
    """Whether file or array."""
    (tmp_path / "broken.jpg").write_bytes(b"no image")
    with pytest.raises(InputError, match="broken.jpg: the file is no JPEG"):
        explainer.explain(tmp_path / "broken.jpg")
    with pytest.raises(InputError, match="No such file"):
        explainer.explain(tmp_path / "missing.jpg")
    with pytest.raises(InputError, match="received"):
        explainer.explain(np.zeros((20, 32, 3)))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["cat", "dog"], "each of the 3 classes"),
        (["cat", "cat", "dog"], "each of the 3 classes"),
        ("abc", "must be a list of texts"),
        ([1, 2, 3], "must be a list of texts"),
    ],
)
def test_refuses_names_that_do_not_fit(names, words):
    """A name stands for one class."""
    with pytest.raises(InputError, match=words):
        Explainer.from_performer(toy_performer(), class_names=names)
