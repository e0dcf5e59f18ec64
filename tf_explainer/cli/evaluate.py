"""`tf-explainer evaluate`."""

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("evaluate")
@takes_options("measures", "speed")
def evaluate(request: Request) -> None:
    """Measure accuracy and parts of the explainer in --out, with controls.

    Examples:

      tf-explainer evaluate --out runs/mine

      tf-explainer evaluate --full --overwrite --out runs/mine
    """
    request.do("evaluate")
