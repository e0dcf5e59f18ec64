"""Causal numbers over runs."""

import json

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.runs.out_folder import OutFolder


@pytest.fixture(scope="module")
def module(load_script):
    """The script."""
    return load_script("causal_numbers")


def _run(path, seed, silence, **further):
    folder = OutFolder(path)
    folder.store_settings(Settings(seed=seed))
    result = {
        "delta_error": 1.0,
        "layers": {"interp_2": {"skill": 0.5}},
        "causal": {"silence": silence, "silence_interval": [0.1, 0.9]},
        **{"occlusion": {"images": 4}, "equivariance": {}, "proxy": 0.25},
        **further,
    }
    folder.result.write_text(json.dumps(result))
    return str(path)


def test_means_by_hand(module, tmp_path):
    """12.706 · 0.1414 / √2 = 1.27 for two runs; what one lacks is of one."""
    runs = [
        _run(tmp_path / "a", 0, 0.2),
        _run(tmp_path / "b", 3, 0.4, equivariance={"target": 0.5}),
    ]
    module.main([*runs, str(tmp_path / "numbers.json")])
    written = json.loads((tmp_path / "numbers.json").read_text())
    assert written["seeds"] == [0, 3] and len(written["runs"]) == 2
    means = written["means"]
    assert means["causal"]["silence"] == pytest.approx([0.3, 1.2706], 1e-4)
    assert set(means["causal"]) == {"silence"}
    assert means["equivariance"] == {"target": [0.5, None]}
    assert means["proxy"] == [0.25, 0.0]


def test_run_without_full_measures(module, tmp_path):
    """Told which one, and nothing is written."""
    run = _run(tmp_path / "a", 0, 0.2)
    _without(tmp_path / "a", "occlusion")
    with pytest.raises(InputError, match="a: result.json has no 'occlusion'"):
        module.main([run, str(tmp_path / "numbers.json")])
    assert not (tmp_path / "numbers.json").exists()


def test_run_of_real_images(module, tmp_path):
    """No part can be removed from them; the rest is gathered."""
    run = _run(tmp_path / "a", 0, 0.2)
    _without(tmp_path / "a", "causal")
    module.main([run, str(tmp_path / "numbers.json")])
    found = json.loads((tmp_path / "numbers.json").read_text())
    assert "occlusion" in found["means"] and "causal" not in found["means"]


def _without(run, section):
    path = OutFolder(run).result
    result = json.loads(path.read_text())
    del result[section]
    path.write_text(json.dumps(result))
