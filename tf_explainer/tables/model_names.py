"""What rows are called."""

# In the order of the rows behind those of the paper.
MODEL_NAMES = {
    "performer": "performer",
    "target_layer": "target layer",
    "top_conv": "top conv-layer",
    "explainer": "explainer",
    "paper": "explainer, loss and schedule as printed",
    "explainer_cls": "Explainer+cls",
    "explainer_cls_predicted": "Explainer+cls without labels",
    "plain": "plain encoder, no masks or filter loss",
    "constant_center": "constant center",
    "constant_mean": "constant mean part",
    "random": "random position",
    "untrained": "untrained explainer",
    "shuffled": "shuffled images",
    "pca": "PCA of the target feature",
    "nmf": "NMF of the target feature",
}
"""Name of a model, baseline or control to its name in a table."""


def model_name(model: str, measure: str = "") -> str:
    """Returns the name of a row.

    Args:
        model: What was measured; unknown names stay as they are.
        measure: Name of the measure.
    """
    name = MODEL_NAMES.get(model, model)
    return f"{name}, Δ error" if measure == "delta_error" else name
