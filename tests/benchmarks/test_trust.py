"""The benchmark of trust: areas and fifths by hand."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def script(load_script):
    """The script as a module."""
    return load_script("trust")


class KnowsBright:
    """Trusts bright images, and agrees with the CNN on them alone."""

    def predict(self, images, verbose):
        """What the script reads of an answer."""
        bright = np.asarray(images).mean(axis=(1, 2, 3)) / 255
        own = np.stack([1 - bright, bright], axis=-1)
        scores = np.where(bright[:, None] > 0.5, own, own[:, ::-1])
        return {"trust": bright, "scores": scores, "performer_scores": own}


def test_odd_is_told_from_good(script):
    """Bright images are good: their negatives are not, other ones may be."""
    draw = np.random.default_rng(0)
    good = draw.uniform(200, 250, (10, 16, 16, 3)).astype("float32")
    found = script.measured(KnowsBright(), good, good + 5)
    assert set(found["auc"]) == {
        *(one.__name__ for one in script.CORRUPT),
        "other images",
    }
    assert found["auc"]["negative"]["trust"] == 1
    assert found["auc"]["other images"]["trust"] == 0
    assert found["auc"]["upside_down"]["trust"] == pytest.approx(0.5, abs=0.02)
    alike = [one["alike"] for one in found["fifths"]]
    assert alike[0] < 0.1 and alike[-1] == 1 and alike == sorted(alike)


@pytest.mark.parametrize("kind", ["blurred", "shuffled", "upside_down"])
def test_corruptions_keep_what_they_should(script, kind):
    """Pixels move or blend: the mean stays, the images do not."""
    images = np.random.default_rng(0).uniform(0, 255, (2, 18, 18, 3))
    images = images.round().astype("float32")
    found = getattr(script, kind)(images, np.random.default_rng(1))
    assert found.shape == images.shape and not np.array_equal(found, images)
    np.testing.assert_allclose(found.mean(), images.mean(), atol=3)
    if kind != "blurred":
        assert np.array_equal(np.sort(found, axis=None), np.sort(images, None))
