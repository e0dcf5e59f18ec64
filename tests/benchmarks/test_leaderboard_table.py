"""The page of the leaderboard, by hand."""

import pytest


@pytest.fixture(scope="module")
def leaderboard(load_script):
    """The script as a module."""
    return load_script("leaderboard")


@pytest.fixture(scope="module")
def table(leaderboard):
    """The function that writes the page."""
    return leaderboard.leaderboard_text


def _job(name, seed, **numbers):
    parts = {"found": {"head": {"filters": 3, "chosen_skill": 0.5}}}
    base = {"skill": 0.2, "alive": 6.0, "parts": parts}
    base |= numbers
    return {"data": "d", "name": name, "seed": seed, "numbers": base}


def test_table_by_hand(table):
    """Mean ± Student's half interval; one seed has none, and says so."""
    jobs = [
        _job("a", 0, skill=0.2, proxy=0.1),
        _job("a", 1, skill=0.4, proxy=0.3),
        _job("b", 0, skill=-0.5, pck=float("nan"), proxy=-0.1),
        _job("c", 0, skill=0.3, proxy=0.2, pck=-1e-9),
        {
            **{"data": "d", "name": "controls", "seed": 0},
            "numbers": {"accuracy": 0.9, "rows": {"target": {"skill": -1.0}}},
        },
    ]
    lines = table(jobs, ["d", "e"], ["b", "a", "c"]).splitlines()
    # 12.706 · 0.1414 / √2 = 1.27 for two seeds.
    row = next(line for line in lines if line.startswith("| a |"))
    assert row.split(" | ")[1] == "0.30 ± 1.27"
    other = next(
        line for line in lines if line.startswith("| b (1 of 2 seeds) |")
    )
    assert other.split(" | ")[1:4] == ["−0.50", "–", "–"]
    assert lines.index(other) < lines.index(row)
    other = table(jobs, ["d"], ["c"])
    assert "| c | 0.30 | – | 0.00 |" in other
    below = next(line for line in lines if line.startswith("| *target* |"))
    assert lines.index(below) > lines.index(row)
    assert below.split(" | ")[1] == "−1.00"
    assert any("| b (1 of 2 seeds) | 0.50 (0.50) |" in line for line in lines)
    # Half of the three filters' six, and no part told as well as 0.6.
    assert any(
        "| a | 0.0 ± 0.0 | 0.0 ± 0.0 | 0.50 ± 0.00 |" in line for line in lines
    )
    assert "## e" not in lines and "Explainers learn" not in "".join(lines)
    jobs[0]["options"] = {"precision": "mixed_bfloat16"}
    told = table(jobs, ["d"], ["a"])
    assert "Seeds 0, 1. Explainers learn in mixed_bfloat16. Perf" in told
    assert any("these 4 trainings: 1.00." in line for line in lines)


def test_controls_on_moved_crops(table):
    """Below the line, where they were measured; dead filters count as 0."""
    rows = {"untrained": {"skill": -1.0, "jittered": {"skill": -0.5}}}
    rows["pca"] = {"skill": -2.0}
    numbers = {"accuracy": 0.9, "rows": rows}
    controls = {"data": "d", "name": "controls", "seed": 0, "numbers": numbers}
    job = _job("a", 0, skill=0.4, filters=8, jittered={"skill": 0.5})
    lines = table([job, controls], ["d"], ["a"]).splitlines()
    # Six of eight filters are alive.
    assert "| a | 0.30 | 0.50 | 0.0 | 0.0 | 0.50 |" in lines
    assert "| *untrained* | – | −0.50 | – | – | – |" in lines
    assert sum(line.startswith("| *pca*") for line in lines) == 1


def test_large_parts_by_hand(leaderboard, load_script):
    """Every one of them is to be told; small ones do not count."""
    areas = load_script("part_areas").part_areas(animals=12)
    assert areas["eyes"] < 0.03 < areas["head"] < areas["torso"] < 1
    large = [name for name, area in areas.items() if area >= 0.03]
    assert len(large) == 11
    for told, reached in ((large, "**1.00**"), (large[1:], "0.91, not")):
        parts = {name: {"filters": 1, "chosen_skill": 0.6} for name in told}
        job = _job("filters", 0, p=0.9, delta_error=0.0, filters=8)
        job["numbers"]["parts"] = {"found": parts}
        told = leaderboard.targets_text([{**job, "data": "drawn_animals"}])
        assert f"with skill ≥ 0.6 | ≥ 1.00 | {reached}" in told


def test_targets_by_hand(leaderboard):
    """Above a lower bound, below an upper one; what is unknown is not."""
    jobs = [
        {
            **_job("filters", seed, skill=skill, p=0.9, delta_error=2.0),
            "data": "animal_parts",
        }
        for seed, skill in ((0, 0.3), (1, 0.5))
    ]
    told = leaderboard.targets_text(jobs)
    assert "| mean skill | ≥ 0.35 | **0.40 ± 1.27** |" in told
    assert "| p | ≥ 0.90 | **0.90 ± 0.00** |" in told
    assert "| Δ error, points | ≤ 1.0 | 2.0 ± 0.0, not reached |" in told
    assert "for heads | ≥ 0.65 | 0.50 ± 0.00, not reached |" in told
    assert "for front legs | ≥ 0.20 | not measured |" in told
    assert "drawn" not in told
    assert "relative to it | ≥ 0.75 | not measured |" in told


def test_causal_targets_by_hand(leaderboard):
    """Of runs, which are no jobs."""
    causal = [
        {"silence": auc, "claims": {"part_filters": {"by_image": 0.9}}}
        for auc in (0.7, 0.8)
    ]
    told = leaderboard.targets_text([], causal=causal)
    assert "its part (AUC) | ≥ 0.95 | 0.75 ± 0.64, not reached |" in told
    assert "contributions | ≥ 0.80 | **0.90 ± 0.00** |" in told


def test_proxy_within_a_filter_loss(table):
    """Good losses apart from bad ones is not good settings from bad ones."""
    jobs = [
        {
            **_job("a", seed, skill=level - seed / 10, proxy=level + seed / 10),
            "settings": {"filter_loss": loss},
        }
        for loss, level in (("good", 1.0), ("bad", -1.0))
        for seed in range(4)
    ]
    told = table(jobs, ["d"], ["a"])
    # 1 - 6 · 40 / (8 · 63), and each within itself the wrong way round.
    assert "these 8 trainings: 0.52; −1.00 over the 4 with" in told
    assert "loss `good`; −1.00 over the 4 with the filter loss `bad`." in told


def test_proxy_and_filters_that_are_all_alike(table):
    """The proxy rises with the share on one part, as parts told fall."""
    jobs = [
        {
            **_job("a", seed, skill=0.5, proxy=seed / 10),
            "settings": {"filter_loss": "good"},
        }
        for seed in range(4)
    ]
    for seed, job in enumerate(jobs):
        job["numbers"]["skill"] += seed
        job["numbers"]["parts"] = {
            "found": {
                f"part {place}": {
                    "filters": 1 + seed * (place == 0),
                    "chosen_skill": 0.9 if place < 4 - seed else 0.1,
                    "chosen_filter": place // 2,
                }
                for place in range(4)
            }
        }
    told = table(jobs, ["d"], ["a"])
    assert "`good` (with the number of parts told −1.00, with the" in told
    assert "largest share of filters on one part 1.00)." in told
    # 4, 3, 2 and 1 parts, by 2, 2, 1 and 1 filters.
    assert "| 2.5 ± 2.1 | 1.5 ± 0.9 |" in told
