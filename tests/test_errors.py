"""What may have been meant, and what later versions wrote."""

import pytest

from tf_explainer.errors import LaterVersion, closest, refuse_later


def test_near_words():
    """Of a word without end there are none, and that is said at once."""
    assert closest("epoch", ["epochs", "eta"]) == ["epochs"]
    assert closest("x" * 10**6, ["epochs", "eta"]) == []


def test_later_forms():
    """Only a higher number is later."""
    for told in (None, 0, 1, "savedmodel", [2]):
        refuse_later(told, 1, "file")
    with pytest.raises(LaterVersion, match="file was written .* update: pip"):
        refuse_later(2, 1, "file")
