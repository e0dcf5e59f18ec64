"""A split for data that come without one."""

import hashlib

_TRAIN_SHARE = 0.6


def split_of(name: str) -> str:
    """Returns `train` for about 60 % of all names and `test` for the rest.

    The same name has the same answer on every machine.

    Args:
        name: What must not be torn apart, such as the name of a photograph.
    """
    digest = hashlib.sha256(name.encode()).digest()
    share = int.from_bytes(digest[:8]) / 2**64
    return "train" if share < _TRAIN_SHARE else "test"
