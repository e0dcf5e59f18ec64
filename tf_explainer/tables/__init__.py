"""The paper's tables, with its numbers and ours."""

from tf_explainer.tables.paper import PaperNumber, paper_numbers
from tf_explainer.tables.paper_tables import make_tables
from tf_explainer.tables.run_numbers import RunNumbers, read_runs
from tf_explainer.tables.table import table_text

__all__ = [
    "PaperNumber",
    "RunNumbers",
    "make_tables",
    "paper_numbers",
    "read_runs",
    "table_text",
]
