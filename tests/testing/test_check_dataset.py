"""Builders' folders that are not whole."""

import types

import pytest

from tf_explainer.datasets import DATASETS
from tf_explainer.testing import check_dataset

METADATA = types.SimpleNamespace(citation="@misc{x}", tags=["x"])


@pytest.mark.parametrize(
    ("page", "told", "message"),
    [
        ("# Other\n", METADATA, "no title on its page"),
        (
            "# coco_keypoints\n`train`, `test`",
            METADATA,
            r"does not tell \['crowds', 'images'\]",
        ),
        ("", types.SimpleNamespace(citation="", tags=["x"]), "no citation"),
        ("", types.SimpleNamespace(citation="@x", tags=[]), "no tags"),
    ],
)
def test_refuses(page, told, message, tmp_path, monkeypatch):
    """What is missing is named."""
    builder = DATASETS["coco_keypoints"]
    (tmp_path / "README.md").write_text(page)
    monkeypatch.setattr(builder, "code_path", tmp_path / "builder.py")
    monkeypatch.setattr(builder, "get_metadata", lambda: told)
    with pytest.raises(AssertionError, match=f"coco_keypoints: .*{message}"):
        check_dataset("coco_keypoints")
