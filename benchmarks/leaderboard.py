"""Trains and scores named configurations, and writes the leaderboard.

The table of configurations and data sets is `leaderboard.toml`. The performer
of a data set and seed is trained once and sees each image once, for all
configurations together. Each job is one JSON file under `--work`: the same
command goes on after an interruption, and does a configuration anew when its
settings or defaults have changed. What `--results` holds counts, too; after a
change of the performer begin with both empty.

    python benchmarks/leaderboard.py
    python benchmarks/leaderboard.py --data animal_parts --seeds 0 --only paper
    python benchmarks/leaderboard.py --table-only
"""

import argparse
import gc
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
from leaderboard_jobs import (
    FACTS,
    chosen,
    is_whole,
    kept_jobs,
    merged,
    of_plan,
    read_json,
    same_performer,
    worked_jobs,
    write_json,
)
from leaderboard_measures import (
    configured,
    jittered_measures,
    measures,
    on_data,
    with_defaults,
)
from leaderboard_table import CONTROLS, leaderboard_text
from leaderboard_targets import targets_text
from rich.console import Console

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.schedule import Schedule
from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import check_options
from tf_explainer.errors import InputError
from tf_explainer.evaluation import (
    filter_skill,
    landmark_skill,
    measure,
    observe,
)
from tf_explainer.evaluation.label_free import LandmarkFreeProxy
from tf_explainer.evaluation.metrics.parts import part_counts
from tf_explainer.evaluation.moved_images import jittered
from tf_explainer.explainer import Explainer
from tf_explainer.runs.job import Job
from tf_explainer.runs.machine import slow_precision
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.running import run
from tf_explainer.training import train_explainer

HERE = Path(__file__).parent
PLAN = HERE / "leaderboard.toml"
RESULTS = HERE / "results"


def main(arguments: list[str] | None = None) -> None:
    """Does the jobs that are not done and writes the table.

    Args:
        arguments: Those of the command line by default.
    """
    options = _parser().parse_args(arguments)
    plan = tomllib.loads(options.plan.read_text(encoding="utf-8"))
    console = Console(stderr=True)
    names = chosen(plan["configurations"], options.only, "--only")
    data = chosen(plan["data"], options.data, "--data")
    for name in data if not options.table_only else ():
        for seed in options.seeds:
            bench = Bench(name, plan["data"][name], seed, options, console)
            bench.controls()
            for configuration in names:
                table = plan["configurations"][configuration]
                bench.score(configuration, table)
    jobs = merged([*kept_jobs(options.results), *worked_jobs(options.work)])
    options.results.mkdir(parents=True, exist_ok=True)
    shown = of_plan(plan, jobs)
    text = leaderboard_text(shown, plan["data"], plan["configurations"])
    causal = options.results / "demo_causal.json"
    runs = read_json(causal)["runs"] if causal.is_file() else []
    told = targets_text(shown, causal=[run["causal"] for run in runs])
    text = f"{text}\n{told}"
    (options.results / "leaderboard.md").write_text(text, encoding="utf-8")
    # Also those of other plans and defaults: they took hours.
    write_json(options.results / "leaderboard.json", jobs)
    print(text)


