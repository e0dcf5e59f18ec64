"""Values of another kind in a file of COCO's form."""

import json

import pytest

from tf_explainer.datasets.coco_keypoints.coco_file import CocoFile
from tf_explainer.errors import InputError


def held():
    """One object of one image."""
    return {
        "categories": [{"id": 1, "name": "cat", "keypoints": ["head"]}],
        "images": [{"id": 2, "file_name": "2.jpg", "height": 9, "width": 9}],
        "annotations": [
            {"id": 3, "category_id": 1, "image_id": 2, "bbox": [0, 0, 4, 4]}
        ],
    }


def read(path, content):
    """All objects."""
    text = content if isinstance(content, bytes) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(CocoFile(path).objects())


@pytest.mark.parametrize(
    ("table", "name", "value", "message"),
    [
        ("categories", "id", [1], "`id` must be a whole number"),
        ("categories", "name", None, "`name` must be a text"),
        ("categories", "keypoints", 0.5, "must be names"),
        ("categories", "keypoints", ["a", ["b"]], "must be names"),
        ("images", "id", {"a": 1}, "`id` must be a whole number"),
        ("images", "file_name", 3, "`file_name` must be a text"),
        ("images", "height", 1e308, "must be whole numbers > 0"),
        ("annotations", "image_id", [[]], "`image_id` must be a whole number"),
        ("annotations", "bbox", [0, 0, 4, "x"], "must be 4 numbers"),
    ],
)
def test_they_are_told(tmp_path, table, name, value, message):
    """In a line of moderate length."""
    content = held()
    assert len(read(tmp_path / "a.json", content)) == 1
    content[table][0][name] = value
    with pytest.raises(InputError, match=message) as told:
        read(tmp_path / "a.json", content)
    assert len(str(told.value)) < 600


def test_bytes_that_are_no_text(tmp_path):
    """Also within a name."""
    content = json.dumps(held()).encode().replace(b"cat", b"\xed\xa0\x80")
    with pytest.raises(InputError, match="cannot be read as JSON"):
        read(tmp_path / "a.json", content)
