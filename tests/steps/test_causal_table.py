"""The causal checks in the terminal."""

import io

from rich.console import Console

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.steps.causal_table import _CLAIMS, print_causal

CAUSAL = {
    "images": 6,
    "cases": 30,
    "filters": 4,
    "silence": 0.91,
    "follow": 0.62,
    "follow_others": 0.05,
    "silence_untrained": 0.52,
    "claims": {
        "own_claim": {"by_image": 0.11},
        "grad_cam": {"by_image": 0.33, "by_category": 0.44, "pasted": -0.12},
        "part_filters": {"by_image": 0.81},
    },
}


def _shown(causal):
    screen = io.StringIO()
    print_causal(causal, Console(file=screen, width=100))
    return screen.getvalue()


def test_every_number_beside_its_control():
    """Unknown ones are a dash; a new claim is shown by its name, last."""
    lines = _shown(CAUSAL).splitlines()
    assert "4 filters stand for a part" in lines[0] and "30 parts" in lines[0]
    silence = next(line for line in lines if "removed" in line)
    assert silence.split()[-6:-4] == ["0.91", "0.52"]
    follow = next(line for line in lines if "its part moved" in line)
    assert "0.62" in follow and "–" in follow
    claims = [
        next(i for i, line in enumerate(lines) if word in line)
        for word in ("filters that stand for the", "Grad-CAM", "own_claim")
    ]
    assert claims == sorted(claims)
    cam = lines[claims[1]].split()
    assert cam[-3:] == ["0.33", "0.44", "-0.12"]


def test_every_claim_has_words():
    """Each of the package's own."""
    assert set(_CLAIMS) == set(CLAIMS.names())
