"""Trials are read back by TensorBoard's own plugin."""

import pytest
from tensorboard.backend.event_processing import (
    data_provider,
    plugin_event_multiplexer,
)
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import (
    api_pb2,
    backend_context,
    get_experiment,
    list_session_groups,
)

from tf_explainer.tuning.trial_events import write_trial_events

TRIALS = {
    "trial_001": ({"eta": 0.5, "loss": "exact"}, {"p": 0.75, "skill": 0.25}),
    "trial_002": ({"eta": 2.0, "loss": "paper"}, {"p": 0.5, "skill": 0.125}),
}


def read_back(folder):
    """What TensorBoard's page HParams shows of a folder.

    Returns:
        The names of the hyperparameters, and name of trial to its
        hyperparameters, measures, their step and status.
    """
    events = plugin_event_multiplexer.EventMultiplexer()
    events.AddRunsFromDirectory(str(folder))
    events.Reload()
    provider = data_provider.MultiplexerDataProvider(events, str(folder))
    context = backend_context.Context(TBContext(data_provider=provider))
    request = RequestContext()
    experiment = get_experiment.Handler(
        request, context, "", api_pb2.GetExperimentRequest()
    ).run()
    names = [info.name for info in experiment.hparam_infos]
    asked = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=100,
        allowed_statuses=[api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE],
    )
    for info in experiment.metric_infos:
        asked.col_params.add(metric=info.name)
    groups = list_session_groups.Handler(request, context, "", asked).run()
    return names, {group.name: _shown(group) for group in groups.session_groups}


def _shown(group):
    settings = {
        name: getattr(value, value.WhichOneof("kind"))
        for name, value in group.hparams.items()
    }
    measures = {one.name.tag: one.value for one in group.metric_values}
    steps = {one.training_step for one in group.metric_values}
    return settings, measures, steps, group.sessions[0].status


def test_hyperparameters_and_measures(tmp_path):
    """Of all trials, with their epochs; the failed one is marked."""
    for name, (settings, measures) in TRIALS.items():
        assert write_trial_events(tmp_path, name, settings, measures, 5)
    failed = {"eta": 9.0, "loss": "paper"}
    write_trial_events(tmp_path, "trial_003", failed, {}, 2, failed=True)
    names, found = read_back(tmp_path)
    assert sorted(names) == ["eta", "loss"]
    for name, (settings, measures) in TRIALS.items():
        assert found[name] == (settings, measures, {5}, api_pb2.STATUS_SUCCESS)
    assert found["trial_003"] == (failed, {}, set(), api_pb2.STATUS_FAILURE)


def test_once_only(tmp_path):
    """A search that goes on does not write them again."""
    for written in (True, False):
        assert written == write_trial_events(
            tmp_path, "trial_001", {"eta": 1.0}, {"p": 0.5}, 3
        )
    assert len(list((tmp_path / "trial_001").iterdir())) == 1


def test_what_is_not_finite_is_left_out(tmp_path):
    """The page would draw nothing at all."""
    measures = {"p": 0.5, "loss": float("nan")}
    write_trial_events(tmp_path, "trial_001", {"eta": 1.0}, measures, 3)
    assert read_back(tmp_path)[1]["trial_001"][1] == pytest.approx({"p": 0.5})
