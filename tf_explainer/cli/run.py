"""`tf-explainer run`."""

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("run")
@takes_options("data", "performer", "explainer", "measures", "speed")
def run(request: Request) -> None:
    """Do the main job: performer, explainer, numbers, report, served model.

    Examples:

      tf-explainer run --out runs/demo

      tf-explainer run --data my_animals --epochs 8 --out runs/mine

      tf-explainer run --data my_animals --performer my.keras --out runs/mine

      tf-explainer run --out runs/mine --resume
    """
    request.do()
