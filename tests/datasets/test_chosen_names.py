"""Names that a user writes are found among those of a data set."""

import unicodedata

import pytest

from tf_explainer.datasets.category_choice import chosen_names
from tf_explainer.errors import InputError

KNOWN = ("bird", "cat, black", "cow", "dög")
NFD = unicodedata.normalize("NFD", "dög")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["cow", "bird"], ["cow", "bird"]),
        (["cow, bird"], ["cow", "bird"]),
        (["cow,bird", "dög"], ["cow", "bird", "dög"]),
        ("cow,bird,", ["cow", "bird"]),
        (["cat, black"], ["cat, black"]),
        ([" cat, black ", "cow"], ["cat, black", "cow"]),
        (["cat, black", "cow,bird"], ["cat, black", "cow", "bird"]),
        ([NFD + " "], ["dög"]),
        ([], []),
    ],
)
def test_names_and_lists(wanted, names):
    """A name with a comma is one name; other commas part names."""
    assert chosen_names(wanted, KNOWN, "categories", "the folder") == names


def test_a_name_wins_over_a_list():
    """Repeated, they are two."""
    known = ("a", "a,b", "b")
    assert chosen_names(["a,b"], known, "x", "y") == ["a,b"]
    assert chosen_names(["a", "b"], known, "x", "y") == ["a", "b"]


def test_names_that_differ_in_a_space_alone():
    """Of two names of a data set the exact one is meant."""
    known = ("cat", "cat ")
    assert chosen_names(["cat"], known, "x", "y") == ["cat"]
    assert chosen_names(["cat "], known, "x", "y") == ["cat "]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["brid"], "`categories`: received 'brid', .* Did you mean 'bird'"),
        (["cat, black,cow"], "'cat', .* Repeat `categories` for names that"),
        (["cow", "cow"], r"a name is repeated, received \['cow', 'cow'"),
        (["cow", NFD, "dög"], "a name is repeated"),
    ],
)
def test_refuses(wanted, message):
    """The message names what was received and what there is."""
    with pytest.raises(InputError, match=message):
        chosen_names(wanted, KNOWN, "categories", "the folder")
