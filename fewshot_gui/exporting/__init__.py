"""What leaves the program: tables, and later folders, sidecars and models."""

from fewshot_gui.exporting.table import TABLE_COLUMNS, TableRow, write_csv

__all__ = ["TABLE_COLUMNS", "TableRow", "write_csv"]
