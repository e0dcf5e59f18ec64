"""The paper's claims on made runs."""

import dataclasses

import pytest

from tf_explainer.tables.claims import expectations, expectations_text


def test_each_claim_by_case(make_run):
    """Means over seeds decide; what does not hold is told."""
    runs = [
        make_run(0.1, seed=0),
        make_run(0.2, seed=1),
        make_run(0.3, "dog"),
        make_run(0.1, "average"),
        make_run(0.1, "average", variant="explainer_cls"),
    ]
    cls = {**runs[-1].values, ("delta_error", "explainer_cls"): -0.5}
    runs[-1] = dataclasses.replace(runs[-1], values=cls)
    found = {one.claim: one for one in expectations(runs)}
    one = found["location instability below that of the top conv-layer"]
    assert one.held == (
        "cat (0.150 beside 0.200)",
        "several categories (0.100 beside 0.200)",
    )
    assert one.broken == ("dog (0.300 beside 0.200)",)
    assert len(found["p of 0.8 or more"].held) == 3
    one = found["Δ error of at most 1 point with several categories"]
    assert (one.held, one.broken) == ((), ("several categories (2.00)",))
    one = found["Δ error of Explainer+cls below the explainer's"]
    assert one.held == ("several categories (−0.50 beside 2.00)",)
    assert "location instability below that of the target layer" not in found
    text = expectations_text(expectations(runs))
    assert "top conv-layer: 2 of 3 – cat (0.150 beside 0.200)" in text
    assert "**not so**: dog (0.300 beside 0.200)" in text


@pytest.mark.parametrize(
    ("performer", "claim"),
    [
        ("vgg_16", "p of 0.8 or more"),
        ("alexnet", None),
        ("mobilenet", "ours: p of 0.8 or more"),
    ],
)
def test_whose_claim_on_p(make_run, performer, claim):
    """The paper's own AlexNet has less, and it has no other networks."""
    found = expectations([make_run(0.1, performer=performer)])
    claims = [one.claim for one in found if "p of" in one.claim]
    assert claims == ([claim] if claim else [])


def test_nothing_to_tell(make_run):
    """No run has finished."""
    runs = [make_run(0.0, missing="not run yet")]
    assert expectations(runs) == []
    assert expectations_text([]) == ""
