"""Numbers that cannot be computed are left out."""

from tf_explainer.evaluation.sampling import known_numbers


def test_finite_ones_stay():
    """0 is a number; NaN and infinity are not."""
    numbers = {"a": 0.0, "b": float("nan"), "c": float("-inf"), "d": 3}
    assert known_numbers(numbers) == {"a": 0.0, "d": 3}
