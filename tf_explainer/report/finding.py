"""One sentence of the headline, and whether it is good news."""

import dataclasses

from tf_explainer.evaluation.verdict import Kind


@dataclasses.dataclass(frozen=True)
class Finding:
    """One sentence or two of the headline.

    Args:
        kind: `good`, `bad`, or `note` for what is neither.
        text: Plain text.
        decides: Whether the verdict hangs on it.
    """

    kind: Kind
    text: str
    decides: bool = False
