"""The user pressed Ctrl-C."""


class Stopped(Exception):
    """Work was interrupted by the user and can go on.

    Args:
        again: The command line that goes on.
    """

    def __init__(self, again: str) -> None:
        super().__init__(again)
        self.again = again
