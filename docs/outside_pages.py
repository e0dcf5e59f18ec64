"""Pages and pictures of the site that lie elsewhere in the repository.

MkDocs runs this file as a hook. Pages link to other files of the repository
as they lie on the disk, so that the links also work outside the site; here
they are turned to what the site has of them.
"""

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "pages"
TAKEN = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/results/animals_tables.md": "animals_tables.md",
    "benchmarks/results/attach.md": "attach.md",
    "benchmarks/results/batch.md": "batch_costs.md",
    "benchmarks/results/before.md": "before.md",
    "benchmarks/results/demo.png": "demo.png",
    "benchmarks/results/parts.md": "parts.md",
    "benchmarks/results/profile.md": "profile.md",
    "benchmarks/results/scale.md": "scale_costs.md",
    "benchmarks/results/serving.md": "serving_costs.md",
    "benchmarks/results/speed.md": "speed.md",
    "benchmarks/results/tuning.md": "tuning.md",
    "docs/trust.md": "trust.md",
    "tf_explainer/losses/README.md": "losses.md",
    "tf_explainer/performers/README.md": "performers.md",
}
"""File of the repository → its name in the site."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    """Adds the files that lie elsewhere.

    Args:
        files: What MkDocs has found.
        config: The site's settings.
    """
    from mkdocs.structure.files import File

    for path, name in TAKEN.items():
        source = str(ROOT / path)
        files.append(File.generated(config, name, abs_src_path=source))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turns links to files of the repository to the site's own.

    Args:
        markdown: Text of the page.
        page: The page.
    """
    source = Path(page.file.abs_src_path)
    place = Path(page.file.src_uri).parent
    return LINK.sub(lambda link: turned(link, source, place), markdown)


def turned(link: re.Match[str], source: Path, place: Path) -> str:
    """Returns a link as the site needs it.

    Args:
        link: A match of `LINK`.
        source: The file that it stands in.
        place: Folder of the page within the site.
    """
    mark, text, target, anchor = link.groups(default="")
    if re.match(r"[a-z]+:", target):
        return link[0]
    aim = (source.parent / target).resolve()
    name = site_name(aim)
    if name is None:
        # The site has no such page: the text alone, and where it lies.
        path = aim.relative_to(ROOT)
        plain = text.strip("`")
        return f"`{path}`" if plain in str(path) else f"{text} (`{path}`)"
    return f"{mark}[{text}]({os.path.relpath(name, place)}{anchor})"


def site_name(path: Path) -> str | None:
    """Returns the name of a file within the site, None where it has none.

    Args:
        path: The file, absolute.
    """
    if path.is_relative_to(PAGES):
        return str(path.relative_to(PAGES))
    return TAKEN.get(str(path.relative_to(ROOT)))
