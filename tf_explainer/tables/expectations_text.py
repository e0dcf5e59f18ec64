"""The paper's claims and what became of them, as Markdown."""

from collections.abc import Sequence

from tf_explainer.tables.expectations import Expectation


def expectations_text(found: Sequence[Expectation]) -> str:
    """Returns a section of Markdown; empty if there is nothing to tell.

    Args:
        found: The claims.
    """
    if not found:
        return ""
    lines = ["## Expected as in the paper", ""]
    for one in found:
        total = len(one.held) + len(one.broken)
        where = f"{one.data}, {one.performer}"
        told = f"- {where}: {one.claim}: {len(one.held)} of {total}"
        lines.append(f"{told} – {', '.join(one.held)}" if one.held else told)
        if one.broken:
            lines.append(f"  - **not so**: {', '.join(one.broken)}")
    return "\n".join(lines) + "\n"
