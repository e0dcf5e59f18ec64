"""One reader in a process of its own: what damage does to it.

`python -m tests.torture.fuzz_worker READER SEED FIRST COUNT SECONDS`: writes
a line of JSON for each fault, and the number of each case before it is tried.
"""

import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from tests.torture.model_readers import ALL
from tests.torture.mutations import mutated

_HANGS = 5.0
_MORE_MIB = 2048


class _Late(BaseException):
    """A case took too long."""


def main() -> None:
    """Tries cases until there are enough, or the time is over."""
    name, seed, *numbers = sys.argv[1:]
    first, count, seconds = map(float, numbers)
    # Libraries print on both.
    out = os.fdopen(os.dup(1), "w", buffering=1)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _ring)
    with tempfile.TemporaryDirectory() as folder:
        _try_all(name, seed, int(first), int(count), seconds, Path(folder), out)


def _ring(*_: object) -> None:
    raise _Late


def _try_all(name, seed, first, count, seconds, folder, out):
    reader = ALL[name]
    samples = reader.samples(folder)
    for sample in samples:
        # What is traced or imported once is no part of a case.
        _fault(reader, sample, folder, 60.0)
    usual = _peak()
    ends = time.monotonic() + seconds
    for number in range(first, count):
        if time.monotonic() > ends:
            break
        draw = random.Random(f"{seed} {name} {number}")
        data = mutated(draw.choice(samples), samples, draw, reader.text)
        print(json.dumps({"case": number}), file=out)
        if fault := _fault(reader, data, folder):
            print(json.dumps({"case": number, "fault": fault}), file=out)
        if _peak() > usual + _MORE_MIB:
            usual = _peak()
            told = f"memory rose to {usual} MiB"
            print(json.dumps({"case": number, "fault": told}), file=out)
    print(json.dumps({"end": True}), file=out)


def _fault(reader, data, folder, patience=_HANGS):
    from tf_explainer.errors import InputError

    signal.setitimer(signal.ITIMER_REAL, patience)
    try:
        reader.read(data, folder)
    except InputError as error:
        if not str(error).strip():
            return "a refusal without a word"
    except _Late:
        return f"it takes more than {_HANGS:.0f} s"
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)
        ours = [one for one in where if "tf_explainer" in one.filename]
        last = (ours or where)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        return f"{type(error).__name__} at {place}: {str(error)[:120]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def _peak() -> int:
    """Most memory so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
