"""What TF_CONFIG says of the machines, and what is wrong with it."""

import json

import pytest

from tf_explainer.cli.app import main
from tf_explainer.config.cluster import VARIABLE, helps_a_chief, told_task
from tf_explainer.errors import InputError

TWO = ["10.0.0.1:2222", "10.0.0.2:2222"]


def _tell(monkeypatch, cluster, kind="worker", index=0):
    told = {"cluster": cluster, "task": {"type": kind, "index": index}}
    monkeypatch.setenv(VARIABLE, json.dumps(told))


@pytest.mark.parametrize(
    ("cluster", "kind", "index", "chief"),
    [
        ({"worker": TWO}, "worker", 0, True),
        ({"worker": TWO}, "worker", 1, False),
        ({"chief": TWO[:1], "worker": TWO[1:]}, "chief", 0, True),
        ({"chief": TWO[:1], "worker": TWO[1:]}, "worker", 0, False),
    ],
)
def test_who_is_the_chief(monkeypatch, cluster, kind, index, chief):
    """The one called so, else worker 0."""
    _tell(monkeypatch, cluster, kind, index)
    task = told_task()
    assert (task.machines, task.is_chief) == (2, chief)
    assert helps_a_chief("multiworker") is not chief


def test_other_strategies_do_not_ask(monkeypatch):
    """A machine of a cluster may work for itself."""
    _tell(monkeypatch, {"worker": TWO}, index=1)
    assert not helps_a_chief("mirrored")
    assert not helps_a_chief(None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "received none"),
        ("{", "must be JSON"),
        ('{"cluster": {"worker": []}}', "must be JSON"),
        (
            '{"cluster": {"ps": ["a:1"], "worker": ["b:1"]}, '
            '"task": {"type": "worker", "index": 0}}',
            "chief and worker alone",
        ),
        (
            '{"cluster": {"worker": ["b:1"]}, '
            '"task": {"type": "worker", "index": 1}}',
            "no worker 1",
        ),
    ],
)
def test_what_does_not_fit_is_told(monkeypatch, text, why):
    """In one line."""
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(InputError, match=why):
        told_task()


def test_the_command_tells_it_at_once(monkeypatch, tmp_path, capsys):
    """Before TensorFlow starts, and nothing is written."""
    monkeypatch.delenv(VARIABLE, raising=False)
    out = tmp_path / "run"
    assert main(["run", "--strategy", "multiworker", "--out", str(out)]) == 2
    assert VARIABLE in capsys.readouterr().err
    assert not out.exists()
