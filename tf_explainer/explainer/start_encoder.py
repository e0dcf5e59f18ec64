"""Where the encoder starts from: the performer's own layers."""

from typing import Any

import numpy as np

from tf_explainer.explainer.encoder import Encoder
from tf_explainer.performers import Attachment
from tf_explainer.performers.one_convolution import one_convolution

# Of the encoder's kernels.
SIDE = 3


def start_encoder(
    encoder: Encoder, attachment: Attachment, maps: Any = None
) -> None:
    """Copies the performer's layers under the replaced one, if it can.

    conv-interp-1 and conv-ordin become the one convolution that does what
    lies between target and replaced layer, up to the ReLU.

    Args:
        encoder: A built, untrained encoder.
        attachment: The performer, taken apart.
        maps: Target features of a few images `(images, H, W, channels)`.
            With them, layers are copied that one convolution does nearly;
            without, only those that it does exactly.

    Source:
        Zhang et al. 2018, section 4: conv-interp-1 starts from the
        performer's conv-layer. Ours: conv-ordin does, too, and so it is in
        networks whose conv-layers are normalized or in two halves.
    """
    layers = encoder.interp_1.conv, encoder.conv_ordin
    cut = attachment.cut
    between = attachment.graph, cut.target_layer, cut.replaced_layer
    exact = one_convolution(*between)
    if exact is not None and maps is not None:
        return
    found = exact if maps is None else one_convolution(*between, maps)
    if found is None or max(found[0].shape[:2]) > SIDE:
        return
    kernel, bias = found
    margins = [((SIDE - side) // 2,) * 2 for side in kernel.shape[:2]]
    kernel = np.pad(kernel, [*margins, (0, 0), (0, 0)])
    for layer in layers:
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)
