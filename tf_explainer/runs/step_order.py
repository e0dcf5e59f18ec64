"""The steps of the main job, in order."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Step:
    """What one step needs and leaves in the `--out` folder.

    Args:
        title: What it does, in a few words, for the progress display.
        home: Module of this room with the function that does it.
        needs: Steps that must be done before.
        leaves: Files and folders it writes, relative to `--out`.
        measures: Whether it needs the categories of the images.
    """

    title: str
    home: str
    needs: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    measures: bool = False


STEPS = {
    "performer": Step(
        "the CNN to explain", "performer_step", (), ("performer.keras",)
    ),
    "explain": Step(
        "train its explainer",
        "explainer_steps",
        ("performer",),
        ("explainer.keras",),
    ),
    "evaluate": Step(
        "measure parts and accuracy",
        "explainer_steps",
        ("explain",),
        ("result.json", ".tf_explainer/observation.npz"),
        measures=True,
    ),
    "report": Step(
        "write the page for a person",
        "explainer_steps",
        ("evaluate",),
        ("report.html",),
        measures=True,
    ),
    "export": Step(
        "write the model for a server",
        "explainer_steps",
        ("explain",),
        ("saved_model/1",),
    ),
}


def steps_after(name: str) -> list[str]:
    """Returns the steps that need the result of one step, in order.

    Args:
        name: A key of `STEPS`.
    """
    stale = {name}
    for other, step in STEPS.items():
        if stale.intersection(step.needs):
            stale.add(other)
    return [other for other in STEPS if other in stale - {name}]
