"""The bar of images done."""

import io

from rich.console import Console

from tf_explainer.runs.terminal import count_bar


def test_terminal_shows_the_count():
    """What was counted is on the screen."""
    file = io.StringIO()
    console = Console(file=file, width=100, force_terminal=True)
    with count_bar("looking", 10, console) as done:
        done(4)
        done(3)
    assert "looking" in file.getvalue() and "7/10" in file.getvalue()


def test_log_file_stays_clean():
    """Nothing is printed where nobody watches."""
    file = io.StringIO()
    with count_bar("looking", 10, Console(file=file)) as done:
        done(4)
    assert file.getvalue() == ""
