"""The benchmark of many images: what it draws, counts and prints."""

import json

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def script(load_script):
    """The script as a module."""
    return load_script("batch")


def test_images_come_again_under_other_names(script, tmp_path):
    """As many files as are asked for, and no more drawings."""
    script.draw(tmp_path / "drawn", 2)
    files = script.repeated(tmp_path / "drawn", 5)
    contents = [file.read_bytes() for file in files]
    assert len(contents) == 5 and len({*contents}) == 2
    assert contents[0] == contents[2] == contents[4]
    assert len(script.repeated(tmp_path / "drawn", 1)) == 1


def write(out, numbers, given=1.0):
    """Writes explained images, one a shard."""
    (out / "explained").mkdir(parents=True)
    for index, number in enumerate(numbers):
        table = pa.table({"number": [number], "contributions": [[given, 2.0]]})
        path = out / "explained" / f"part-{index:05d}-of-00009.parquet"
        pq.write_table(table, path)


def test_lost_and_doubled_are_counted(script, tmp_path, monkeypatch):
    """One number is missing, one is there twice, and answers are apart."""
    (tmp_path / "list").write_text("a\n" * 64)
    write(tmp_path / "whole", [0, 1, 2, 3])
    write(tmp_path / "killed", [0, 1, 1, 3], given=1.5)

    class Ended:
        """A process that has ended before it could be killed."""

        poll, wait = staticmethod(lambda: 0), staticmethod(lambda: 0)
        send_signal = staticmethod(lambda number: None)

    monkeypatch.setattr(script, "_start", lambda *words: Ended)
    monkeypatch.setattr(script, "_run", lambda *words: {})
    listed, whole = tmp_path / "list", tmp_path / "whole"
    found = script.killed("m", listed, tmp_path, whole, 0)
    assert (found["lost"], found["doubled"]) == (1, 1)
    assert found["difference"] == 0.5 and found["shards"] == 4
    assert json.dumps(found)


def test_page_compares_with_the_loop(script):
    """By the mean of the loop before and the one after."""
    run = {"images": 1000, "processes": 1, "peak": 800.0, "a_second": 30.0}
    text = script.page(
        {
            "loops": [
                {"images": 100, "seconds": 2.0, "peak": 500.0},
                {"images": 100, "seconds": 3.0, "peak": 600.0},
            ],
            "runs": [run, {**run, "images": 5000}, {**run, "processes": 2}],
            "summary": {"seconds": 2.0, "peak": 300.0},
            "killed": {
                **{"images": 64, "shards": 4, "killed_at": [1, 2, 3]},
                **{"lost": 0, "doubled": 0, "difference": 0.0},
            },
            **{"size": 96, "batch": 32, "shard": 256},
            **{"drawn": 10, "cores": 2, "machine": "x86_64"},
            "versions": {"keras": "3"},
        }
    )
    assert "| plain loop, 100 images, before | 50 | 1.25 | 500 |" in text
    assert "| plain loop, 100 images, after | 33 | 0.83 | 600 |" in text
    assert "| `batch`, 1,000 images, 1 process | 30 | 0.75 | 800 |" in text
    assert "2 processes | 30 | 0.75" in text
    assert "`batch-summary` of 5,000 images" in text
    assert "0 images lost, 0 doubled" in text
