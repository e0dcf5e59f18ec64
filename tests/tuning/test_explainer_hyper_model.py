"""The search, with keras-tuner's own tuner and with ours, on squares."""

import keras_tuner
import pytest

from tf_explainer.errors import InputError
from tf_explainer.tuning import (
    ExplainerHyperModel,
    ExplainerTuner,
    pareto_chart,
    trial_table,
)
from tf_explainer.tuning import measures as measures_module
from tf_explainer.tuning import tuner as tuner_module
from tf_explainer.tuning.trials import csv_text

pytestmark = pytest.mark.usefixtures("module_eagerly")
FILTERS = {"preset": "filters"}


def _model(performer, data, **arguments):
    chosen = {"epochs": 2, "share": 0.25, "batch_size": 9, **arguments}
    return ExplainerHyperModel(performer, data, **chosen)


@pytest.fixture(scope="module")
def searched(performer, square_data, tmp_path_factory):
    """A finished search of two trials, stopped once in the second."""
    folder = tmp_path_factory.mktemp("search")
    told = []

    def stop(trial):
        told.append((trial.trial_id, trial.status))
        if told[-1] == ("1", "RUNNING") and len(told) == 3:
            raise KeyboardInterrupt

    first = ExplainerTuner(
        _model(performer, square_data()), None, 2, 3, folder, stop
    )
    with pytest.raises(KeyboardInterrupt):
        first.search()
    second = ExplainerTuner(
        _model(performer, square_data()), None, 2, 3, folder, stop
    )
    second.search()
    return first, second, told


@pytest.mark.slow
def test_stopped_search_goes_on(searched):
    """What was done is not done again, what was begun is, as it was."""
    first, second, told = searched
    assert told == [
        *(("0", "RUNNING"), ("0", "COMPLETED"), ("1", "RUNNING")),
        *(("1", "RUNNING"), ("1", "COMPLETED")),
    ]
    before, after = (t.oracle.trials["1"] for t in (first, second))
    assert before.hyperparameters.values == after.hyperparameters.values


def _costs(row):
    return row.measures["delta_error"], row.measures["p"]


@pytest.mark.slow
def test_rows(searched):
    """The first trial is the defaults; the best one comes first."""
    _, tuner, _ = searched
    rows = trial_table(tuner)
    assert len(rows) == 2
    kept = [tuner.hypermodel.limits.kept(*_costs(row)) for row in rows]
    assert kept == [row.within_limits for row in rows]
    ranks = [(one, row.score) for one, row in zip(kept, rows, strict=True)]
    assert ranks == sorted(ranks, reverse=True)
    assert any(row.on_front for row in rows)
    by_name = {row.trial: row for row in rows}
    plain = tuner.hypermodel.settings(keras_tuner.HyperParameters())
    assert by_name[1].settings == plain
    assert by_name[2].settings != plain
    for row in rows:
        assert set(row.measures) == set(tuner.hypermodel.measured)
        assert row.score == row.measures["limited_one_to_one"]
        assert -1 <= row.measures["proxy"] <= 1
    lines = csv_text(rows).splitlines()
    assert len(lines) == 3 and lines[0].startswith("trial,score,on_front,")


@pytest.mark.slow
def test_chart(searched, tmp_path):
    """One dot a trial; in words, too."""
    _, tuner, _ = searched
    rows = trial_table(tuner)
    figure = pareto_chart(rows, tuner.hypermodel.limits)
    (axes, _) = figure.axes
    assert len(axes.collections[0].get_offsets()) == 2
    assert "2 trials" in figure.get_label()


@pytest.mark.slow
def test_features_are_shared(performer, square_data, monkeypatch):
    """The performer runs once for two trials, which end alike."""
    counts = []
    plain = measures_module.TrialMeasures

    def counted(*args, **kwargs):
        counts.append(1)
        return plain(*args, **kwargs)

    monkeypatch.setattr(
        "tf_explainer.tuning.hyper_model.TrialMeasures", counted
    )
    model = _model(performer, square_data(), epochs=1, fixed=FILTERS)
    hp = keras_tuner.HyperParameters()
    one, two = (model.fit(hp, model.build(hp)) for _ in range(2))
    assert len(counts) == 1
    del one["seconds"], two["seconds"]
    assert one == pytest.approx(two, abs=1e-4)


@pytest.mark.parametrize("views", [0, 1])
def test_views_that_are_learned_from(performer, square_data, views):
    """As many as were asked for, in the part that is learned from alone."""
    model = _model(
        performer, square_data(), epochs=1, fixed=FILTERS | {"views": views}
    )
    hp = keras_tuner.HyperParameters()
    features = model._measures_for(model.build(hp)).features
    train, test = (features[name].element_spec for name in ("train", "test"))
    if views:
        assert train["frames"].shape[0] == views + 1
    assert ("frames" in train, "frames" in test) == (views > 0, False)


