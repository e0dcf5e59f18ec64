"""One category against the rest, or several among themselves."""

import pytest

from tf_explainer.datasets.category_choice import CategoryChoice
from tf_explainer.errors import InputError

FOUND = ("background", "bird", "cat", "cow")


@pytest.mark.parametrize(
    ("wanted", "categories", "labels"),
    [
        (None, ("bird", "cat", "cow"), [-1, 0, 1, 2]),
        (["cow", "bird"], ("cow", "bird"), [-1, 1, -1, 0]),
        (["cat"], ("cat", "background"), [1, 1, 0, 1]),
    ],
)
def test_choice(wanted, categories, labels):
    """The order of the names given is that of the labels."""
    choice = CategoryChoice.make(FOUND, wanted, "the folder")
    assert choice.categories == categories
    assert choice.new_labels.tolist() == labels


def test_single_category_with_background_needs_no_name():
    """A file with one animal and negatives is a single-category task."""
    choice = CategoryChoice.make(["background", "cat"], None, "the folder")
    assert choice.categories == ("cat", "background")
    assert choice.new_labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("found", "wanted", "message"),
    [
        (FOUND, ["cta"], "received 'cta'.* Did you mean 'cat'"),
        (FOUND, ["zebra"], r"received 'zebra'.* Known: \['bird'"),
        (FOUND, ["background"], "received 'background'"),
        (FOUND, ["cat", "cat"], r"a name is repeated, received \['cat', 'cat'"),
        (FOUND, [], "`categories` names none"),
        (["cat"], None, "has the one category 'cat'"),
        (["Cat", "cat", "dog"], None, "'cat'.* from 'Cat' in capital letters"),
        (["Background", "cat"], None, "'Background'.*write 'background'"),
        (["background"], None, "has no category besides 'background'"),
    ],
)
def test_impossible_choice(found, wanted, message):
    """The message names what was received."""
    with pytest.raises(InputError, match=message):
        CategoryChoice.make(found, wanted, "the folder")
