"""Whether the performer's scores hold the negative category."""

from tf_explainer.errors import InputError
from tf_explainer.performers import Attachment


def check_scores(attachment: Attachment, negative_category: int | None) -> None:
    """Refuses a negative category that the scores do not have.

    Args:
        attachment: The performer, taken apart.
        negative_category: See `ExplainerSettings`.

    Raises:
        InputError: If there is no such category.
    """
    columns = attachment.features.output["scores"].shape[-1]
    categories = max(columns, 2)
    if negative_category is not None and negative_category >= categories:
        raise InputError(
            f"`negative_category` must be one of the {categories} categories "
            f"of `performer`, from 0 on, received {negative_category}."
        )
