"""What breaking a limit costs."""

import pytest

from tf_explainer.errors import InputError
from tf_explainer.tuning import Limits


def test_within_the_limits_nothing_is_taken():
    """Also where the explainer is better than the performer."""
    limits = Limits(delta_error=1.0, p=0.9)
    assert limits.penalty(1.0, 0.9) == 0 and limits.kept(-3.0, 1.0)


def test_by_hand():
    """A tenth for each point and for each tenth of p."""
    limits = Limits(delta_error=1.0, p=0.9)
    assert limits.penalty(3.5, 0.9) == pytest.approx(0.25)
    assert limits.penalty(0.0, 0.4) == pytest.approx(0.5)
    assert limits.penalty(3.5, 0.4) == pytest.approx(0.75)
    assert not limits.kept(3.5, 1.0)


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_p_is_a_share(p):
    """Else no trial could keep the limit."""
    with pytest.raises(InputError, match="`p` must lie in"):
        Limits(p=p)


def test_delta_error_is_a_number():
    """NaN would be kept by every trial."""
    with pytest.raises(InputError, match="`delta_error` must be a number"):
        Limits(delta_error=float("nan"))
