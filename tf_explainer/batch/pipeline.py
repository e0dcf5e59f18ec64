"""The pipeline: shards are read, explained and written, each for itself.

A shard goes through as one element. So nothing is shuffled between its
images, no process holds more than its own shard, and what is finished stays
finished when a run is killed.
"""

import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import pyarrow.parquet as pq
from apache_beam.ml.inference.base import ModelHandler, RunInference

from tf_explainer.batch.reading import ReadShard, read_images
from tf_explainer.batch.records import (
    DeadLetter,
    Row,
    explained_table,
    letters_text,
    table_schema,
)
from tf_explainer.batch.served_model import Loaded, ModelFacts
from tf_explainer.batch.storage import joined, write_whole
from tf_explainer.batch.work_list import WorkList, read_shard
from tf_explainer.config.batch import BatchSettings

EXPLAINED, DEAD, WORK_LIST = "explained", "dead_letters", "images.parquet"
NAMESPACE = "tf_explainer"


@dataclasses.dataclass(frozen=True)
class BatchJob:
    """All that a worker has to know.

    Args:
        output: The folder that is written.
        settings: What is explained.
        work: The list of all images.
        model: What explains.
        told: JSON values for the metadata of each file.
    """

    output: str
    settings: BatchSettings
    work: WorkList
    model: ModelFacts
    told: Mapping[str, Any]

    def part(self, kind: str, shard: int) -> str:
        """Returns where the result of a shard belongs.

        Args:
            kind: `EXPLAINED` or `DEAD`.
            shard: Its number, from 0.
        """
        ending = {EXPLAINED: "parquet", DEAD: "jsonl"}[kind]
        name = f"part-{shard:05d}-of-{self.work.shards:05d}.{ending}"
        return joined(self.output, kind, name)


class ExplainedShard(NamedTuple):
    """The answers of one shard.

    Attributes:
        number: Of the shard, from 0.
        rows: Its images.
        answers: Output of the model to its values, one an image.
        dead: Images that could not be read.
    """

    number: int
    rows: list[Row]
    answers: dict[str, np.ndarray]
    dead: list[DeadLetter]


class Read(beam.DoFn):
    """Number of a shard → its pixels.

    Args:
        job: What is done.
    """

    def __init__(self, job: BatchJob) -> None:
        self._job = job

    def process(self, element: int) -> Iterator[ReadShard]:
        """Reads one shard.

        Args:
            element: Its number, from 0.
        """
        job = self._job
        path = joined(job.output, WORK_LIST)
        sources = read_shard(path, job.work.digest, element)
        yield read_images(
            element,
            sources,
            job.settings,
            job.model.shape,
            job.model.apply_orientation,
        )


class SavedModelHandler(ModelHandler[ReadShard, ExplainedShard, Loaded]):
    """Pixels of a shard → answers, by the signature `explain`.

    Args:
        folder: Of the SavedModel.
        batch_size: Images that the model answers together.
    """

    def __init__(self, folder: str, batch_size: int) -> None:
        super().__init__()
        self._folder = folder
        self._batch_size = batch_size

    def load_model(self) -> Loaded:
        return Loaded(self._folder)

    def run_inference(
        self,
        batch: Sequence[ReadShard],
        model: Loaded,
        inference_args: dict[str, Any] | None = None,
    ) -> Iterable[ExplainedShard]:
        for shard in batch:
            some = shard.pixels
            answers = model.explain(some, self._batch_size) if len(some) else {}
            yield ExplainedShard(shard.number, shard.rows, answers, shard.dead)

    def batch_elements_kwargs(self) -> Mapping[str, Any]:
        # A shard is a batch already.
        return {"min_batch_size": 1, "max_batch_size": 1}

    def get_num_bytes(self, batch: Sequence[ReadShard]) -> int:
        return sum(shard.pixels.nbytes for shard in batch)

    def get_metrics_namespace(self) -> str:
        return NAMESPACE


class Write(beam.DoFn):
    """Answers of a shard → one Parquet file, and one of dead letters.

    Args:
        job: What is done.
    """

    def __init__(self, job: BatchJob) -> None:
        self._job = job
        names = "explained", "dead_letters", "shards"
        self._counters = [
            beam.metrics.Metrics.counter(NAMESPACE, name) for name in names
        ]

    def process(self, element: ExplainedShard) -> Iterator[int]:
        """Writes one shard.

        Args:
            element: Its answers.
        """
        job, names = self._job, self._job.model.names
        schema = table_schema(names, job.told, job.settings.top_scores)
        if element.rows:
            table, unknown = explained_table(
                element.rows, element.answers, names, schema
            )
        else:
            table, unknown = schema.empty_table(), []
        dead = sorted([*element.dead, *unknown])
        # The table comes last: it says that the shard is done.
        letters = letters_text(dead).encode()
        write_whole(job.part(DEAD, element.number), letters)
        pq.write_table(table, file := io.BytesIO())
        write_whole(job.part(EXPLAINED, element.number), file.getvalue())
        counts = len(table), len(dead), 1
        for counter, count in zip(self._counters, counts, strict=True):
            counter.inc(count)
        yield element.number


def add_steps(
    pipeline: beam.Pipeline, job: BatchJob, shards: Sequence[int]
) -> beam.PCollection:
    """Adds all steps of the work to a pipeline.

    Args:
        pipeline: An empty one.
        job: What is done.
        shards: Numbers of the shards that are left to do.

    Returns:
        Numbers of the shards that are done.
    """
    handler = SavedModelHandler(job.model.folder, job.settings.batch_size)
    return (
        pipeline
        | "shards" >> beam.Create(shards)
        # Else one worker might get all of them.
        | "spread" >> beam.Reshuffle()
        | "read" >> beam.ParDo(Read(job))
        | "explain" >> RunInference(handler)
        | "write" >> beam.ParDo(Write(job))
    )
