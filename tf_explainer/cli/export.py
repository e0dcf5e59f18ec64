"""`tf-explainer export`."""

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("export")
@takes_options()
def export(request: Request) -> None:
    """Write the explainer in --out as a SavedModel, for TF Serving.

    Examples:

      tf-explainer export --out runs/mine
    """
    request.do("export")
