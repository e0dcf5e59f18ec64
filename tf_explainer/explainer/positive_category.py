"""Which of two categories a single score speaks for."""


def positive_category(negative_category: int | None = None) -> int:
    """Returns the category, 0 or 1, that a single column is the score of.

    That is category 1, as Keras trains one sigmoid on labels 0 and 1; unless
    category 1 is the negative one: where an object is told from the
    background, the background is last in the order of our labels.

    Args:
        negative_category: Index of the category that stands for "none of the
            objects", or `None`; see `ExplainerSettings`.
    """
    return 0 if negative_category == 1 else 1
