"""The error that a user can mend."""


class InputError(ValueError):
    """Something the user handed in is wrong; the message says what to change.

    The command line prints the message alone, in one line, and exits with 2.
    Any other exception is a fault of ours and keeps its traceback.
    """