class Bench:
    """One performer of one data set and seed, and its explainers.

    Args:
        data: Name in the plan.
        table: Its options of `tf-explainer run`.
        seed: Seed of performer and explainers.
        options: Of the command line.
        console: Where progress is shown.
    """

    def __init__(
        self,
        data: str,
        table: Mapping[str, Any],
        seed: int,
        options: argparse.Namespace,
        console: Console,
    ) -> None:
        self.data, self.seed, self.console = data, seed, console
        self.folder = options.work / data / f"seed{seed}"
        self.jitter = options.jittered
        self.options = dict(table)
        self.results = kept_jobs(options.results)
        given = check_options(table, options.plan)
        self.settings = Settings(**{**given, "seed": seed})
        if slower := slow_precision(self.settings.precision):
            console.print(f"{data}: {slower}", style="yellow")
        self._job: Job | None = None
        self._features: tuple[Any, dict[str, Any]] | None = None
        self._proxy: Any = None
        kept = OutFolder(self.folder / "performer")
        if kept.is_ours() and kept.settings() != self.settings:
            raise InputError(
                f"{self.folder} was made with other options of {data!r}; "
                "remove it, or take another --work."
            )

    def controls(self) -> None:
        """Measures what needs no trained explainer."""
        if self._is_done(CONTROLS, {}):
            return
        job = self._open()
        keras.utils.set_random_seed(self.seed)
        explainer = Explainer.from_performer(job.performer)
        explainer.calibrate(job.dataset.splits["train"].batches(32, 512))
        observation = observe(explainer, job.dataset, seed=self.seed)
        numbers = measure(observation, self.seed)
        rows = {
            **{k: numbers["layers"][k] for k in ("target", "top_conv")},
            # Of a trained explainer's own peaks, see `measures`.
            **{k: v for k, v in numbers["controls"].items() if k != "shuffled"},
        }
        for layer in rows.keys() & observation.splits["test"].peaks.keys():
            located = observation.located(layer)
            rows[layer]["parts"] = part_counts(
                filter_skill(*located),
                landmark_skill(*located),
                job.dataset.landmark_names,
            )
        if self.jitter:
            features = self._kept_features(job, explainer, Schedule().views)
            rows["untrained"]["jittered"] = jittered_measures(
                explainer, features, job.dataset, self.seed
            )
        self._keep(CONTROLS, {}, {"rows": rows, **numbers["performer"]})

    def score(self, name: str, table: Mapping[str, Any]) -> None:
        """Trains one explainer and measures it, unless that is done.

        Args:
            name: Of the configuration.
            table: Its settings.
        """
        table = on_data(table, self.options)
        if self._is_done(name, with_defaults(table)):
            return
        self.console.print(f"{self.data}, seed {self.seed}: {name}")
        job = self._open()
        keras.utils.set_random_seed(self.seed)
        explainer, schedule = configured(
            job.performer, job.dataset, table, self.settings.precision
        )
        features = self._kept_features(job, explainer, schedule.views)
        # Not of the clock: other work may share the machine.
        began = time.process_time()
        with ProgressBar(name, self.console) as bar:
            train_explainer(
                explainer,
                job.dataset,
                features=features["train"],
                batch_size=self.settings.batch_size,
                seed=self.seed,
                schedule=schedule,
                callbacks=[bar],
                compare=False,
            )
        numbers = {
            "cpu_seconds": time.process_time() - began,
            "proxy": self._proxy(explainer),
            **measures(explainer, features, job.dataset, self.seed),
        }
        if self.jitter:
            numbers["jittered"] = jittered_measures(
                explainer, features, job.dataset, self.seed
            )
        self._keep(name, with_defaults(table), numbers)
        gc.collect()

    def _is_done(self, name: str, settings: Mapping[str, Any]) -> bool:
        """Whether the job is there or among the results, as it would be now."""
        controls = self._found(CONTROLS, {}) if name != CONTROLS else []
        return any(
            is_whole(job, self.jitter)
            and same_performer(job, controls[-1] if controls else None)
            for job in self._found(name, settings)
        )

    def _found(
        self, name: str, settings: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Jobs with these facts, the last one done here."""
        path = self.folder / f"{name}.json"
        wanted = self._facts(name, settings)
        here = [*self.results, *([read_json(path)] if path.is_file() else [])]
        return [
            j for j in here if all(j.get(k) == v for k, v in wanted.items())
        ]

    def _open(self) -> Job:
        if self._job is None:
            folder = OutFolder(self.folder / "performer")
            folder.store_settings(self.settings)
            run(self.settings, folder, ("performer",), self.console)
            self._job = Job(self.settings, folder, self.console)
        return self._job

    def _kept_features(
        self, job: Job, explainer: Explainer, views: int
    ) -> dict[str, Any]:
        """Features of one kind at a time: those of two may not fit."""
        kind = str(explainer.attachment.cut), views
        if self._features is None or self._features[0] != kind:
            self._features = None
            data = dict(job.dataset.splits)
            if self.jitter:
                moved = jittered(job.dataset, self.seed).splits
                data |= {f"moved_{name}": moved[name] for name in moved}
            self.console.print(f"    features of {self.data}")
            kept = {
                name: explainer.cached_features(
                    split.batches(32),
                    views=views if name == "train" else 0,
                )
                for name, split in data.items()
            }
            self._features = kind, kept
            test = job.dataset.splits["test"]
            self._proxy = LandmarkFreeProxy(explainer, test, 32, self.seed)
        return self._features[1]

    def _keep(
        self, name: str, settings: Mapping[str, Any], numbers: dict[str, Any]
    ) -> None:
        job = {**self._facts(name, settings), "numbers": numbers}
        write_json(self.folder / f"{name}.json", job)

    def _facts(self, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        facts = (self.data, name, self.seed, self.options, dict(settings))
        return dict(zip(FACTS, facts, strict=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--only", action="append", default=[], help="configuration; repeat it")
    add("--data", action="append", default=[], help="data set; repeat it")
    add("--seeds", type=int, nargs="+", default=[0, 1, 2])
    add("--jittered", action="store_true", help="all on moved crops, too")
    add("--table-only", action="store_true", help="train nothing")
    add("--plan", type=Path, default=PLAN)
    add("--work", type=Path, default=Path("runs/leaderboard"))
    add("--results", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
