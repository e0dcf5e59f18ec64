"""A run with a damaged file: named in one line, or not needed."""

import os
import shutil

import numpy as np
import pytest

from tf_explainer.cli.app import main

HIDDEN = ".tf_explainer"
# Each file, and the commands that read it. A command that does not may end
# well; one that does must say which file it is.
READERS = {
    "explainer.keras": ("show", "name", "export"),
    "performer.keras": ("report",),
    "result.json": ("report", "name"),
    f"{HIDDEN}/observation.npz": ("report",),
    f"{HIDDEN}/settings.json": ("show", "report", "export"),
    f"{HIDDEN}/seconds.json": ("report",),
    f"{HIDDEN}/performer.json": ("report",),
    f"{HIDDEN}/explain.json": ("report",),
    f"{HIDDEN}/evaluate.json": ("report",),
    f"{HIDDEN}/report.json": ("report",),
}


def empty(path):
    """Nothing is left."""
    path.write_bytes(b"")


def cut(path):
    """The first half is left."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def other(path):
    """Something of the same kind, of no use here."""
    if path.suffix == ".keras":
        names = {"explainer": "performer", "performer": "explainer"}
        shutil.copy(path.with_stem(names[path.stem]), path)
    elif path.suffix == ".npz":
        np.savez(path, a=np.zeros(3))
    else:
        path.write_text('{"of": ["another", {"version": null}]}')


def folder(path):
    """A folder of that name."""
    path.unlink()
    path.mkdir()


def arguments(command, run, animals, out):
    """How a command is called."""
    return {
        "show": ["show", run, animals / "images" / "3.png", "--out", out],
        "name": ["name", run, "1=head"],
        "export": ["export", run, "--out", out],
        "report": ["report", "--out", run, "--overwrite"],
    }[command]


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
        if status == 0:
            # Of records no more may be read than that they are there.
            assert name.endswith(".json") and HIDDEN in name, told
            continue
        assert status == 2, told
        assert told.startswith("error: ")
        # Without a record the step counts as not done; without settings it
        # is no run of ours at all.
        step = os.path.basename(name).removesuffix(".json")
        named = step in told or "settings" in name
        assert named, told
        assert contents(run) == before, command


def contents(run):
    """All files but the lock, with their sizes."""
    return {
        str(path.relative_to(run)): path.stat().st_size
        for path in run.rglob("*")
        if path.is_file() and path.name != "lock"
    }
