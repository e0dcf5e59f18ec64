"""Trials for TensorBoard's page HParams."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams_api
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams import summary as hparams_summary

from tf_explainer.whole_files import atomic_write


def write_trial_events(
    folder: Path,
    name: str,
    settings: Mapping[str, Any],
    measures: Mapping[str, float],
    epochs: int,
    failed: bool = False,
) -> bool:
    """Writes one trial where `tensorboard --logdir` finds it, once.

    Args:
        folder: Of all trials of the search.
        name: Of the trial, and of its own folder.
        settings: Name to value of what was searched.
        measures: Name to value; what is not finite is left out.
        epochs: Passes over the images, the step of the measures.
        failed: Whether the trial has failed.

    Returns:
        Whether it was not there yet.
    """
    if (folder / name).exists():
        return False
    status = api_pb2.STATUS_FAILURE if failed else api_pb2.STATUS_SUCCESS
    with atomic_write(folder / name) as beside:
        writer = tf.summary.create_file_writer(str(beside))
        with writer.as_default(step=epochs):
            hparams_api.hparams(dict(settings), trial_id=name)
            for measure, value in measures.items():
                if math.isfinite(value):
                    tf.summary.scalar(measure, value)
            end = hparams_summary.session_end_pb(status).SerializeToString()
            tf.summary.experimental.write_raw_pb(end)
        writer.close()
    return True
