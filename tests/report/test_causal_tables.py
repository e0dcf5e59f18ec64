"""The causal checks, on the page and in the terminal."""

import io

from rich.console import Console

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.report.causal_tables import _CLAIMS, causal_tables
from tf_explainer.steps.causal_table import print_causal

CAUSAL = {
    "images": 6,
    "cases": 30,
    "filters": 4,
    "silence": 0.91,
    "follow": 0.62,
    "follow_others": 0.05,
    "silence_untrained": 0.52,
    "claims": {
        "<own>": {"by_image": 0.11},
        "grad_cam": {"by_image": 0.33, "by_category": 0.44, "pasted": 0.12},
        "part_filters": {"by_image": 0.81},
    },
}


def test_every_number_beside_its_control():
    """Unknown ones are a dash; a new claim is shown by its name, last."""
    filters, claims = causal_tables(CAUSAL)
    assert "4 filters stand for a part; 30 parts of 6" in filters["title"]
    assert [row[1:3] for row in filters["rows"]] == [
        *(["0.91", "0.52"], ["0.62", "–"], ["0.05", "–"]),
    ]
    assert [row[0] for row in claims["rows"]] == [
        "explainer, filters that stand for the part",
        "Grad-CAM of the performer",
        "<own>",
    ]
    assert claims["rows"][1][1:] == ["0.33", "0.44", "0.12"]
    assert claims["rows"][2][1:] == ["0.11", "–", "–"]


def test_every_claim_has_words():
    """Each of the package's own."""
    assert set(_CLAIMS) == set(CLAIMS.names())


def test_page_and_terminal_show_them(page, observation):
    """Where there are any; names are escaped."""
    text = page(observation, causal=CAUSAL)
    assert "What happens when a part is changed" in text
    assert "integrated" not in text and "Grad-CAM of the performer" in text
    assert "&lt;own&gt;" in text and "<own>" not in text
    assert "when a part is changed" not in page(observation)
    screen = io.StringIO()
    print_causal(CAUSAL, Console(file=screen, width=100))
    for word in ("0.91", "untrained", "Grad-CAM", "<own>", "who says it"):
        assert word in screen.getvalue()
