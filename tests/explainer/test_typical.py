"""How usual an image is, by what the explainer rebuilds of it."""

import dataclasses

import numpy as np
import pytest

from tf_explainer.explainer import Explainer
from tf_explainer.explainer.typical import unusual_numbers
from tf_explainer.testing import toy_images, toy_performer

pytestmark = pytest.mark.usefixtures("module_eagerly")


@pytest.fixture(scope="module")
def trained():
    """An explainer that has seen twelve images."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.fit(toy_images(), epochs=2, batch_size=5, verbose=0)
    return explainer


def numbers_of(explainer, images):
    """By definition: relative errors and distances of the scores."""
    features = explainer.attachment.features(images)
    out = explainer(images)
    errors = [
        np.sum((features[path] - rebuilt) ** 2, axis=-1)
        / np.sum(features[path] ** 2, axis=-1)
        for path, rebuilt in out["reconstructions"].items()
    ]
    apart = np.abs(out["scores"] - out["performer_scores"]).sum(axis=-1) / 2
    return np.stack([np.mean(errors, axis=0), apart], axis=-1)


def test_numbers_by_definition(trained):
    """Of flat features, as those of the toy are."""
    images = toy_images()
    features = trained.attachment.features(images)
    rebuilt = trained(images)["reconstructions"]
    scores = trained(images)["scores"]
    found = unusual_numbers(trained, features, rebuilt, scores)
    np.testing.assert_allclose(
        found, numbers_of(trained, images), rtol=1e-4, atol=1e-6
    )


def test_shares_of_the_images_learned_from(trained):
    """What `fit` has seen is what new images are compared with."""
    known = numbers_of(trained, toy_images())
    new = np.clip(toy_images(5) + 90, 0, 255)
    asked = numbers_of(trained, new)
    expected = [(known >= one).mean(axis=0) for one in asked]
    out = trained(new)
    found = np.stack([out["trust"], out["closeness"]], axis=-1)
    np.testing.assert_allclose(found, expected, atol=0.005)


def test_not_known_before_training():
    """-1, and nothing is said of it."""
    explainer = Explainer.from_performer(toy_performer())
    assert np.all(explainer(toy_images(3))["trust"] == -1)
    trust = explainer.explain(toy_images(1)[0]).trust
    assert trust.typical is None and "unlike" not in " ".join(trust.reasons)


def test_told_of_an_explanation(trained):
    """As a number, and in words where the image is odd."""
    (one,) = trained.explain(toy_images(1))
    usual = float(trained(toy_images(1))["trust"][0])
    assert one.trust.typical == pytest.approx(usual)
    assert one.to_dict()["trust"]["typical"] == pytest.approx(usual)
    odd = dataclasses.replace(one.trust, typical=0.0)
    assert odd.reasons[-1] == "the image is unlike those learned from"
