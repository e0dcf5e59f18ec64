"""Builders are found by their folders, and each folder is whole."""

import pytest
import tensorflow_datasets as tfds

from tf_explainer.datasets import DATASETS
from tf_explainer.datasets.builders import make_config
from tf_explainer.errors import InputError
from tf_explainer.testing import check_dataset


def test_finds_builders():
    """Every name is a tfds builder of that name with landmarks."""
    assert {"drawn_animals", "pascal_part", "cub200_parts"} <= set(DATASETS)
    assert len(DATASETS) == len(list(DATASETS))
    for name, builder in DATASETS.items():
        assert issubclass(builder, tfds.core.GeneratorBasedBuilder)
        assert builder.name == name


@pytest.mark.parametrize("name", list(DATASETS))
def test_folder_is_whole(name):
    """Citation, tags, and a page that says what it is."""
    check_dataset(name)


def test_unknown_name():
    """The near one is offered, and asking does no harm."""
    assert "drawn_animal" not in DATASETS
    with pytest.raises(InputError, match="Did you mean 'drawn_animals'"):
        DATASETS["drawn_animal"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"contxt": 1}, r"received \['contxt'\]. Did you mean 'context'"),
        ({"context": "wide"}, "`context` must be a number, received 'wide'"),
        ({"context": -1}, r"`context` must be within \[0, 10\], received -1"),
        (
            {"smallest": "1.5"},
            "`smallest` must be a whole number, received 1.5",
        ),
        ({"smallest": 0}, "`smallest` must be >= 1, received 0"),
        ({"skip_broken": 1}, "`skip_broken` must be true or false, received 1"),
        ({"manual_dir": 3}, "`manual_dir` must be a path, received 3"),
        ({"manual_dir": "no/such"}, "there is no folder, received '.*no/such'"),
    ],
)
def test_wrong_settings(settings, message):
    """Told with their name and what was received."""
    with pytest.raises(InputError, match=message):
        make_config(DATASETS["pascal_part"], settings)


def test_settings_as_texts(tmp_path):
    """What the command line hands over; equal settings are one."""
    builder = DATASETS["cub200_parts"]
    texts = {"context": "0.5", "one_category": "false", "smallest": "9"}
    config = make_config(builder, {**texts, "manual_dir": str(tmp_path)})
    values = {"context": 0.5, "one_category": False, "smallest": 9}
    again = make_config(builder, {**values, "manual_dir": tmp_path})
    assert config == again
    assert config.name != make_config(builder, values).name
