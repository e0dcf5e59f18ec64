"""Whether the performer's scores can be read."""

from tf_explainer.errors import InputError
from tf_explainer.explainer.squeezing_layer import squeezing_layer
from tf_explainer.performers import Attachment


def check_scores(attachment: Attachment, negative_category: int | None) -> None:
    """Refuses scores that would be taken for something else.

    Args:
        attachment: The performer, taken apart.
        negative_category: See `ExplainerSettings`.

    Raises:
        InputError: If a single score is no probability, or if there is no
            such negative category.
    """
    columns = attachment.features.output["scores"].shape[-1]
    if columns == 1 and squeezing_layer(attachment.head) is None:
        raise InputError(
            "`performer` must end with a sigmoid where it gives a single "
            "score, which is read as a probability; received a score that no "
            "sigmoid makes."
        )
    categories = max(columns, 2)
    if negative_category is not None and negative_category >= categories:
        raise InputError(
            f"`negative_category` must be one of the {categories} categories "
            f"of `performer`, from 0 on, received {negative_category}."
        )
