"""`tf-explainer report`."""

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("report")
@takes_options("speed")
def report(request: Request) -> None:
    """Write the page report.html from the numbers and models in --out.

    Examples:

      tf-explainer report --out runs/mine

      tf-explainer report --overwrite --out runs/mine
    """
    request.do("report")
