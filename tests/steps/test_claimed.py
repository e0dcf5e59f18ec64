"""Two processes do not work in one folder."""

import subprocess
import sys

import pytest

from tf_explainer.cli.main import main
from tf_explainer.errors import InputError
from tf_explainer.steps.claimed import claimed
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.steps.settings import Settings

HOLD = """
import sys, time
from tf_explainer.steps.claimed import claimed
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
