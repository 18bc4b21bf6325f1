"""What leaves the program: tables, folders, sidecars and models."""

from fewshot_gui.exporting.labels import NONE_OF_THESE_LABEL, LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import TABLE_COLUMNS, TableRow, write_csv

__all__ = ["NONE_OF_THESE_LABEL", "TABLE_COLUMNS", "LabelSet", "LabelledPhoto", "TableRow", "write_csv"]
