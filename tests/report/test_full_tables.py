"""What `--full` found, on the page and in the terminal."""

import io

from rich.console import Console

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.result import result_schema
from tf_explainer.report.full_measures import (
    _FIDELITY,
    causal_tables,
    full_tables,
)
from tf_explainer.runs.terminal import print_tables

CAUSAL = {
    "images": 6,
    "cases": 30,
    "filters": 4,
    "silence": 0.91,
    "silence_by_size": 0.88,
    "silence_like_size": 0.71,
    "follow": 0.62,
    "follow_others": 0.05,
    "silence_untrained": 0.52,
    "claims": {
        "<own>": {"by_image": 0.11},
        "grad_cam": {"by_image": 0.33, "by_category": 0.44, "pasted": 0.12},
        "part_filters": {"by_image": 0.81},
    },
    "explained": {"by_image": 0.75},
}


def test_every_number_beside_its_control():
    """Unknown ones are a dash; a claim that is gone is shown by its name."""
    filters, claims = causal_tables(CAUSAL)
    assert "4 filters stand for a part; 30 parts of 6" in filters["title"]
    assert [row[1:3] for row in filters["rows"]] == [
        *(["0.91", "0.52"], ["0.71", "–"], ["0.62", "–"], ["0.05", "–"]),
    ]
    assert filters["rows"][0][3] == "1; size alone: 0.88, untrained –"
    assert [row[0] for row in claims["rows"]] == [
        "<own>",
        "Grad-CAM of the performer",
        "The explainer: filters that stand for the part",
        "the explainer's score, which sees the changed image",
    ]
    assert claims["rows"][0][1:] == ["0.11", "–", "–"]
    assert claims["rows"][1][1:] == ["0.33", "0.44", "0.12"]


def test_every_claim_has_words():
    """The first sentence of its docstring, short enough for a table."""
    causal = {**CAUSAL, "claims": {name: {} for name in CLAIMS.names()}}
    _, claims = causal_tables(causal)
    words = [row[0] for row in claims["rows"][: len(CLAIMS.names())]]
    assert len(set(words)) == len(words)
    assert all(word[0].isupper() and len(word) < 60 for word in words)


MOVED = {
    "layers": {
        "interp_2": {"skill": 0.3, "pck": 0.4},
        **{name: {"skill": -1.2} for name in ("target", "top_conv")},
    }
}
COVERED = {
    **{"images": 12, "score_peak": 1.5, "score_random": 0.25},
    **{"score_auc": 0.875, "filter_auc": 1.0},
}


def test_moved_images_beside_the_others(result):
    """By layer; a layer without a number has a dash."""
    result["layers"]["interp_2"]["skill"] = 0.5
    follows = {"interp_2": 0.875, "target": 0.125}
    moved, covered = full_tables(
        {
            **result,
            **{"jittered": MOVED, "equivariance": follows},
            "occlusion": COVERED,
        }
    )
    assert [row[1] for row in moved["rows"]] == ["0.50", "0.30", "0.40", "0.88"]
    assert moved["rows"][1][1:4] == ["0.30", "−1.20", "−1.20"]
    assert moved["rows"][3][1:4] == ["0.88", "0.12", "–"]
    assert "each of 12 images" in covered["title"]
    assert [row[1].split()[0] for row in covered["rows"]] == [
        *("87.5", "100.0", "1.50"),
    ]
    assert covered["rows"][2][2] == "above 0.25, elsewhere"


def test_exchanged_places_have_their_rows(result):
    """Results from before them have none."""
    exchanged = {"score_auc_exchanged": 0.625, "filter_auc_exchanged": 0.75}
    before, after = (
        full_tables({**result, "occlusion": one})[0]["rows"]
        for one in (COVERED, COVERED | exchanged)
    )
    assert [*after[:2], *after[4:]] == before
    assert [row[1].split()[0] for row in after[2:4]] == ["62.5", "75.0"]
    assert "another image of the category" in after[2][0]


def test_proxy_has_its_row(result):
    """It is the explainer's alone; results from before it have none."""
    result |= {"jittered": MOVED, "equivariance": {}}
    before, after = (
        full_tables(one)[0]["rows"]
        for one in (result, {**result, "proxy": 0.375})
    )
    assert after[:-1] == before
    assert after[-1][:4] == ["landmark-free proxy", "0.38", "–", "–"]


def test_erased_regions_by_fill(result):
    """A row for each who claims, a column for each fill, and the mean."""
    fidelity = {
        "images": 9,
        "fills": {
            "ring": {"removal": 0.25, "area": -0.5},
            "mine": {"removal": 0.75},
        },
        "mean": {"removal": 0.5, "removal_interval": [0.4, 0.6], "area": 0},
    }
    (table,) = full_tables({**result, "removal_fidelity": fidelity})
    assert "9 images" in table["title"]
    assert table["columns"][1:] == [
        *("surroundings", "mine", "mean", "its 95 % interval"),
    ]
    assert [row[1:] for row in table["rows"]] == [
        ["0.25", "0.75", "0.50", "0.40 to 0.60"],
        ["\N{MINUS SIGN}0.50", "–", "0", "–"],
    ]
    assert full_tables({**result, "removal_fidelity": {"images": 0}}) == []


def test_every_claim_on_regions_has_words():
    """Those of the schema, which holds all that there are."""
    schema = result_schema()["$defs"]["removal_fidelity"]
    assert set(_FIDELITY) == set(schema["properties"])
    assert len(set(_FIDELITY.values())) == len(_FIDELITY)


def test_only_what_there_is(result):
    """Without landmarks no skill, without live filters no square."""
    assert full_tables(result) == []
    for layer in result["layers"].values():
        layer.pop("skill", None)
    nothing = {name: {} for name in MOVED["layers"]}
    (moved,) = full_tables(
        {
            **result,
            **{"jittered": {"layers": nothing}, "occlusion": {"images": 0}},
            "equivariance": {},
        }
    )
    assert [row[1] for row in moved["rows"]] == ["–"]


def test_page_and_terminal_show_them(page, observation):
    """Where there are any; names are escaped."""
    text = page(observation, causal=CAUSAL)
    assert "What happens when images and parts are changed" in text
    assert "integrated" not in text and "Grad-CAM of the performer" in text
    assert "&lt;own&gt;" in text and "<own>" not in text
    assert "parts are changed" not in page(observation)
    screen = io.StringIO()
    print_tables(causal_tables(CAUSAL), Console(file=screen, width=100))
    for word in ("0.91", "untrained", "Grad-CAM", "<own>", "who says it"):
        assert word in screen.getvalue()
