"""Hyperband: what a trial is told, is what it is trained with."""

import keras_tuner
import pytest
from keras_tuner.errors import FatalError

from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.tuning import (
    ExplainerHyperModel,
    ExplainerTuner,
    hyper_model,
    trial_table,
)

RUNG = "tuner/epochs"


@pytest.fixture
def model(performer, square_data):
    """A model of nine epochs with three parts."""
    return ExplainerHyperModel(performer, square_data(), {"parts": 3}, 9)


@pytest.fixture
def schedules(monkeypatch):
    """The schedules that explainers are trained with, which costs nothing."""
    found = []

    def train(explainer, dataset, schedule, **given):
        found.append(schedule)
        return {"loss": [0.0], "reconstruction_loss": [0.0]}

    class Measures:
        """The worth of a trial is its learning rate."""

        def __init__(self, *args, **given):
            self.features = {"train": None}

        def of(self, explainer):
            """More epochs, a bit more worth."""
            worth = found[-1].learning_rate + found[-1].epochs * 1e-6
            name = "limited_one_to_one"
            return {name: worth, "delta_error": 0.0, "p": 1.0, "proxy": 0.0}

    monkeypatch.setattr(hyper_model, "train_explainer", train)
    monkeypatch.setattr(hyper_model, "TrialMeasures", Measures)
    names = {"limited_one_to_one": "max", "delta_error": "min", "p": "max"}
    measured = property(lambda _: {**names, "proxy": "max"})
    monkeypatch.setattr(ExplainerHyperModel, "measured", measured)
    return found


def _settings(model, epochs, **values):
    hp = keras_tuner.HyperParameters()
    model.settings(hp)
    hp.values |= {**values, **({RUNG: epochs} if epochs else {})}
    return model.settings(hp)


@pytest.mark.parametrize(
    "learning, epochs, expected",
    [(5, 3, 2), (8, 3, 2), (1, 3, 1), (6, 2, 1), (3, 9, 3), (8, 1, 1)],
)
def test_both_phases_keep_their_shares(model, learning, epochs, expected):
    """Of fewer epochs; one at least is left to use the parts."""
    found = _settings(model, epochs, learning_epochs=learning)
    assert found["learning_epochs"] == expected
    assert found.get("epochs", 9) == epochs
    numbers = {k: found[k] for k in ("learning_epochs", "eta") if k != "eta"}
    assert Schedule.of(epochs, **numbers).learning_epochs == expected


def test_a_fixed_number_of_learning_epochs_is_a_share_too(
    performer, square_data
):
    """It is one of all epochs, which a lower rung does not have."""
    fixed = {"parts": 3, "learning_epochs": 6}
    model = ExplainerHyperModel(performer, square_data(), fixed, 9)
    assert _settings(model, 3)["learning_epochs"] == 2
    assert _settings(model, None)["learning_epochs"] == 6


@pytest.mark.slow
def test_each_rung_is_trained_with_its_epochs(model, schedules, tmp_path):
    """Anew, from the first epoch on; the best of a rung have more."""
    tuner = ExplainerTuner(model, None, 20, 1, tmp_path, oracle="hyperband")
    assert tuner.total == 10
    tuner.search()
    assert [one.epochs for one in schedules] == [3] * 5 + [9] * 2 + [9] * 3
    for one in schedules:
        assert 0 < one.learning_epochs < one.epochs
    low = sorted(schedules[:5], key=lambda one: -one.learning_rate)[:2]
    assert [one.learning_rate for one in schedules[5:7]] == [
        one.learning_rate for one in low
    ]
    assert not list(tmp_path.rglob("*.weights.h5"))
    _check_table(tuner, schedules)


def _check_table(tuner, schedules):
    rows = {row.trial: row for row in trial_table(tuner)}
    for number, one in enumerate(schedules, 1):
        settings = rows[number].settings
        assert settings["epochs"] == one.epochs
        assert settings["learning_epochs"] == one.learning_epochs
    # A lower rung comes behind, whatever it is worth.
    epochs = [row.settings["epochs"] for row in trial_table(tuner)]
    assert epochs == [9] * 5 + [3] * 5


@pytest.mark.slow
def test_a_search_goes_on(model, schedules, tmp_path):
    """Once more through all rungs, without the trials that are done."""
    given = {"seed": 1, "directory": tmp_path, "oracle": "hyperband"}
    ExplainerTuner(model, **given).search()
    ExplainerTuner(model, **given).search()
    assert len(schedules) == 10
    ExplainerTuner(model, **given, iterations=2).search()
    assert len(schedules) == 20


def test_too_few_epochs_are_refused(performer, square_data, tmp_path):
    """Before anything is trained."""
    model = ExplainerHyperModel(performer, square_data(), {"parts": 3}, 3)
    with pytest.raises(InputError, match="`--epochs` must be more than 3"):
        ExplainerTuner(model, directory=tmp_path, oracle="hyperband")


@pytest.mark.slow
def test_keras_tuner_s_own_hyperband_is_refused(model, tmp_path):
    """It would go on from weights whose second phase is over."""
    tuner = keras_tuner.Hyperband(
        model, objective=model.objective(), max_epochs=9, directory=tmp_path
    )
    with pytest.raises(FatalError, match='oracle="hyperband"'):
        tuner.search(verbose=0)


def test_epochs_of_a_search_are_refused(model):
    """They would be ignored, and the user would not know."""
    hp = keras_tuner.HyperParameters()
    with pytest.raises(
        FatalError, match="an argument of `ExplainerHyperModel`"
    ):
        model.fit(hp, None, epochs=3)
