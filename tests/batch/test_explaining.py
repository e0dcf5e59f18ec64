"""The pipeline in this process: what it writes, and where it goes on."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch import pipeline as steps  # noqa: E402
from tf_explainer.batch.explaining import Model, explain_batch  # noqa: E402
from tf_explainer.batch.launching import (  # noqa: E402
    beam_options,
    open_pipeline,
)
from tf_explainer.batch.served_model import (  # noqa: E402
    model_digest,
    model_facts,
)
from tf_explainer.batch.work_list import write_work_list  # noqa: E402
from tf_explainer.config.batch import BatchSettings, Launch  # noqa: E402
from tf_explainer.errors import InputError  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture
def explain(model, tmp_path):
    """Function that explains into one folder."""

    def explain(*inputs, overwrite=False, digest=None, output="out", **words):
        settings = BatchSettings(
            tuple(map(str, inputs)), **{"shard_size": 4, **words}
        )
        source = Model(digest or model_digest(model), lambda: model)
        folder = str(tmp_path / output)
        return explain_batch(source, settings, folder, Launch(), overwrite)

    return explain


def rows(output):
    """All rows, by their number."""
    parts = sorted((output / "explained").glob("*.parquet"))
    found = [row for part in parts for row in pq.read_table(part).to_pylist()]
    assert len({row["number"] for row in found}) == len(found)
    return sorted(found, key=lambda row: row["number"])


def letters(output):
    """All dead letters, by their number."""
    parts = sorted((output / "dead_letters").glob("*.jsonl"))
    return [
        json.loads(line)
        for part in parts
        for line in part.read_text().splitlines()
    ]


def test_answers_are_those_of_explain(explain, explainer, photos, tmp_path):
    """Of files of several kinds and sizes, turned as they were held."""
    (photos / "broken.png").write_text("no image")
    counts = explain(photos, batch_size=3)
    assert counts[:3] == (10, 1, 0)
    found = rows(tmp_path / "out")
    paths = [row["path"] for row in found]
    assert len(paths) == 10 and str(photos / "more" / "4.png") in paths
    expected = explainer.explain(paths, apply_orientation=True)
    for row, one in zip(found, expected, strict=True):
        assert row["category"] == one.target and row["key"] == one.source
        parts = sorted(one.parts, key=lambda part: part.index)
        close(row["contributions"], [part.contribution for part in parts])
        close(row["part_presence"], [part.presence for part in parts])
        for row_, column, part in zip(
            row["part_rows"], row["part_columns"], parts, strict=True
        ):
            if part.place is not None:
                close([row_, column], part.place)
        for name in ("ordinary", "rest", "score"):
            close(row[name], getattr(one, name))
        close(row["trust"], one.trust.typical)
        told = dict(zip(explainer.class_names, row["scores"], strict=True))
        for name, share in one.probabilities.items():
            close(told[name], share)
    predicted = explainer.predict(
        np.stack([one.image for one in expected]), verbose=0
    )
    close([row["closeness"] for row in found], predicted["closeness"])
    close([row["part_presence"] for row in found], predicted["part_presence"])
    (letter,) = letters(tmp_path / "out")
    assert letter["path"] == str(photos / "broken.png")


def close(one, other):
    """To 1e-4, as close as engines are."""
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_a_restart_does_what_is_missing(explain, photos, tmp_path):
    """Nothing is lost or doubled; what is whole is left as it is."""
    (photos / "broken.png").write_text("no image")
    explain(photos)
    before = rows(tmp_path / "out"), letters(tmp_path / "out")
    parts = sorted((tmp_path / "out" / "explained").iterdir())
    kept = parts[0].stat().st_mtime_ns
    parts[1].unlink()
    half = parts[1].with_name(".writing-1234-" + parts[1].name)
    half.write_bytes(b"half")
    counts = explain(photos)
    # Shards of 4, 4 and 3 images; the second one holds the broken file.
    assert counts[:3] == (3, 1, 7)
    assert parts[0].stat().st_mtime_ns == kept and not half.exists()
    assert (rows(tmp_path / "out"), letters(tmp_path / "out")) == before
    assert explain(photos)[:3] == (0, 0, 11)


def test_other_work_is_refused(explain, photos, tmp_path):
    """In one line; nothing that is there is lost, unless it is asked for."""
    explain(photos)
    before = rows(tmp_path / "out")
    for words, told in (
        ({"shard_size": 5}, "--shard-size 4"),
        ({"feature": "image"}, "--feature image/encoded"),
        ({"key_feature": "key"}, "--key-feature None"),
        ({"digest": "0"}, "another model"),
    ):
        with pytest.raises(InputError, match=f"the work of {told}"):
            explain(photos, **words)
    (photos / "new.png").write_bytes((photos / "0.png").read_bytes())
    with pytest.raises(InputError, match="another list of 10 images"):
        explain(photos)
    assert rows(tmp_path / "out") == before
    assert explain(photos, shard_size=5, overwrite=True)[:3] == (11, 0, 0)
    assert len(rows(tmp_path / "out")) == 11


def test_results_of_nobody_are_refused(explain, photos, tmp_path):
    """Without the job's file nobody knows what explained them."""
    explain(photos)
    (tmp_path / "out" / "batch.json").unlink()
    with pytest.raises(InputError, match="without their batch.json"):
        explain(photos)
    assert len(rows(tmp_path / "out")) == 10
    # A model that a run left behind that was killed before it began.
    (tmp_path / "early" / "model" / "1").mkdir(parents=True)
    assert explain(photos, output="early")[:3] == (10, 0, 0)
    assert not (tmp_path / "early" / "model").exists()


