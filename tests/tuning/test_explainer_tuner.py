"""The choice of trials, where each filter loss has settings of its own."""

import csv
import functools
import io
import json

import keras_tuner
import pytest
import scipy.optimize

from tf_explainer.errors import InputError
from tf_explainer.tuning import (
    ExplainerHyperModel,
    ExplainerTuner,
    pareto_chart,
    trial_table,
)
from tf_explainer.tuning.trials import csv_text, trial_number

LOSSES = ("equivariant", "exact", "paper")
TRIALS = 10


@pytest.fixture
def untrained(performer, square_data, monkeypatch):
    """Maker of models whose trials cost nothing."""

    def make(fixed=None, epochs=5):
        fixed = {"preset": "filters"} | (fixed or {})
        model = ExplainerHyperModel(performer, square_data(), fixed, epochs)

        def fit(hp, settings):
            worth = LOSSES.index(settings["filter_loss"]) / 10
            return dict.fromkeys(model.measured, worth + settings["eta"] / 100)

        monkeypatch.setattr(model, "build", model.settings)
        monkeypatch.setattr(model, "fit", fit)
        return model

    return make


@pytest.fixture
def searched(untrained, tmp_path, monkeypatch):
    """A search whose last trial is chosen by the Gaussian process."""
    few = functools.partial(scipy.optimize.minimize, options={"maxiter": 1})
    monkeypatch.setattr(scipy.optimize, "minimize", few)
    ExplainerTuner(untrained(), None, 4, 1, tmp_path).search()
    tuner = ExplainerTuner(untrained(), None, TRIALS, 1, tmp_path)
    tuner.oracle.num_initial_points = TRIALS - 1
    tuner.search()
    return tuner


@pytest.mark.slow
def test_trials_hold_what_their_loss_reads(searched):
    """Also those chosen from the results, and after a stop."""
    trials = sorted(searched.oracle.trials.values(), key=trial_number)
    assert [*map(trial_number, trials)] == [*range(1, TRIALS + 1)]
    first, *later = (
        searched.hypermodel.settings(trial.hyperparameters) for trial in trials
    )
    defaults = {"filter_loss": "equivariant", "filter_weight": 20.0}
    assert first.items() >= {**defaults, "diversity": 1.0}.items()
    assert {found["filter_loss"] for found in later} == set(LOSSES)
    for found in (first, *later):
        assert None not in found.values()
        if found["filter_loss"] == "equivariant":
            assert "diversity" in found and "peak_score" not in found
        else:
            assert "peak_score" in found and "diversity" not in found
        if found["filter_loss"] == "paper":
            assert found["filter_weight"] <= 0.1
    # As they were tried, and no defaults in their place.
    weights = [found["filter_weight"] for found in later]
    assert len(set(weights)) == len(weights)


@pytest.mark.slow
def test_nothing_is_tried_twice(untrained, tmp_path, monkeypatch):
    """The process takes the best trial for the optimum; another is drawn."""

    oracle = keras_tuner.oracles.BayesianOptimizationOracle
    populate = oracle.populate_space

    def best_again(oracle, trial_id):
        if not oracle.trials:
            return populate(oracle, trial_id)
        best = oracle.get_best_trials(1)[0].hyperparameters.values
        return {
            "status": "RUNNING",
            "values": {
                name: value if isinstance(value, str) else value * (1 + 1e-9)
                for name, value in best.items()
            },
        }

    monkeypatch.setattr(oracle, "populate_space", best_again)
    tuner = ExplainerTuner(untrained(), None, 5, 1, tmp_path)
    tuner.search()
    tried = [
        tuner.hypermodel.settings(trial.hyperparameters)
        for trial in tuner.oracle.trials.values()
    ]
    assert len({str(found) for found in tried}) == 5
    rates = {found["learning_rate"] for found in tried}
    assert len(rates) == 5


@pytest.mark.slow
def test_table_copes_with_settings_that_some_trials_lack(searched):
    """They are empty there, and in no row `None`."""
    rows = trial_table(searched)
    table = list(csv.DictReader(io.StringIO(csv_text(rows))))
    for row, line in zip(rows, table, strict=True):
        for name in ("diversity", "peak_score"):
            assert line[name] == str(row.settings.get(name, ""))
    assert rows[0].settings["filter_loss"] == "paper"
    assert "peak_score" in rows[0].settings
    figure = pareto_chart(rows, searched.hypermodel.limits)
    assert f"{TRIALS} trials" in figure.get_label()


def test_search_over_other_settings_is_refused(untrained, tmp_path):
    """Its trials would be read as the defaults, or with another range."""
    ExplainerTuner(untrained(), None, 1, 1, tmp_path).search()
    ExplainerTuner(untrained(), None, 1, 1, tmp_path).search()
    for other in (untrained({"eta": 1.0}), untrained(epochs=7)):
        with pytest.raises(InputError, match="a search over other settings"):
            ExplainerTuner(other, None, 2, 1, tmp_path)


def test_search_of_an_older_version_is_refused(untrained, tmp_path):
    """Its weight of the filter loss was one for all losses."""
    ExplainerTuner(untrained(), None, 1, 1, tmp_path).search()
    (state,) = tmp_path.rglob("oracle.json")
    stored = json.loads(state.read_text())
    for entry in stored["hyperparameters"]["space"]:
        name = entry["config"]["name"]
        entry["config"] |= {"name": name.split("/")[-1], "conditions": []}
    state.write_text(json.dumps(stored))
    with pytest.raises(InputError, match=f"received {tmp_path}.*--overwrite"):
        ExplainerTuner(untrained(), None, 2, 1, tmp_path)
