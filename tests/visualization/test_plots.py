"""What holds for every plot of the report, also one added later."""

import inspect
import io
import sys

import pytest
from matplotlib.figure import Figure

from tf_explainer.visualization import PLOTS

HISTORY = {
    "loss": [3.0, 2.0],
    "reconstruction_loss": [2.0, 1.0],
    "val_reconstruction_loss": [2.5, 1.5],
    "filter_loss": [0.0, -0.5],
    "p": [0.5, 0.75],
}


def draw(name, **data):
    """Calls a plot with what it asks for, as the report does."""
    plot = PLOTS.get(name)
    return plot(
        **{key: data[key] for key in inspect.signature(plot).parameters}
    )


@pytest.mark.parametrize("name", PLOTS.names())
def test_every_plot_is_a_figure_with_words(observation, name):
    """It can be saved, says what it shows, and leaves no pyplot state."""
    figure = draw(name, observation=observation, history=HISTORY)
    assert isinstance(figure, Figure)
    assert len(figure.get_label()) > 20
    figure.savefig(file := io.BytesIO(), format="png")
    assert file.getvalue().startswith(b"\x89PNG")
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


@pytest.mark.parametrize("name", PLOTS.names())
def test_every_plot_copes_without_data(made_observation, name):
    """No landmarks and no epochs: a figure or None, never an error."""
    bare = made_observation(landmark_names=())
    figure = draw(name, observation=bare, history={})
    assert figure is None or isinstance(figure, Figure)


def test_a_notebook_shows_figures_without_pyplot(observation):
    """They bring their own picture."""
    figure = PLOTS.get("filter_atlas")(observation)
    assert figure._repr_png_()[1:4] == b"PNG"
