"""A run on several machines: the chief does it, the others help it learn."""

import contextlib
from collections.abc import Iterator

import tensorflow as tf

from tf_explainer.distribution import across_workers, of_the_chief
from tf_explainer.distribution.strategies import open_strategy, told_if_lost

# What the chief says.
NOTHING, LEARN = 0, 1


class Team:
    """What the chief tells the others, once.

    Args:
        strategy: That of all machines; of one, nobody is told anything.
    """

    def __init__(self, strategy: tf.distribute.Strategy) -> None:
        self.strategy = strategy
        self._told = not across_workers(strategy)

    def begin(self) -> None:
        """Calls the others to learn, now that all they need is there."""
        self._tell(LEARN)

    def dismiss(self) -> None:
        """Sends the others home, unless they have been called."""
        self._tell(NOTHING)

    def _tell(self, what: int) -> None:
        if not self._told:
            self._told = True
            of_the_chief(self.strategy, [what])


@contextlib.contextmanager
def led_team(name: str) -> Iterator[Team]:
    """Yields the team of a run; however it ends, nobody waits for it.

    Args:
        name: Value of `--strategy`.

    Raises:
        InputError: If a machine is gone.
    """
    team = Team(open_strategy(name))
    with told_if_lost(team.strategy):
        try:
            yield team
        finally:
            team.dismiss()
