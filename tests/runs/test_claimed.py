"""Two processes do not work in one folder."""

import subprocess
import sys

import pytest

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.runs.claim import claimed
from tf_explainer.runs.out_folder import OutFolder

HOLD = """
import sys, time
from tf_explainer.runs.claim import claimed
with claimed(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_is_refused_until_the_first_one_ends(tmp_path):
    """Also if it ends by being killed."""
    holder = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(holder, stdout=subprocess.PIPE) as first:
        assert first.stdout.readline().strip() == b"held"
        with (
            pytest.raises(InputError, match="in use by another process"),
            claimed(tmp_path),
        ):
            pass
        first.kill()
    with claimed(tmp_path):
        pass
    with claimed(tmp_path):
        pass


OPEN = """
import sys, time
from pathlib import Path
from tf_explainer.errors import InputError
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.step_order import STEPS
out, seed = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
time.sleep(float(sys.stdin.readline()))
try:
    with open_folder(out, tuple(STEPS), {"seed": seed}) as (folder, settings):
        time.sleep(0.4)
        folder.finish("performer", {})
except InputError as error:
    print("refused" if "`--out`" in str(error) else error)
else:
    print("ran")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "apart",
    [0.0, 0.003, 0.03, 0.2, 0.39, 0.41],
)
def test_settings_are_those_of_the_process_that_ran(tmp_path, apart):
    """A process that is refused writes nothing, whenever it starts."""
    calls = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(tmp_path / "out"), str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in (0, 1)
    ]
    assert [call.stdout.readline() for call in calls] == ["ready\n"] * 2
    for call, wait in zip(calls, (0.0, apart), strict=True):
        call.stdin.write(f"{wait}\n")
        call.stdin.flush()
    said = [call.communicate()[0].strip() for call in calls]
    assert sorted(said) == ["ran", "refused"]
    assert OutFolder(tmp_path / "out").settings().seed == said.index("ran")


@pytest.mark.parametrize("flag", ["--resume", "--overwrite"])
def test_a_run_that_is_under_way_loses_nothing(tmp_path, capsys, flag):
    """The command line says so and touches no file."""
    folder = OutFolder(tmp_path)
    folder.store_settings(Settings())
    folder.finish("performer", {})
    with claimed(tmp_path):
        assert main(["run", "--out", str(tmp_path), flag]) == 2
    error = capsys.readouterr().err
    assert "in use by another process" in error and str(tmp_path) in error
    assert folder.is_done("performer")