def test_all_may_be_broken(explain, tmp_path):
    """A shard of dead letters alone is done, too."""
    (tmp_path / "in").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "in" / name).write_text("no image")
    assert explain(tmp_path / "in")[:3] == (0, 2, 0)
    assert not rows(tmp_path / "out") and len(letters(tmp_path / "out")) == 2
    assert explain(tmp_path / "in")[:3] == (0, 0, 2)


def test_records_are_explained(explain, write_records, image_file, tmp_path):
    """As files are; keys are their own."""
    pixels = np.full((40, 50, 3), 90, "uint8")
    pixels[:20] = 200
    (tmp_path / "one.png").write_bytes(image_file(pixels))
    path = write_records(
        "a.tfrecord", [(b"mine", image_file(pixels)), (b"other", None)], "jpg"
    )
    words = {"feature": "jpg", "key_feature": "image/key"}
    counts = explain(path, tmp_path / "one.png", **words)
    assert counts[:3] == (2, 1, 0)
    one, other = rows(tmp_path / "out")
    assert (one["key"], one["record"]) == ("mine", 0)
    close(one["contributions"], other["contributions"])
    assert letters(tmp_path / "out")[0]["key"] == "other"


def test_counters_are_beams_own(model, photos, tmp_path):
    """Runners show them while the work goes on."""
    (photos / "broken.png").write_text("no image")
    settings = BatchSettings((str(photos),), shard_size=4)
    (tmp_path / "explained").mkdir()
    (tmp_path / "dead_letters").mkdir()
    work = write_work_list(str(tmp_path / steps.WORK_LIST), settings)
    facts = model_facts(model)
    job = steps.BatchJob(str(tmp_path), settings, work, facts, {})
    pipeline = open_pipeline(Launch(), beam_options(Launch()), "")
    steps.add_steps(pipeline, job, range(work.shards))
    result = pipeline.run()
    result.wait_until_finish()
    told = {
        one.key.metric.name: one.committed
        for one in result.metrics().query()["counters"]
        if one.key.metric.namespace == steps.NAMESPACE
    }
    wanted = {"explained": 10, "dead_letters": 1, "shards": 3}
    assert wanted.items() <= told.items()
    assert len(rows(tmp_path)) == 10 and len(letters(tmp_path)) == 1


def test_a_model_must_be_ours(tmp_path, photos, model):
    """Not any folder, and not one that hides how photographs are read."""
    with pytest.raises(InputError, match="`--model` must be a version"):
        model_digest(str(tmp_path))
    facts = Path(model, "assets.extra", "export.json")
    text = facts.read_text()
    try:
        facts.write_text("{}")
        with pytest.raises(InputError, match="photographs are turned"):
            explain_batch(
                Model("1", lambda: model),
                BatchSettings((str(photos),)),
                str(tmp_path / "out"),
                Launch(),
            )
    finally:
        facts.write_text(text)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"class_names": 1}'])
def test_damaged_names_are_one_line(model, content):
    """Of a model that somebody copied badly."""
    file = Path(model, "assets.extra", "names.json")
    text = file.read_text()
    try:
        file.write_text(content)
        with pytest.raises(InputError, match="names.json is damaged"):
            model_facts(model)
        file.unlink()
        with pytest.raises(InputError, match="names.json is damaged"):
            model_facts(model)
    finally:
        file.write_text(text)
