"""The trials of a search in the terminal."""

import io

from rich.console import Console

from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.experiments.search_results import print_trials
from tf_explainer.tuning import TrialRow


def _row(number, skill, on_front=False, within=True):
    measures = {"skill": skill, "proxy": skill - 0.5, "p": 0.9, "alive": 7.0}
    measures |= {"delta_error": 1.25, "seconds": 61.4, "part_skill": 0.1}
    return TrialRow(number, skill - 0.1, measures, {}, on_front, within)


def _shown(rows, tmp_path):
    screen = io.StringIO()
    folder = TuneFolder(tmp_path / "[one]")
    print_trials(rows, folder, Console(file=screen, width=120))
    assert f"  {folder.table}\n" in screen.getvalue()
    return screen.getvalue()


def test_best_trials_and_the_front(tmp_path):
    """Twelve of them, and any other on the Pareto front; the rest counted."""
    rows = [_row(n, 0.9 - n / 100, on_front=n == 15) for n in range(1, 17)]
    shown = _shown(rows, tmp_path)
    lines = [line.split() for line in shown.splitlines()]
    numbers = [
        cells[0] for cells in lines if len(cells) == 9 and "." in cells[1]
    ]
    assert numbers[-13:] == [*map(str, range(1, 13)), "15*"]
    first = next(cells for cells in lines if cells and cells[0] == "1")
    assert first[1:] == ["0.790", "0.89", "0.10", "0.39", "1.2", "0.90"] + [
        *("7", "61"),
    ]
    assert "and 3 more" in shown and shown.count("[one]") == 7
    assert "with skill over these trials: 1.00" in shown
    assert "run --config" in shown and "best.toml" in shown


def test_few_trials_have_no_correlation(tmp_path):
    """Nor more than there are."""
    shown = _shown([_row(1, 0.2, True)], tmp_path)
    assert "correlation" not in shown and "more in" not in shown
    assert "limits on" not in shown


def test_broken_limits_are_told(tmp_path):
    """The best one first is then one that costs too much."""
    assert "No trial kept the limits" in _shown(
        [_row(1, 0.2, within=False)], tmp_path
    )
