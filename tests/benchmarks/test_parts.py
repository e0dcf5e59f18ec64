"""The benchmark of parts: its table, and a tiny run."""

import json
from pathlib import Path

import pytest

from tf_explainer.errors import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script(load_script):
    """The script as a module."""
    return load_script("parts")


def test_page_has_means_over_seeds(script):
    """Of what a run knows, controls below; what is missing is a dash."""
    control = {"controls": {"frame": {"nmi": 20.0}}}
    jobs = {
        "drawn_animals/default/0": {
            "p": 0.9,
            "part_maps": {"nmi": 40.0, "nmi_interval": [1, 2], **control},
            "contributions": {"ordinary": 0.25, "bias": -0.125},
        },
        "drawn_animals/default/1": {"p": 0.8, "part_maps": {"nmi": 42.0}},
        "drawn_animals/filters/0": {"p": 0.7, "filters": {"skill": -0.5}},
    }
    text = script.page(jobs)
    assert "| | default (2) | filters (1) |" in text
    assert "| `p` | 0.85 ± 0.64 | 0.70 |" in text
    rows = text.splitlines()
    told = rows.index(
        "| NMI of the winning part and the landmark | 41.0 ± 12.7 | – |"
    )
    assert rows[told + 1] == "| the same: cells of the frame | 20.0 | – |"
    through = "| share of the class score through the filters | 0.88 | – |"
    assert through in rows
    skill = "| mean skill of the filters; a constant place has 0 | – | −0.50 |"
    assert skill in rows
    assert "Δ error" not in text and "real animals" not in text


def test_unknown_names_are_refused(script, tmp_path):
    """Before anything is done."""
    for option in ("--data", "--presets"):
        with pytest.raises(InputError, match=f"`{option}` must.*received x"):
            script.main([option, "x", "--results", str(tmp_path)])
    assert not list(tmp_path.iterdir())


def test_done_jobs_are_not_done_again(script, tmp_path, monkeypatch, capsys):
    """And each is written as soon as it is there."""
    calls = []

    def measured(folder, options, preset, seed):
        calls.append((folder.relative_to(tmp_path).as_posix(), preset))
        return {"p": 0.5 + seed}

    monkeypatch.setattr(script, "measured", measured)
    asked = [
        *("--data", "drawn_animals", "--seeds", "0", "1"),
        *("--presets", "default"),
        *("--work", str(tmp_path), "--results", str(tmp_path)),
    ]
    script.main(asked)
    script.main(asked)
    assert calls == [
        (f"drawn_animals/default/{seed}", "default") for seed in (0, 1)
    ]
    kept = json.loads((tmp_path / "parts.json").read_text())
    assert kept["jobs"]["drawn_animals/default/1"] == {"p": 1.5}
    script.main([*asked, "--table-only"])
    assert "| `p` | 1.00" in capsys.readouterr().out


def test_readme_has_the_short_table(script):
    """Word for word, of the committed numbers."""
    kept = json.loads((ROOT / "benchmarks/results/parts.json").read_text())
    table = script.short_table(kept["jobs"])
    assert "–" not in table
    assert table in (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "benchmarks/results/parts.md").read_text(encoding="utf-8")
    assert page.startswith(script.page(kept["jobs"])) and table in page
