"""Networks of `keras.applications` whatever `keras.json` says."""

import contextlib
from collections.abc import Iterator

import keras


@contextlib.contextmanager
def channels_last() -> Iterator[None]:
    """Lets layers that are made within the block put channels last.

    For what takes no `data_format`, such as `keras.applications`.
    """
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)
