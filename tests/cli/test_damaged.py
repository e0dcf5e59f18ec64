"""A run with a damaged file: named in one line, or not needed."""

import shutil

import pytest

from tests.torture.damage import (
    READERS,
    arguments,
    contents,
    cut,
    empty,
    fault_of,
    folder,
    other,
)
from tf_explainer.cli.app import main


@pytest.mark.slow
@pytest.mark.parametrize("damage", [empty, cut, other, folder])
@pytest.mark.parametrize("name", READERS)
def test_it_is_named(finished, animals, tmp_path, capsys, name, damage):
    """Status 2, one line with the name of the file, and nothing is lost."""
    run = tmp_path / "run"
    shutil.copytree(finished[0], run)
    damage(run / name)
    before = contents(run)
    for command in READERS[name]:
        words = arguments(command, run, animals, tmp_path / "out")
        status = main([str(word) for word in words])
        told = capsys.readouterr().err.strip().splitlines()[-1]
        assert not fault_of(command, run, name, status, told, before)
