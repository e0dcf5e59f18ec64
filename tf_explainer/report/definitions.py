"""Each number of the page, in one sentence."""

from tf_explainer.evaluation import METRICS

_SENTENCES = {
    "p": (
        "Weight of the interpretable track, the part filters, in the rebuilt "
        "feature; 1 − p is the ordinary track's."
    ),
    "Δ error": (
        "Accuracy of the performer minus accuracy of its own head on the "
        "rebuilt features, in percentage points."
    ),
    "Reconstruction error": (
        "Squared distance of the rebuilt feature from the performer's, over "
        "the feature's own square; 0 is perfect, 1 as bad as all zeros."
    ),
    "Skill": (
        "How much closer a filter's peak, moved by its mean offset, lies to "
        "its part than the part's mean place: 1 − ratio of the squared "
        "distances; 1 is perfect, 0 a position that never moves, below 0 "
        "worse; part and offset are chosen on the training images, the value "
        "comes from the test images, and the small print is its 95 % interval "
        "over test images."
    ),
    "Above constant": "Share of the live filters whose skill is above 0.",
    "Skill, best tenth": (
        "Mean skill on test images of the tenth of filters that is best on "
        "training images."
    ),
    "Location instability": (
        "Standard deviation of the distance between peak and landmark over "
        "the 100 images of the filter's category that fire it most, as a "
        "share of the image diagonal, mean over landmarks and filters "
        "(Zhang et al. 2018); lower is steadier, and a position that never "
        "moves is steady too."
    ),
    "Landmark-free proxy": (
        "The worse of how well a filter's peak goes along with the image and "
        "how well it tells where other filters fire, mean over all filters; "
        "1 is perfect, 0 a position that never moves; it says little where "
        "the filter loss is `equivariant`, which asks for the same."
    ),
    "Live filters": (
        "Filters that fire on at least 1 % of the test images; all means are "
        "over these."
    ),
    "Explainer before training": (
        "The same explainer with fresh weights, calibrated but never trained."
    ),
}
_METRICS = {
    "skill",
    "share_above_constant",
    "skill_best_tenth",
    "location_instability",
    "alive",
}


def definitions() -> dict[str, str]:
    """Returns term to sentence, for every number that the page can show."""
    later = {
        name.replace("_", " ").capitalize(): _summary(name)
        for name in METRICS.names()
        if name not in _METRICS
    }
    return {**_SENTENCES, **later}


def _summary(metric: str) -> str:
    return (METRICS.get(metric).__doc__ or "").strip().split("\n")[0]
