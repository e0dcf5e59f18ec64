"""The paper's tables, with its numbers and ours."""

from tf_explainer.tables.make_tables import make_tables
from tf_explainer.tables.paper_numbers import PaperNumber, paper_numbers
from tf_explainer.tables.read_runs import RunNumbers, read_runs
from tf_explainer.tables.table_text import table_text

__all__ = [
    "PaperNumber",
    "RunNumbers",
    "make_tables",
    "paper_numbers",
    "read_runs",
    "table_text",
]
