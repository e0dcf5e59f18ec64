"""Numbers as text."""

import pytest

from tf_explainer.visualization.style import number_text, percent_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (1604, "1,604"),
        (0.2951, "0.30"),
        (-0.2951, "−0.30"),
        (-0.001, "0.00"),
        (-3, "−3"),
    ],
)
def test_number(value, text):
    """Fixed digits, a true minus, no minus zero."""
    assert number_text(value) == text


def test_percent():
    """One digit, and a space that does not break."""
    assert percent_text(0.8351) == "83.5\u202f%"
    assert percent_text(1, 0) == "100\u202f%"
    assert percent_text(None) == "–"
