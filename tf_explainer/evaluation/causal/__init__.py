"""What happens if a part is removed, moved or exchanged.

A claim is a function `(claimed) -> (images, parts)` of a `Claimed` that says
how much each part gives to a class score, registered in `CLAIMS`. The checks
change the images and measure what the parts really give. A new file in this
package that registers itself is checked beside the others, with no other
edit. `removal_fidelity` asks the same of an explainer's own parts on any
images, under each way in `FILLS` to erase them. `faithfulness` asks it pixel
by pixel of the heat maps in `HEATS`.
"""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

CLAIMS: Registry[Callable[..., Any]] = Registry("claim", __name__)
"""Name → what somebody claims that each part of the animal gives."""

# Behind the registry: the files below register themselves with it.
from tf_explainer.evaluation.causal.checks import causal_checks
from tf_explainer.evaluation.causal.claims import Claimed
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.causal.erasing import FILLS
from tf_explainer.evaluation.causal.fidelity import removal_fidelity
from tf_explainer.evaluation.causal.heat_faithfulness import faithfulness
from tf_explainer.evaluation.causal.heats import HEATS
from tf_explainer.evaluation.causal.occluded import occlusion
from tf_explainer.evaluation.causal.outlines import part_outlines

__all__ = [
    "CLAIMS",
    "FILLS",
    "HEATS",
    "Claimed",
    "DrawnCases",
    "causal_checks",
    "faithfulness",
    "occlusion",
    "removal_fidelity",
    "part_outlines",
]
