"""A grid of runs, from a TOML file."""

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import check_options, toml_table
from tf_explainer.errors import InputError

# Groups of options that make the images and the performer.
_SHARED = ("data", "performer")
_PARTS = ("options", "networks", "data", "variants")
# What a task of several categories knows nothing of: they are told from each
# other, and there is no background.
_OF_SINGLE = ("negatives", "negative_ratio")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


@dataclasses.dataclass(frozen=True, eq=False)
class PlannedRun:
    """One run of a grid.

    Attributes:
        data: Name of the data set in the plan.
        task: `single` or `multi`.
        category: The one category; `average` for several.
        performer: Name of the network in the plan.
        variant: Name of the variant in the plan.
        seed: Its seed.
        options: Field of `Settings` to value.
    """

    data: str
    task: str
    category: str
    performer: str
    variant: str
    seed: int
    options: Mapping[str, Any]

    @property
    def group(self) -> str:
        """Folder of the runs that share a performer, below the grid's."""
        task = self.category if self.task == "single" else "multi"
        return f"{self.data}/{self.performer}/{task}/seed{self.seed}"

    @property
    def folder(self) -> str:
        """Its `--out`, below the grid's folder."""
        return f"{self.group}/{self.variant}"

    def facts(self) -> dict[str, Any]:
        """Returns what the tables need to know, as JSON values."""
        names = ("data", "task", "category", "performer", "variant", "seed")
        facts = {name: getattr(self, name) for name in names}
        return {**facts, "folder": self.folder}


@dataclasses.dataclass(frozen=True)
class ExperimentPlan:
    """All runs of a grid.

    Attributes:
        title: What it is, in a line.
        runs: The runs; those of a group follow each other, and the first one
            of a group trains the performer for the others.
        needs: What the user must get by hand, in words.
    """

    title: str
    runs: tuple[PlannedRun, ...]
    needs: tuple[str, ...]


def read_plan(path: Path) -> ExperimentPlan:
    """Reads a grid.

    The file has `seeds` and the tables `options` (for every run),
    `networks.NAME`, `data.NAME` and `variants.NAME` with options of
    `tf-explainer run`. A data set also says which tasks: `single`, a list of
    categories that each are a run, and `multi`, a list of categories told
    from each other; `multi` leaves out options of negatives. `needs` says what
    to get by hand.

    Args:
        path: The TOML file.

    Raises:
        InputError: If the file cannot be read, or something in it is wrong.
    """
    table = toml_table(path, "FILE")
    _check_keys(table, {"title", "seeds", *_PARTS}, path)
    seeds = _list(table, "seeds", int, path)
    common = check_options(_table(table, "options", path), path)
    networks = _tables(table, "networks", path)
    data = _tables(table, "data", path)
    variants = {
        name: _of_explainer(check_options(options, path), name, path)
        for name, options in _tables(table, "variants", path).items()
    }
    runs: list[PlannedRun] = []
    needs: list[str] = []
    for part in (*networks.values(), *data.values()):
        needs += _needs(part, path)
    for (name, one), (network, two), seed in itertools.product(
        data.items(), networks.items(), seeds
    ):
        for task, category, categories in _tasks(one, name, path):
            options = {
                **common,
                **check_options(_options(one), path),
                **check_options(_options(two), path),
                "categories": categories,
                "seed": seed,
            }
            if task == "multi":
                options = _without(options, _OF_SINGLE)
            for variant, three in variants.items():
                chosen = {**options, **three}
                Settings(**chosen)
                runs.append(
                    PlannedRun(
                        *(name, task, category, network, variant, seed),
                        options=chosen,
                    )
                )
    title = str(table.get("title", path.stem))
    return ExperimentPlan(title, tuple(runs), tuple(needs))


def _check_keys(table: dict[str, Any], known: set[str], path: Path) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise InputError(
            f"In {path}: known are {sorted(known)}, received {unknown}."
        )


def _table(table: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise InputError(f"In {path}: {name!r} must be a table.")
    return value


def _tables(
    table: Mapping[str, Any], name: str, path: Path
) -> dict[str, dict[str, Any]]:
    found = _table(table, name, path)
    if not found:
        raise InputError(f"In {path}: there is no [{name}.NAME].")
    for key in found:
        # The names become folders.
        if not _NAME.fullmatch(key) or set(key) == {"."}:
            raise InputError(
                f"In {path}: a name must be of letters, digits, '_', '.' and "
                f"'-', received {key!r}."
            )
    return {key: _table(found, key, path) for key in found}


def _list(
    table: Mapping[str, Any], name: str, kind: type, path: Path
) -> list[Any]:
    values = table.get(name)
    good = isinstance(values, list) and all(type(v) is kind for v in values)
    if not good or not values:
        raise InputError(
            f"In {path}: {name!r} must be a list of "
            f"{'numbers' if kind is int else 'names'}, received {values!r}."
        )
    if len(set(values)) < len(values):
        raise InputError(
            f"In {path}: {name!r} must hold each once, received {values!r}."
        )
    return list(values)


def _options(table: dict[str, Any]) -> dict[str, Any]:
    return _without(table, ("single", "multi", "needs"))


def _of_explainer(
    options: dict[str, Any], name: str, path: Path
) -> dict[str, Any]:
    """A variant has the images and the performer of its group."""
    for option in options:
        group = Settings.__dataclass_fields__[option].metadata["group"]
        if group in _SHARED:
            raise InputError(
                f"In {path}: [variants.{name}] must leave {option!r} to the "
                "networks and data sets, whose images and performer all "
                f"variants share; received {options[option]!r}."
            )
    return options


def _without(
    table: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in names}


def _needs(table: dict[str, Any], path: Path) -> list[str]:
    return _list(table, "needs", str, path) if "needs" in table else []


def _tasks(
    table: dict[str, Any], name: str, path: Path
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not {"single", "multi"} & set(table):
        raise InputError(
            f"In {path}: [data.{name}] must have `single` or `multi`."
        )
    if "single" in table:
        for category in _list(table, "single", str, path):
            yield "single", category, (category,)
    if "multi" in table:
        categories = _list(table, "multi", str, path)
        yield "multi", "average", tuple(categories)
