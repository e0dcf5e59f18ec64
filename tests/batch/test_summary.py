"""What all images say, by hand on a tiny batch."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch.records import (  # noqa: E402
    DeadLetter,
    Names,
    Row,
    explained_table,
    letters_text,
    table_schema,
)
from tf_explainer.batch.summary import summarize  # noqa: E402
from tf_explainer.errors import InputError  # noqa: E402

EVIL = "<script>alert(1)</script>"
NAMES = Names(("cat", f"dog{EVIL}"), ("head", f"tail{EVIL}"), True)
TOLD = {
    "inputs": ["in"],
    "versions": {"keras": "1"},
    "model_sha256": "1",
    "shards": 2,
}


def answers(images):
    """Two cats, then dogs: the head gives to cats, the tail to dogs."""
    cat = np.arange(images) < 2
    own = np.where(cat[:, None], [0.75, 0.25], [0.25, 0.75])
    given = np.where(cat[:, None], [3.0, 1.0], [-1.0, 2.0])
    places = np.where(
        cat[:, None, None], [[0.25, 0.5], [-1, -1]], [[0.5, 0.5], [0.75, 0.25]]
    )
    return {
        "performer_scores": own,
        "scores": np.roll(own, 1, axis=0),
        "part_contributions": given,
        "part_places": places,
        "part_presence": np.where(places[..., 0] < 0, 0.0, 1.0),
        "ordinary": np.where(cat, 1.0, 0.5),
        "rest": np.where(cat, 0.0, 0.5),
        "score": np.where(cat, 5.0, 2.0),
        "trust": np.linspace(0.01, 1, images),
        "closeness": np.full(images, -1.0),
    }


@pytest.fixture
def write(tmp_path):
    """Writer of one shard: images and how many of them are cats or broken."""

    def write(shard, images, dead=(), told=TOLD):
        rows = [Row(i, f"{shard}/{i}{EVIL}", "p", None) for i in range(images)]
        found = {k: np.float32(v) for k, v in answers(images).items()}
        schema = table_schema(NAMES, told)
        table, _ = explained_table(rows, found, NAMES, schema)
        for kind in ("explained", "dead_letters"):
            (tmp_path / kind).mkdir(exist_ok=True)
        name = f"part-{shard:05d}-of-00002"
        pq.write_table(table, tmp_path / "explained" / f"{name}.parquet")
        letters = [DeadLetter(9, f"k{EVIL}", "p", None, why) for why in dead]
        path = tmp_path / "dead_letters" / f"{name}.jsonl"
        path.write_text(letters_text(letters))
        return tmp_path

    return write


def test_numbers_by_hand(write):
    """Means by category over all shards."""
    out = write(0, 4, ["cut", f"odd{EVIL}"])
    write(1, 3, ["cut"])
    found = summarize(str(out))
    assert found == json.loads((out / "summary.json").read_text())
    assert (found["images"], found["dead_letters"]) == (7, 3)
    assert found["reasons"] == {"cut": 2, f"odd{EVIL}": 1}
    cats, dogs = found["classes"].values()
    assert (cats["images"], dogs["images"]) == (4, 3)
    assert cats["parts"] == [3, 1] and dogs["parts"] == [-1, 2]
    assert (cats["ordinary"], cats["rest"], cats["score"]) == (1, 0, 5)
    assert dogs["strongest"] == [0, 1] and cats["strongest"] == [1, 0]
    assert cats["present"] == [1, 0] and dogs["present"] == [1, 1]
    assert cats["places"] == [[0.25, 0.5], None]
    assert dogs["places"] == [[0.5, 0.5], [0.75, 0.25]]
    # The explainer's decisions are the CNN's, one image late: of each shard
    # the first cat and the first dog are not decided for alike.
    assert found["same_decision"] == pytest.approx(3 / 7)
    assert found["parts"] == [
        {"strongest": pytest.approx(4 / 7), "present": 1},
        {"strongest": pytest.approx(3 / 7), "present": pytest.approx(3 / 7)},
    ]
    trust = found["trust"]
    assert trust["known"] == 7 and trust["rare"] == 2
    assert sum(trust["tenths"]) == 7 and trust["tenths"][9] == 2
    assert [one["key"] for one in trust["least"]][:2] == [
        *(f"0/0{EVIL}", f"1/0{EVIL}"),
    ]


def test_page_escapes_all_names(write):
    """Of files, classes, parts and reasons; and it runs no script at all."""
    out = write(0, 4, [f"odd{EVIL}"])
    summarize(str(out))
    page = (out / "summary.html").read_text()
    assert "<script" not in page
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    for name in ("dog", "tail", "k", "odd", "0/0"):
        assert name + escaped in page
    assert "://" not in page


def test_page_of_a_batch_says_what_it_is(write):
    """It is not of test images, and tells what is not done."""
    out = write(0, 4)
    summarize(str(out))
    page = (out / "summary.html").read_text()
    assert "test image" not in page
    assert "1 of 2 shards are done" in page
    assert page.index("cat is decided by head (3.00)") > 0
    write(1, 3)
    assert summarize(str(out))["shards_done"] == 2
    assert "not finished" not in (out / "summary.html").read_text()


def test_several_batches_are_refused(write, tmp_path):
    """Numbers of two models are not added up; versions may change."""
    out = write(0, 4)
    write(1, 4, told={**TOLD, "versions": {"keras": "2"}})
    assert summarize(str(out))["images"] == 8
    write(1, 4, told={**TOLD, "model_sha256": "2"})
    with pytest.raises(InputError, match="images of one batch"):
        summarize(str(out))


def test_none_may_be_explained(write):
    """Then there are reasons alone."""
    out = write(0, 4, ["cut"])
    path = out / "explained" / "part-00000-of-00002.parquet"
    pq.write_table(pq.read_schema(path).empty_table(), path)
    found = summarize(str(out))
    assert (found["images"], found["same_decision"]) == (0, None)
    assert found["classes"] == {} and found["reasons"] == {"cut": 1}


def test_dead_letters_that_are_gone(write):
    """Without them, it would say that all images were explained."""
    out = write(0, 4)
    (letters,) = (out / "dead_letters").iterdir()
    for change in (lambda: letters.write_text("{"), letters.unlink):
        change()
        with pytest.raises(InputError, match="lacks a file"):
            summarize(str(out))


def test_other_folders_are_refused(tmp_path):
    """A folder without Parquet, and Parquet of others."""
    with pytest.raises(InputError, match="--output folder of tf-explainer"):
        summarize(str(tmp_path))
    (tmp_path / "explained").mkdir()
    path = tmp_path / "explained" / "part-00000-of-00001.parquet"
    path.write_bytes(b"no Parquet")
    with pytest.raises(InputError, match="did not write"):
        summarize(str(tmp_path))
