"""The scripts of `benchmarks/`."""

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="session")
def load_script():
    """Function of a name to the script of `benchmarks/`, as a module."""

    def load(name):
        path = BENCHMARKS / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        before = set(sys.modules)
        with pytest.MonkeyPatch.context() as patch:
            # The scripts beside it are found as if it were run.
            patch.syspath_prepend(str(BENCHMARKS))
            spec.loader.exec_module(module)
        for other in set(sys.modules) - before:
            if (BENCHMARKS / f"{other}.py").is_file():
                del sys.modules[other]
        return module

    return load
