"""`tf-explainer run` and its steps, each a command."""

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("run")
@takes_options("data", "performer", "explainer", "measures", "speed", "devices")
def run(request: Request) -> None:
    """Do the main job: performer, explainer, numbers, report, served model.

    Examples:

      tf-explainer run --out runs/demo

      tf-explainer run --data my_animals --epochs 8 --out runs/mine

      tf-explainer run --data my_animals --performer my.keras --out runs/mine

      tf-explainer run --out runs/mine --resume

      tf-explainer run --data my_animals --strategy mirrored --out runs/mine
    """
    request.do()


@COMMANDS.register("performer")
@takes_options("data", "performer", "speed")
def performer(request: Request) -> None:
    """Train the CNN to explain, or take a trained one.

    Examples:

      tf-explainer performer --data my_animals --out runs/mine

      tf-explainer performer --data my_animals --backbone mobilenet
      --weights mobilenet.weights.h5 --out runs/mine

      tf-explainer performer --data my_animals --backbone alexnet
      --weights imagenet-caffe-alex.mat --out runs/mine
    """
    request.do("performer")


@COMMANDS.register("explain")
@takes_options("explainer", "speed", "devices")
def explain(request: Request) -> None:
    """Train the explainer of the performer in --out.

    Examples:

      tf-explainer explain --out runs/mine

      tf-explainer explain --eta 2 --overwrite --out runs/mine
    """
    request.do("explain")


@COMMANDS.register("evaluate")
@takes_options("measures", "speed")
def evaluate(request: Request) -> None:
    """Measure accuracy and parts of the explainer in --out, with controls.

    Examples:

      tf-explainer evaluate --out runs/mine

      tf-explainer evaluate --full --overwrite --out runs/mine
    """
    request.do("evaluate")


@COMMANDS.register("report")
@takes_options("speed")
def report(request: Request) -> None:
    """Write the page report.html from the numbers and models in --out.

    Examples:

      tf-explainer report --out runs/mine

      tf-explainer report --overwrite --out runs/mine
    """
    request.do("report")