def test_seeds_are_averaged(performer, square_data, monkeypatch):
    """One training for each, the first with the model that was built."""
    model = _model(
        performer, square_data(), epochs=1, seeds=(4, 6), fixed=FILTERS
    )
    seen = []

    def train(explainer, measures, settings, seed, callbacks):
        seen.append((explainer, seed))
        return {"limited_skill": float(seed)}

    monkeypatch.setattr(model, "_train", train)
    monkeypatch.setattr(model, "_measures_for", lambda explainer: object())
    built = model.build(keras_tuner.HyperParameters())
    found = model.fit(keras_tuner.HyperParameters(), built)
    assert found == {"limited_skill": 5.0}
    assert [seed for _, seed in seen] == [4, 6]
    assert seen[0][0] is built and seen[1][0] is not built


@pytest.mark.slow
def test_any_tuner_of_keras_tuner(performer, square_data, tmp_path, capsys):
    """Without landmarks the objective is the landmark-free one."""
    model = _model(
        performer, square_data(landmarks=False), epochs=1, fixed=FILTERS
    )
    tuner = keras_tuner.RandomSearch(
        model,
        objective=model.objective(),
        max_trials=1,
        directory=str(tmp_path),
        seed=1,
    )
    tuner.search(verbose=0)
    (trial,) = tuner.oracle.trials.values()
    assert trial.status == "COMPLETED"
    assert tuner.oracle.objective.name == "limited_proxy"
    # The proxy likes filters that are all alike.
    searched = " ".join(trial.hyperparameters.values)
    assert "filter_weight" in searched and "diversity" not in searched
    assert trial.score == trial.metrics.get_last_value("limited_proxy")


def test_parts_need_two_epochs(performer, square_data):
    """One to find them, one to use them."""
    with pytest.raises(InputError, match="`epochs` must be 2 or more"):
        _model(performer, square_data(), epochs=1)


def test_wrong_objective_is_told_at_once(performer, square_data, tmp_path):
    """With the names that there are, before anything is written."""
    model = _model(performer, square_data())
    with pytest.raises(InputError, match="limited_skill, skill.*'skil'"):
        model.objective("skil")
    assert model.objective().name == "limited_one_to_one"
    with pytest.raises(InputError, match="received 'val_loss'"):
        ExplainerTuner(model, "val_loss", directory=tmp_path)
    without = _model(performer, square_data(landmarks=False))
    with pytest.raises(InputError, match="must be one of limited_fidelity"):
        without.objective("limited_skill")
    filters = _model(performer, square_data(), fixed=FILTERS)
    assert filters.objective().name == "limited_skill"
    with pytest.raises(InputError, match="must be one of limited_skill"):
        filters.objective("limited_one_to_one")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments, match",
    [
        ({"fixed": {"etta": 1}}, "`fixed` received etta"),
        ({"fixed": {"epochs": 1}}, "`fixed` received epochs"),
        ({"seeds": ()}, "`seeds` must not be empty"),
        ({"share": 1.5}, "`share` must lie in"),
    ],
)
def test_wrong_arguments(performer, square_data, arguments, match):
    """One line that names the argument."""
    with pytest.raises(InputError, match=match):
        _model(performer, square_data(), **arguments)


@pytest.mark.slow
def test_bad_trials_do_not_stop_the_search(
    performer, square_data, tmp_path, monkeypatch
):
    """A loss that is no number fails its trial; three in a row end it."""
    model = _model(performer, square_data())
    calls = []

    def fit(hp, explainer):
        calls.append(hp.values["eta"])
        if len(calls) == 2:
            return dict.fromkeys(model.measured, 0.5)
        raise InputError("The loss is nan in batch 0.")

    monkeypatch.setattr(model, "fit", fit)
    monkeypatch.setattr(model, "build", lambda hp: model.settings(hp))
    tuner = ExplainerTuner(model, None, 6, 0, tmp_path)
    with pytest.raises(InputError, match="3 trials.*The loss is nan"):
        tuner.search()
    status = [trial.status for trial in tuner.oracle.trials.values()]
    assert status == ["FAILED", "COMPLETED", *["FAILED"] * 3]


def test_a_fault_of_ours_is_not_a_bad_trial(
    performer, square_data, tmp_path, monkeypatch
):
    """It ends the search with its traceback."""
    model = _model(performer, square_data())

    def fit(hp, explainer):
        raise KeyError("a bug")

    monkeypatch.setattr(model, "fit", fit)
    monkeypatch.setattr(model, "build", lambda hp: model.settings(hp))
    tuner = ExplainerTuner(model, None, 6, 0, tmp_path)
    with pytest.raises(tuner_module.FatalError) as caught:
        tuner.search()
    assert isinstance(caught.value.__cause__, KeyError)
