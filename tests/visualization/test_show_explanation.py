"""One image, explained: bars add up, fields lie where they belong."""

import io

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.explainer.explanation import Trust
from tf_explainer.visualization.explanations import (
    explanation_bars,
    picture_of,
    show_explanation,
)


@pytest.mark.parametrize("top", [1, 2, 9])
def test_bars_add_up_to_the_score(made, top):
    """What is not shown is one bar."""
    bars = explanation_bars(made, made.parts[:top])
    *pieces, (name, score, _) = bars
    assert name == "score"
    assert sum(value for _, value, _ in pieces) == pytest.approx(score)


def test_numbers_stand_at_the_places(made):
    """Those that give most come first; the absent has none."""
    figure = show_explanation(made)
    image, bars = figure.axes
    marks = {mark.get_text(): mark.xy for mark in image.texts}
    assert marks == {"3": (52.5, 5.0), "1": (22.5, 25.0), "4": (7.5, 35.0)}
    labels = [text.get_text() for text in bars.get_yticklabels()]
    assert labels == [
        "3  head",
        "1  tail",
        "part 4",
        "1 other parts",
        "ordinary track",
        "together, and biases",
        "score",
    ]
    lengths = [bar.get_width() for bar in bars.patches]
    assert lengths == [3.0, -1.0, 0.5, 0.0, 1.0, 0.25, 3.75]
    assert [bool(bar.get_hatch()) for bar in bars.patches][:2] == [False, True]


def test_fields_lie_around_their_places(made):
    """The outline of the first part is around its unit."""
    image = show_explanation(made, top=1).axes[0]
    outline = np.concatenate(
        [
            path.vertices
            for drawn in image.collections
            for path in drawn.get_paths()
            if len(path.vertices)
        ]
    )
    np.testing.assert_allclose(outline.mean(axis=0), (52.5, 5.0), atol=4)


def test_words_tell_what_is_seen(made):
    """For those who do not see the picture."""
    words = show_explanation(made, top=1).get_label()
    for told in ("why cat and not dog", "3  head 3.00", "score 3.75"):
        assert told in words


def test_doubts_stand_in_the_headline(made):
    """And not behind a tick."""
    title = show_explanation(made).get_suptitle()
    assert "Fine: explainer and CNN agree" in title
    object.__setattr__(made, "trust", Trust(False, 9.0, 5.0, 0.3, 0.9, 0.0))
    title = show_explanation(made).get_suptitle()
    assert "With care" in title
    assert len(made.trust.reasons) == 5


def test_names_are_no_formulas_and_have_room(made, made_part):
    """A dollar sign is one, and a long name is cut in the picture alone."""
    odd, long = r"$\nothing$", "x" * 200
    parts = (made_part(odd, 0, 2.0, (0, 3)), made_part(long, 1, 1.0, (2, 1)))
    object.__setattr__(made, "parts", parts)
    object.__setattr__(made, "target", odd)
    figure = show_explanation(made)
    figure.savefig(file := io.BytesIO(), format="png")
    assert file.getvalue()[1:4] == b"PNG"
    image, bars = figure.axes
    labels = bars.get_yticklabels()
    assert labels[0].get_text() == f"1  {odd}"
    assert labels[1].get_text().endswith("xx…")
    assert long in figure.get_label()
    left = min(label.get_window_extent().x0 for label in labels)
    assert image.get_window_extent().x1 < left


def test_pictures_are_seen_at_their_own_scale():
    """Values from 0 to 1 are no black image; one channel is gray."""
    bright = np.full((2, 2, 3), 0.5, np.float32)
    assert (picture_of(bright) == 127).all()
    assert (picture_of(np.full((2, 2, 3), 300.0)) == 255).all()
    assert picture_of(np.zeros((2, 3, 1), np.uint8)).shape == (2, 3)


def test_refuses_what_is_no_explanation(made):
    """The message says where one comes from."""
    with pytest.raises(InputError, match="Explainer.explain"):
        show_explanation(made.image)
    with pytest.raises(InputError, match="received 0"):
        show_explanation(made, top=0)
