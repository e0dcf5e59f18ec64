"""Settings of work on many images."""

import dataclasses

from tf_explainer.errors import InputError

DIRECT = "DirectRunner"


# Of each count; all begin at 1.
MOST = {
    "shard_size": 100_000,
    "batch_size": 65_536,
    "processes": 1024,
    "top_scores": 1_000_000,
}


@dataclasses.dataclass(frozen=True)
class BatchSettings:
    """What is explained, and how it is cut into pieces.

    Args:
        inputs: Folders, patterns such as `photos/**/*.jpg`, files of
            `tf.train.Example` (`.tfrecord`), lists of paths (`.txt`, one a
            line), or single images.
        feature: Bytes feature of an example that holds the encoded image.
        key_feature: Bytes feature that holds its key; `None` for
            `FILE#NUMBER`.
        shard_size: Images of one Parquet file. A process holds the pixels of
            one such shard at a time.
        batch_size: Images that the model answers together.
        top_scores: How many of the highest scores are written; `None` for
            those of all classes.
    """

    inputs: tuple[str, ...]
    feature: str = "image/encoded"
    key_feature: str | None = None
    shard_size: int = 256
    batch_size: int = 32
    top_scores: int | None = None

    def __post_init__(self) -> None:
        if not self.inputs or not all(self.inputs):
            raise InputError(
                "`--input` must name images, received "
                f"{' '.join(map(repr, self.inputs)) or 'none'}."
            )
        _check_counts(shard_size=self.shard_size, batch_size=self.batch_size)
        if self.top_scores is not None:
            _check_counts(top_scores=self.top_scores)


@dataclasses.dataclass(frozen=True)
class Launch:
    """Where the work is done.

    Args:
        runner: Name of a runner of Apache Beam.
        processes: Processes on this machine, for `DirectRunner` alone.
        beam_options: Options of Beam and of the runner, each `NAME=VALUE`, or
            `NAME` for one that is a flag.
    """

    runner: str = DIRECT
    processes: int = 1
    beam_options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_counts(processes=self.processes)
        if self.processes > 1 and self.runner != DIRECT:
            raise InputError(
                f"`--processes` is for {DIRECT}, received {self.processes} "
                f"for {self.runner}, which has options of its own."
            )
        for text in self.beam_options:
            name = text.partition("=")[0]
            if not name.isidentifier() or name in ("runner", "direct_runner"):
                raise InputError(
                    "`--beam-option` must be NAME=VALUE with a name of Beam's "
                    "such as flink_master, and the runner stands behind "
                    f"--runner, received {text!r}."
                )


def _check_counts(**counts: int) -> None:
    for name, count in counts.items():
        if not 1 <= count <= MOST[name]:
            raise InputError(
                f"`--{name.replace('_', '-')}` must lie between 1 and "
                f"{MOST[name]}, received {count}."
            )
