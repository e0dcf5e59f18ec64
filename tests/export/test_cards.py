"""The card says what the result says."""

from tf_explainer.export import model_card

RESULT = {
    "data": {"name": "my|animals", "categories": ["cat", "dog"]},
    "images": {"train": 10, "test": 5},
    "performer": {"accuracy": 0.75},
    "explainer": {"agreement": 0.5},
    "p": 0.25,
    "seed": 3,
    "settings": {"data": "/home/me/animals", "eta": 0.1, "classes": []},
    "versions": {"tf_explainer": "1.2.3", "keras": "3.15"},
}


def test_numbers_and_headings():
    """What was not measured is left out, and no path is told."""
    text = model_card(RESULT)
    for heading in ("Model Details", "Uses", "Training Details", "Evaluation"):
        assert f"\n## {heading}\n" in text
    assert "| accuracy of the CNN | 75.0 % |" in text
    assert "| p, weight of the parts | 0.25 |" in text
    assert "Δ error" not in text and "/home/me" not in text
    assert "| eta | 0.1 |" in text and "It was not measured." in text
    assert "filters that were found" in text
    assert "- **Versions:** tf_explainer 1.2.3, keras 3.15\n" in text


def test_verdict_and_parts():
    """With its reasons, in words."""
    trust = {
        "verdict": "with care",
        "reasons": [{"kind": "note", "text": "Few images."}],
    }
    text = model_card({**RESULT, "trust": trust, "part_names": ["head", "leg"]})
    assert "**With care.**" in text and "- Few images." in text
    assert "2 object parts" in text and "head, leg" in text


def test_names_are_nothing_but_names():
    """No tags, links or cells, whatever a folder of images is called."""
    odd = ["<script>alert(1)</script>", "a|b", "[x](http://y)", "`c`\n# d"]
    data = {"name": "my|animals", "categories": odd}
    settings = {"classes": odd}
    text = model_card(
        {**RESULT, "data": data, "settings": settings, "part_names": odd}
    )
    assert "<script" not in text and "\n# d" not in text
    assert "a\\|b" in text and "my\\|animals" in text
    assert "\\[x\\](http://y)" in text and "\\`c\\` # d" in text
