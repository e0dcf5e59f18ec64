"""Images without categories: explained, and not measured."""

import pytest

from tf_explainer.datasets import open_dataset
from tf_explainer.errors import InputError
from tf_explainer.evaluation.observing import observe
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_performer
from tf_explainer.training import train_explainer
from tf_explainer.training.fine_tuning import fine_tune
from tf_explainer.training.performers import train_performer


@pytest.fixture
def photographs(tmp_path, write):
    """Six images, a broken one and a text."""
    write(tmp_path / "photos", *(f"{i}.png" for i in range(6)), ".x.png")
    (tmp_path / "photos" / "notes.txt").write_text("x")
    return tmp_path / "photos"


def test_one_split(photographs):
    """All images, in the order of their names, and no category."""
    dataset = open_dataset(photographs, 8)
    assert (dataset.categories, dataset.landmark_names) == ((), ())
    assert dataset.task == "multi" and dataset.negative_category is None
    assert list(dataset.splits) == ["train"]
    train = dataset.splits["train"]
    assert train.files == tuple(f"{i}.png" for i in range(6))
    assert train.labels.tolist() == [-1] * 6
    pixels = [int(i[0, 0, 0]) for i in train.images.as_numpy_iterator()]
    assert pixels == [0, 1, 2, 3, 4, 5]
    assert dataset.notes == (
        "the images have no categories, so that nothing is measured",
        "no images, left out: 1",
    )


def test_broken_image(photographs):
    """As in other folders."""
    (photographs / "3.png").write_bytes(b"no image")
    with pytest.raises(InputError, match="1 of 6 images cannot be read"):
        open_dataset(photographs, 8)
    train = open_dataset(photographs, 8, skip_broken=True).splits["train"]
    assert (len(train), train.skipped) == (5, 1)


@pytest.mark.slow
def test_explainer_learns_from_them(photographs):
    """Nothing that it needs is missing."""
    performer = toy_performer()
    dataset = open_dataset(photographs, performer.input_shape[1])
    explainer = Explainer.from_performer(performer, filter_loss="none")
    history = train_explainer(explainer, dataset, epochs=1, batch_size=3)
    assert history["loss"][-1] > 0


@pytest.mark.parametrize(
    "use",
    [
        train_performer,
        lambda dataset: fine_tune(dataset, "alexnet", "no.mat"),
        lambda dataset: observe(None, dataset),
    ],
)
def test_what_needs_categories_refuses(photographs, use):
    """Labels of -1 would be read as some category."""
    with pytest.raises(InputError, match="`dataset` must have categories"):
        use(open_dataset(photographs, 8))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"categories": ["cat"]}, "received '.*photos' with images alone"),
        ({"negatives": "scenes"}, "received '.*photos' with images alone"),
        ({"test_share": 0.2}, "`test_share` is for class folders"),
        ({"negative_ratio": 1.0}, "`negative_ratio` needs one category"),
    ],
)
def test_refuses(photographs, options, message):
    """What is said of categories that are not there."""
    with pytest.raises(InputError, match=message):
        open_dataset(photographs, 8, **options)


def test_no_image_at_all(tmp_path):
    """An empty folder is named."""
    with pytest.raises(InputError, match="there is no image that can be read"):
        open_dataset(tmp_path, 8)
