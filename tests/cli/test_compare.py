"""`tf-explainer compare` from end to end."""

import json

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.evaluation.observation import save_observation
from tf_explainer.runs.out_folder import OutFolder


def test_prints_and_writes(tmp_path, observation, capsys):
    """Two folders in, a table and a JSON file out."""
    for name in "ab":
        folder = OutFolder(tmp_path / name)
        folder.store_settings(Settings())
        save_observation(observation, folder.observation)
    runs = [str(tmp_path / name) for name in "ab"]
    target = tmp_path / "difference.json"
    assert main(["compare", *runs, "--json", str(target)]) == 0
    assert "skill" in capsys.readouterr().out
    assert json.loads(target.read_text())["paired"]["skill"]["p_value"] == 1


def test_a_folder_of_others(tmp_path, capsys):
    """One line, status 2, nothing written."""
    target = tmp_path / "difference.json"
    arguments = ["compare", str(tmp_path), str(tmp_path), "--json", str(target)]
    assert main(arguments) == 2
    assert "`RUN_A` must be the --out folder" in capsys.readouterr().err
    assert not target.exists()
