"""A server that answers for hours takes no more memory than at its start."""

import importlib.util
import random

from tests.torture.promise import Budget, Outcome, promise


@promise(
    "soak",
    "A server takes no more memory after many requests than after a few.",
    "Requests good and bad, over and over.",
    share=0.1,
    quick=True,
)
def soak(budget: Budget, draw: random.Random) -> Outcome:
    """Needs the server."""
    if importlib.util.find_spec("kserve") is None:
        return Outcome(skipped="needs the extra [serve]")
    return Outcome(skipped="there is no script for it yet")


@promise(
    "killed batch",
    "Nothing is lost or doubled where `batch` is killed.",
    "`batch` in shards of two images, killed and begun again.",
    share=0.1,
    quick=True,
)
def killed_batch(budget: Budget, draw: random.Random) -> Outcome:
    """Tests of its own do it where Beam is installed."""
    if importlib.util.find_spec("apache_beam") is None:
        return Outcome(skipped="needs the extra [batch]")
    return Outcome(skipped="see tests/batch/test_killed.py")
