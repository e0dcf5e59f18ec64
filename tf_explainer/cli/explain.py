"""`tf-explainer explain`."""

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("explain")
@takes_options("explainer", "speed")
def explain(request: Request) -> None:
    """Train the explainer of the performer in --out.

    Examples:

      tf-explainer explain --out runs/mine

      tf-explainer explain --eta 2 --overwrite --out runs/mine
    """
    request.do("explain")
