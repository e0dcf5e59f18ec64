"""The contract of a data set's builder."""

import tensorflow_datasets as tfds

from tf_explainer.datasets import DATASETS
from tf_explainer.datasets.make_config import settings_of

# What these mean is told on the page of `pascal_part`.
_SHARED = {"manual_dir", "context", "smallest", "skip_broken"}


def check_dataset(name: str) -> None:
    """Checks that the folder of a registered builder is whole.

    It is a builder of tfds with the name of its folder; there are a citation,
    tags, and a page with that name as its title, which tells its settings.

    Args:
        name: Name in `datasets.DATASETS`.

    Raises:
        AssertionError: If something is missing.
    """
    builder = DATASETS[name]
    assert issubclass(builder, tfds.core.GeneratorBasedBuilder)
    assert builder.name == name, f"{name}: it is called {builder.name}"
    told = builder.get_metadata()
    assert told.citation.startswith("@"), f"{name}: no citation"
    assert told.tags, f"{name}: no tags"
    page = (builder.code_path.parent / "README.md").read_text()
    assert page.startswith(f"# {name}\n"), f"{name}: no title on its page"
    untold = {
        setting
        for setting in set(settings_of(builder)) - _SHARED
        if f"`{setting}`" not in page
    }
    assert not untold, f"{name}: its page does not tell {sorted(untold)}"
