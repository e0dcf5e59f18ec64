"""Images explained: why this class, why not the other, bars that add up."""

import dataclasses

import numpy as np
import pytest

from tf_explainer.report.explained_images import image_cards
from tf_explainer.report.image_choice import chosen_images
from tf_explainer.report.labels import PartLabel

LABELS = tuple(
    PartLabel(i, name, landmark)
    for i, (name, landmark) in enumerate(
        [("head", "ears"), ("part 2", ""), ("part 3", "")]
    )
)


@pytest.fixture
def made(observation, made_images, fake_explainer):
    """An explainer, the images that it was asked of, and their cards."""
    explainer = fake_explainer(observation.categories)
    chosen = chosen_images(observation, count=9)
    read = made_images([one.index for one in chosen])
    return (
        explainer,
        chosen,
        image_cards(observation, explainer, chosen, read, LABELS),
    )


def test_both_questions(made):
    """Nine images in batches of eight, each with and without the other."""
    explainer, chosen, cards = made
    decided, other = (
        [getattr(one, name) for one in chosen] for name in ("decided", "other")
    )
    assert explainer.asked == [
        *[(decided[:8], None), (decided[:8], other[:8])],
        *[(decided[8:], None), (decided[8:], other[8:])],
    ]
    assert [card["group"] for card in cards] == [one.group for one in chosen]


def test_words(made):
    """The parts by name, the one for the other class, what is wrong."""
    *_, cards = made
    card = cards[0]
    assert card["sentence"] == (
        f"Why {card['decided']} and not {card['other']}? Most by head (ears) "
        f"(0.50) and part 3 (0.12); for {card['other']} speaks part 2 "
        "(−0.25). The ordinary track gives 0.25."
    )
    assert [card["right"] for card in cards] == [
        *(card["group"] != "wrong" for card in cards),
    ]


def test_rows_add_up(made):
    """Parts, ordinary track and the rest give the score."""
    *_, cards = made
    *pieces, score = np.array([row["values"] for row in cards[0]["rows"]])
    np.testing.assert_allclose(np.sum(pieces, axis=0), score)
    labels = [row["label"] for row in cards[0]["rows"]]
    assert labels == [
        *("head (ears)", "part 2", "part 3"),
        *("ordinary track", "together, and biases", "score"),
    ]
    assert [row.get("absent") for row in cards[0]["rows"][:3]] == [
        *(False, False, True),
    ]


def test_many_filters_have_few_rows(observation, made_images, fake_explainer):
    """Without parts each filter is one: twelve rows, and the others'."""
    explainer = fake_explainer(observation.categories)
    explain = explainer.explain

    def many(*args, **asked):
        told = explain(*args, **asked)
        for one in told:
            parts = [
                dataclasses.replace(part, index=3 * i + part.index)
                for i in range(7)
                for part in one.parts
            ]
            object.__setattr__(one, "parts", tuple(parts))
        return told

    explainer.explain = many
    chosen = chosen_images(observation, count=3)
    read = made_images([one.index for one in chosen])
    card, *_ = image_cards(observation, explainer, chosen, read, ())
    assert len(card["rows"]) == 12 + 4
    assert card["rows"][12]["label"] == "9 other filters"
    numbers = [row["number"] for row in card["rows"][:12]]
    assert numbers == list(range(1, 13))
