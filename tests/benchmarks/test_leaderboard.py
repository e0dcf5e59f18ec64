"""The leaderboard: one tiny job from end to end, and which jobs count."""

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
stray_limit = 0.5

[configurations.none]
epochs = 1
filter_loss = "none"
"""


@pytest.fixture(scope="module")
def leaderboard(load_script):
    """The script as a module."""
    return load_script("leaderboard")


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
    assert short["settings"]["stray_limit"] == 0.5
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
    assert {"skill", "parts"} <= set(rows["untrained"]["jittered"])

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
    settings = leaderboard.with_defaults({"epochs": 1, "stray_limit": 0.5})
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


def test_explainers_of_another_performer_are_left_out(leaderboard, tmp_path):
    """Beside controls of the performer that was trained anew: not compared."""
    plan, job = tomllib.loads(PLAN), _short(leaderboard)
    controls = {**job, "name": "controls", "settings": {}}
    controls["numbers"] = {"accuracy": 0.96, "rows": {"untrained": {}}}
    (tmp_path / "results").mkdir()
    options = leaderboard._parser().parse_args(_options(tmp_path))
    for accuracy, same in ((0.96, True), (0.95, False)):
        numbers = {"accuracy": accuracy, "shuffled_skill": 0.0}
        mine = {**job, "numbers": numbers}
        other_seed = {**mine, "seed": 1}
        jobs = [controls, mine, other_seed]
        found = leaderboard.of_plan(plan, jobs)
        assert found == [controls, *[mine] * same, other_seed]
        path = tmp_path / "results/leaderboard.json"
        path.write_text(json.dumps(jobs))
        data = ("tiny", job["options"], 0)
        bench = leaderboard.Bench(*data, options, Console(quiet=True))
        assert bench._is_done("short", job["settings"]) == same


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
    rows = {"skill": 0.0}, {"parts": {}}, {"parts": {}, "jittered": {}}
    for row, still, moved in zip(rows, (0, 1, 1), (0, 0, 1), strict=True):
        controls = {"name": "controls", "numbers": {"rows": {"untrained": row}}}
        assert leaderboard.is_whole(controls, jittered=False) == still
        assert leaderboard.is_whole(controls, jittered=True) == moved


@pytest.mark.slow
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
        places = explainer.settings, schedule, explainer.attachment.cut
        for name, value in table.items():
            made = [vars(one)[name] for one in places if name in vars(one)]
            # A preset is of both.
            assert set(made) == {value}
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


def test_what_a_data_set_says_of_explainers(leaderboard):
    """Holds where the configuration says nothing, also for the table."""
    plan = tomllib.loads(PLAN)
    plan["data"]["tiny"]["epochs"] = 45
    plan["configurations"]["plain"] = {}
    options = plan["data"]["tiny"]
    jobs = []
    for name, epochs in (("short", 1), ("plain", 45)):
        table = plan["configurations"][name]
        settings = leaderboard.with_defaults(
            leaderboard.on_data(table, options)
        )
        assert settings["epochs"] == epochs
        job = {"data": "tiny", "name": name, "seed": 0, "options": options}
        jobs.append({**job, "settings": settings, "numbers": {}})
    stale = leaderboard.with_defaults({})
    late = {**jobs[1], "seed": 1, "settings": stale}
    found = leaderboard.of_plan(plan, [*jobs, late])
    assert [job["name"] for job in found] == ["plain", "short"]
