"""The leaderboard: one tiny job from end to end, and the table by hand."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.testing import toy_performer

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PLAN = """
[data.tiny]
data = "drawn_animals"
data_option = {train = 24, test = 12, size = 32}
image_size = 32
performer_epochs = 1
batch_size = 8

[configurations.short]
epochs = 1
drift_guard = 1

[configurations.none]
epochs = 1
filter_loss = "none"
"""


@pytest.fixture(scope="module")
def leaderboard(load_script):
    """The script as a module."""
    return load_script("leaderboard")


@pytest.fixture(scope="module")
def table(leaderboard):
    """The function that writes the page."""
    return leaderboard.leaderboard_text


def _options(folder, *further):
    plan = folder / "plan.toml"
    plan.write_text(PLAN)
    return [
        *("--plan", str(plan), "--work", str(folder / "work")),
        *("--results", str(folder / "results"), "--seeds", "0", *further),
    ]


@pytest.mark.slow
def test_a_job_from_end_to_end(leaderboard, tmp_path, monkeypatch, capsys):
    """Trained once; the same command reads what is there and adds the rest."""
    elsewhere = tmp_path / "elsewhere"
    leaderboard.main(_options(tmp_path, "--only", "short", "--jittered"))
    work = tmp_path / "work" / "tiny" / "seed0"
    short = json.loads((work / "short.json").read_text())
    numbers = short["numbers"]
    assert short["settings"]["drift_guard"] == short["settings"]["epochs"] == 1
    assert short["options"] == tomllib.loads(PLAN)["data"]["tiny"]
    for name in ("skill", "pck", "coverage", "alive", "p", "delta_error"):
        assert isinstance(numbers[name], float)
    assert numbers["cpu_seconds"] > 0 and "shuffled_skill" in numbers
    assert {"skill", "pck", "parts"} <= set(numbers["jittered"])
    assert -1 <= numbers["proxy"] <= 1
    assert set(numbers["parts"]["found"]) and not (work / "none.json").exists()
    rows = json.loads((work / "controls.json").read_text())["numbers"]["rows"]
    assert {"target", "top_conv", "untrained", "pca"} <= set(rows)
    assert rows["constant_center"]["skill"] <= 0
    assert set(rows["target"]["parts"]["found"]) == set(
        numbers["parts"]["found"]
    )

    def train(*args, **kwargs):
        raise AssertionError("trained again")

    with monkeypatch.context() as patch:
        patch.setattr(leaderboard, "train_explainer", train)
        leaderboard.main(_options(tmp_path, "--only", "short"))
        # Another machine has the results, not the work.
        shutil.copytree(tmp_path / "results", elsewhere / "results")
        leaderboard.main(_options(elsewhere, "--only", "short"))
        assert not (elsewhere / "work/tiny/seed0/performer").exists()
        with pytest.raises(AssertionError, match="trained again"):
            leaderboard.main(_options(tmp_path, "--only", "none"))
        arguments = _options(tmp_path)
        plan = PLAN.replace("batch_size = 8", "batch_size = 6")
        (tmp_path / "plan.toml").write_text(plan)
        with pytest.raises(InputError, match="other options of 'tiny'"):
            leaderboard.main(arguments)
    page = (tmp_path / "results" / "leaderboard.md").read_text()
    assert "## tiny" in page and "| short |" in page
    assert "*top_conv*" in page and "| none |" not in page
    assert (elsewhere / "results/leaderboard.md").read_text() == page


def _short(leaderboard):
    """The job `short` of the plan, without numbers."""
    settings = leaderboard.with_defaults({"epochs": 1, "drift_guard": 1})
    options = tomllib.loads(PLAN)["data"]["tiny"]
    return {
        **{"data": "tiny", "name": "short", "seed": 0, "settings": settings},
        **{"options": options, "numbers": {}},
    }


def test_only_jobs_of_the_plan_as_it_is(leaderboard):
    """Those of other options, settings or names are left out."""
    plan, job = tomllib.loads(PLAN), _short(leaderboard)
    settings = job["settings"]
    controls = {**job, "name": "controls", "settings": {}}
    later = {**job, "numbers": {"skill": 1.0}}
    wrong = [
        {**job, "seed": 1, "settings": {**settings, "beta": 5.0}},
        {**job, "seed": 2, "options": {}},
        {**job, "seed": 3, "name": "gone"},
        # Of a version that did not keep them.
        {**{k: job[k] for k in ("data", "name", "numbers")}, "seed": 4},
    ]
    found = leaderboard.of_plan(plan, [job, controls, later, *wrong])
    assert found == [controls, later]


def test_jobs_of_another_plan_are_kept(leaderboard, tmp_path, capsys):
    """In the results, though not on the page; the later one counts."""
    mine = _short(leaderboard)
    mine["numbers"] = {"skill": 0.25, "parts": {"found": {}}}
    jobs = [
        {**mine, "name": "of_another_plan"},
        {**mine, "settings": {"beta": 9.0}, "numbers": {"skill": 0.75}},
        {**mine, "numbers": {"skill": 0.5}},
        mine,
    ]
    results = tmp_path / "results"
    results.mkdir()
    (results / "leaderboard.json").write_text(json.dumps(jobs))
    leaderboard.main(_options(tmp_path, "--table-only"))
    left = json.loads((results / "leaderboard.json").read_text())
    assert len(left) == 3 and all(job in left for job in (*jobs[:2], mine))
    shown = capsys.readouterr().out
    assert "| short | 0.25 |" in shown
    assert "0.50" not in shown and "0.75" not in shown


@pytest.mark.parametrize("numbers", [{}, {"jittered": {"skill": 0.1}}])
def test_moved_crops_are_asked_for(leaderboard, tmp_path, numbers):
    """A job without them is not done where they are wanted."""
    numbers = {"shuffled_skill": -0.5, **numbers}
    job = {**_short(leaderboard), "numbers": numbers}
    (tmp_path / "results").mkdir()
    (tmp_path / "results/leaderboard.json").write_text(json.dumps([job]))
    for further, done in (((), True), (("--jittered",), "jittered" in numbers)):
        options = leaderboard._parser().parse_args(_options(tmp_path, *further))
        data = ("tiny", job["options"], 0)
        bench = leaderboard.Bench(*data, options, Console(quiet=True))
        assert bench._is_done("short", job["settings"]) == done


def test_jobs_of_a_version_that_measured_less(leaderboard):
    """They are done anew; the page still shows what they have."""
    whole = {"name": "a", "numbers": {"shuffled_skill": 0.1}}
    assert leaderboard.is_whole(whole, jittered=False)
    assert not leaderboard.is_whole({"name": "a", "numbers": {}}, False)
    for row, done in (({"skill": 0.0}, False), ({"parts": {}}, True)):
        controls = {"name": "controls", "numbers": {"rows": {"untrained": row}}}
        assert leaderboard.is_whole(controls, jittered=True) == done


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
    assert any("| a | 0.0 ± 0.0 | 0.50 ± 0.00 |" in line for line in lines)
    assert "## e" not in lines and "Explainers learn" not in "".join(lines)
    jobs[0]["options"] = {"precision": "mixed_bfloat16"}
    told = table(jobs, ["d"], ["a"])
    assert "Seeds 0, 1. Explainers learn in mixed_bfloat16. Perf" in told
    assert any("these 4 trainings: 1.00." in line for line in lines)


def test_targets_by_hand(leaderboard):
    """Above a lower bound, below an upper one; what is unknown is not."""
    jobs = [
        {
            **_job("defaults", seed, skill=skill, p=0.9, delta_error=2.0),
            "data": "animal_parts",
        }
        for seed, skill in ((0, 0.3), (1, 0.5))
    ]
    told = leaderboard.targets_text(jobs)
    assert "| mean skill | ≥ 0.35 | **0.40 ± 1.27** |" in told
    assert "| p | ≥ 0.90 | **0.90 ± 0.00** |" in told
    assert "| Δ error, points | ≤ 1.0 | 2.0 ± 0.0, not reached |" in told
    assert "for heads | ≥ 0.65 | 0.50 ± 0.00, not reached |" in told
    assert "for front legs | ≥ 0.20 | –, not reached |" in told
    assert "drawn" not in told


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


def test_every_configuration_can_be_made(leaderboard):
    """The table in the repository has no misspelled setting."""
    plan = tomllib.loads((BENCHMARKS / "leaderboard.toml").read_text())

    class Data:
        """Several categories."""

        negative_category = None

    for table in plan["configurations"].values():
        explainer, schedule = leaderboard.configured(
            toy_performer(), Data(), table
        )
        for name, value in table.items():
            made = explainer.settings if name != "epochs" else schedule
            made = made if hasattr(made, name) else schedule
            assert getattr(made, name) == value
    half = "mixed_bfloat16"
    explainer, _ = leaderboard.configured(toy_performer(), Data(), {}, half)
    assert explainer.encoder.compute_dtype == "bfloat16"
    with pytest.raises(InputError, match="received etta"):
        leaderboard.configured(toy_performer(), Data(), {"etta": 1.0})


def test_data_options_are_known(leaderboard):
    """Each data set of the table is one that `run` would take."""
    plan = tomllib.loads((BENCHMARKS / "leaderboard.toml").read_text())
    for table in plan["data"].values():
        leaderboard.check_options(table, Path("leaderboard.toml"))


def test_unknown_names(leaderboard, tmp_path):
    """Told with the names that there are."""
    with pytest.raises(InputError, match="`--only`.*short, none, received x"):
        leaderboard.main(_options(tmp_path, "--only", "x"))
    with pytest.raises(InputError, match="`--data`.*tiny, received y"):
        leaderboard.main(_options(tmp_path, "--data", "y"))
