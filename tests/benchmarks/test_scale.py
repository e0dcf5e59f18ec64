"""What attaching and what very many images cost, on a small network."""

import pytest


@pytest.mark.slow
def test_attach(load_script):
    """One row, and the page that holds it."""
    script = load_script("attach")
    row = {
        "network": "small_cnn",
        "load": 0.5,
        **script.measure("small_cnn", 2),
    }
    assert float(row["attach"]) > 0 and float(row["step"]) >= 0
    assert "| small_cnn |" in script.table([row], 2)


@pytest.mark.slow
def test_scale(load_script):
    """Seconds and bytes of one image, times the number of images."""
    pytest.importorskip("pyarrow")
    script = load_script("scale")
    row = script.measure("small_cnn", 20)
    assert all(row[name] > 0 for name in script.COLUMNS[2:])
    # Two scores a class, four numbers a part, and what each image has.
    more = script.measure("small_cnn", 30)
    assert more["answers"] - row["answers"] == 10 * 2 * 4
    made = {**row, "read": 1.0, "explain": 2.6, "answers": 500, "kept": 1000}
    made["highest"] = 100
    line = script.page([made], 3600, 10).splitlines()[-1]
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells[:2] == ["small_cnn", "20"]
    assert cells[5] == "4"
    assert cells[6] == "0.00"
