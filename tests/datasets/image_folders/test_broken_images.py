"""Broken files are found before they are needed."""

import numpy as np
from PIL import Image

from tf_explainer.datasets.image_folders.images import see_images


def test_names_all_broken_files(tmp_path):
    """Cut off, no image, empty, a folder: each with a reason in one line."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), "uint8")
    for name in ("good.jpg", "cut.jpg", "cut.png"):
        Image.fromarray(noise).save(tmp_path / name)
    for name in ("cut.jpg", "cut.png"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:-500])
    (tmp_path / "text.jpg").write_text("this is no image")
    (tmp_path / "empty.png").write_bytes(b"")
    paths = sorted(tmp_path.iterdir())
    broken = see_images(paths).broken
    names = sorted(path.name for path in broken)
    assert names == ["cut.jpg", "cut.png", "empty.png", "text.jpg"]
    assert all(reason and "\n" not in reason for reason in broken.values())


def test_more_than_a_screenful(tmp_path):
    """With a progress bar the answer is the same."""
    for index in range(201):
        Image.new("L", (2, 2)).save(tmp_path / f"{index}.png")
    (tmp_path / "7.png").write_bytes(b"")
    broken = see_images(sorted(tmp_path.iterdir())).broken
    assert [path.name for path in broken] == ["7.png"]


def test_tagged_images(tmp_path):
    """Those that a camera tagged as turned; 1 is upright."""
    for orientation in (None, 1, 3, 6):
        exif = Image.Exif()
        if orientation:
            exif[0x0112] = orientation
        path = tmp_path / f"{orientation}.jpg"
        Image.new("RGB", (4, 4)).save(path, exif=exif)
    found = see_images(sorted(tmp_path.iterdir())).tagged
    assert sorted(path.name for path in found) == ["3.jpg", "6.jpg"]
