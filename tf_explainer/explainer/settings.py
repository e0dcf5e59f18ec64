"""What an explainer is made with, beside its performer."""

import dataclasses
import math
import numbers
from collections.abc import Mapping
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.layers.channel_norm import MAGNITUDES
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.losses.filter_losses import DIVERSITY, REACH

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "explainer": {},
    "explainer_cls": {"learn_from": "labels"},
    "explainer_cls_predicted": {"learn_from": "predictions"},
    "plain": {"mask": "none", "filter_loss": "none"},
}
"""Name → the settings that it fixes, see `ExplainerSettings.variant`."""

MASKS = ("argmax", "centroid", "none")
CALIBRATIONS = ("relative", "paper")
LESSONS = ("features", "labels", "predictions")


@dataclasses.dataclass(frozen=True)
class ExplainerSettings:
    """Constructor arguments of `Explainer` that are plain values.

    Args:
        variant: The explainer, or what it is compared with, by one word that
            fixes other settings: `explainer_cls`, the paper's Explainer+cls
            (`learn_from="labels"`); `explainer_cls_predicted`, the same
            without labels (`learn_from="predictions"`); `plain`, an encoder
            without masks and filter loss (`mask="none"`,
            `filter_loss="none"`).
        learn_from: What takes the place of the reconstruction loss in the
            loss: `features`, nothing; `labels`, the classification loss on
            the true categories, which `fit` is then handed; `predictions`,
            the classification loss on the performer's own.
        filter_loss: Name of the filter loss, see `losses.FILTER_LOSSES`.
        eta: Weight of `-log p`, in units of the reconstruction loss; `None`
            for 2, or 1 without a score loss, which pulls `p` down.
        score_weight: Weight of the score loss beside the reconstruction loss:
            the cross-entropy, in nats, between the performer's class scores
            and those of the rebuilt features. The paper's is 0; `None` for
            1, or 0 where nothing is reconstructed. Beside calibration `paper`
            a nat counts for very little.
        beta: Steepness of templates and masks, no unit.
        peak_score: Scale of the maps in the filter loss, see `FilterLoss`; 0
            and `None` leave them as they are, as in the paper.
        diversity: Weight of what keeps filters apart in the filter loss
            `equivariant`, no unit.
        diversity_reach: How far it does, units of the map; 0: it keeps apart
            only filters that fire at the same unit.
        mask: Center of the mask: `argmax`, `centroid` or `none`.
        silence: Share of images in which a filter of conv-interp-2 stays
            silent, in [0, 1), see `PartMask`; the paper's is 0.
        norm: What the norm-layers make equal: `energy`, or the paper's
            `sum`; see `ChannelNorm`.
        initial_p: `p` before training, in (0, 1).
        p_rate: How fast the logit of `p` moves, see `TrackMixer`.
        calibration: `relative` sets `lambda_l = 1 / E‖x*_l‖²`, so that the
            reconstruction loss is a relative error; `paper` sets
            `lambda_l = 5e4 / E‖max(x*_l, 0)‖`, for which the paper's `eta` is
            1e6 (AlexNet, VGG-M, VGG-S) or 1.5e5 (VGG-16).
        negative_category: Index of the category that stands for "none of
            the objects" in a single-category task: images that the performer
            takes for it do not count towards α. `None`: all images count.
        copy_conv: Whether conv-interp-1 and conv-ordin start from the
            performer's conv-layer under the replaced layer, where the shapes
            agree.

    Raises:
        InputError: If a value is out of range.

    Source:
        Zhang et al. 2018, section 4 "Experimental details". Its
        Explainer+cls "learned from the classification loss, rather than
        distill knowledge from performers", and so could outperform them
        (section 4.1; appendix "Evaluating the reconstruction quality"): it
        saw true labels. `predictions`, `plain`, `silence` and `score_weight`
        are ours; so are `peak_score`, `p_rate` and `relative`, since η and λ
        of the paper depend on the scale of the features. So is the copy in
        conv-ordin, which the paper does not speak of: what the parts leave
        unexplained starts as the performer's own feature.
    """

    variant: str = "explainer"
    learn_from: str = "features"
    filter_loss: str = "equivariant"
    eta: float | None = None
    score_weight: float | None = None
    beta: float = 4.0
    peak_score: float | None = 0.08
    diversity: float = DIVERSITY
    diversity_reach: int = REACH
    mask: str = "argmax"
    silence: float = 0.0
    norm: str = "energy"
    initial_p: float = 0.85
    p_rate: float = 10.0
    calibration: str = "relative"
    negative_category: int | None = None
    copy_conv: bool = True

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "ExplainerSettings":
        """Returns settings from a dictionary.

        Args:
            settings: Name → value.

        Raises:
            InputError: If a name is unknown or a value out of range.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(settings) - known)
        if unknown:
            raise InputError(
                f"`settings` received {', '.join(unknown)}; settings are: "
                f"{', '.join(sorted(known))}."
            )
        return cls(**settings)

    def __post_init__(self) -> None:
        self._choice("variant", tuple(VARIANTS))
        self._choice("learn_from", LESSONS)
        self._fix()
        FILTER_LOSSES.get(self.filter_loss)
        self._choice("mask", MASKS)
        self._choice("norm", MAGNITUDES)
        self._choice("calibration", CALIBRATIONS)
        for name in ("beta", "p_rate"):
            self._above(name, 0)
        if self.peak_score is not None:
            self._not_below_0("peak_score")
        for name in ("eta", "score_weight", "diversity"):
            self._not_below_0(name)
        if not 0 <= self.silence < 1:
            raise InputError(
                f"`silence` must lie in [0, 1), received {self.silence}."
            )
        if not 0 < self.initial_p < 1:
            raise InputError(
                f"`initial_p` must lie in (0, 1), received {self.initial_p}."
            )
        if not _is_index(self.diversity_reach):
            raise InputError(
                "`diversity_reach` must be a whole number of 0 or more, "
                f"received {self.diversity_reach!r}."
            )
        negative = self.negative_category
        if negative is not None and not _is_index(negative):
            raise InputError(
                "`negative_category` must be the index of a category, 0 or "
                f"more, or None, received {negative!r}."
            )

    def as_dict(self) -> dict[str, Any]:
        """Returns the settings as a JSON-able dictionary."""
        return dataclasses.asdict(self)

    def _fix(self) -> None:
        """Sets what other settings fix."""
        for name, value in VARIANTS[self.variant].items():
            self._fix_one("variant", name, value)
        if self.learn_from != "features":
            self._fix_one("learn_from", "score_weight", 0.0)
        elif self.score_weight is None:
            object.__setattr__(self, "score_weight", 1.0)
        if self.eta is None:
            object.__setattr__(self, "eta", 2.0 if self.score_weight else 1.0)

    def _fix_one(self, by: str, name: str, value: Any) -> None:
        default = type(self).__dataclass_fields__[name].default
        if getattr(self, name) not in (default, value):
            raise InputError(
                f"`{by}` {getattr(self, by)!r} fixes `{name}` to {value!r}, "
                f"received {getattr(self, name)!r}."
            )
        object.__setattr__(self, name, value)

    def _choice(self, name: str, known: tuple[str, ...]) -> None:
        value = getattr(self, name)
        if value not in known:
            raise InputError(
                f"`{name}` must be one of {known}, received {value!r}."
            )

    def _above(self, name: str, bound: float) -> None:
        value = getattr(self, name)
        if not (math.isfinite(value) and value > bound):
            raise InputError(
                f"`{name}` must be above {bound}, received {value}."
            )

    def _not_below_0(self, name: str) -> None:
        value = getattr(self, name)
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"`{name}` must be 0 or more, received {value}.")


def _is_index(value: Any) -> bool:
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    return whole and value >= 0
