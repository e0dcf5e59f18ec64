"""The script that times two commits: what it does, and its table."""

import pytest


@pytest.fixture(scope="module")
def before(load_script):
    """The script as a module."""
    return load_script("before")


def test_both_commits_do_the_same_job(before, monkeypatch, tmp_path):
    """Each as its own Makefile has it; ratios beside what came out."""
    asked = []

    def told(checkout, words, environment):
        asked.append((checkout, words[:-1]))
        return (40.0, 30.0) if checkout == tmp_path else (10.0, 8.0)

    result = {
        "delta_error": 1.5,
        "p": 0.9,
        "contributions": {"removal": 0.95},
        "part_maps": {"nmi": 43.21, "one_to_one": 0.5},
    }
    monkeypatch.setattr(before, "command_seconds", told)
    monkeypatch.setattr(before, "_result", lambda folder: result)
    monkeypatch.setattr(before, "commit", lambda checkout: "abc1234")
    makefile = "\t@$(BIN)/tf-explainer run --epochs 7 --out $(DEMO) --overwrite"
    (tmp_path / "Makefile").write_text(makefile, encoding="utf-8")
    file = tmp_path / "page.md"
    before.main([str(tmp_path), str(file), "--jobs", "demo", "--seeds", "3"])
    assert asked[0] == (
        tmp_path,
        ["run", "--epochs", "7", "--seed", "3", "--out"],
    )
    assert asked[1][0] == before.HERE and asked[1][1][0] == "run"
    text = file.read_text(encoding="utf-8")
    assert "| demo, 3 | 40 → 10 | 0.25 × | ≤ 0.34 × | 30 → 8 |" in text
    assert "1.50 → 1.50 | 0.90 → 0.90 | 0.95 → 0.95 | 43.21 → 43.21" in text
    assert "abc1234" in text
    slow = before.Spent(30.0, 1.0, result)
    missed = before.page({("demo", 0): (slow, slow)}, "abc1234")
    assert "1.00 × | **≤ 0.34 ×**" in missed


def test_processor_seconds_are_those_of_the_command(before, tmp_path):
    """And an option it does not know is no result."""
    spent, waited = before.command_seconds(before.HERE, ["--help"], {})
    assert 0 < spent < 60 and 0 < waited
    with pytest.raises(before.subprocess.CalledProcessError):
        before.command_seconds(before.HERE, ["run", "--no-such-option"], {})
