"""Copies of photos sorted into a folder per class. The originals are only ever read."""

from fewshot_gui.exporting.folders.apart import require_outside_examples
from fewshot_gui.exporting.folders.carry_out import SortingOutcome, carry_out
from fewshot_gui.exporting.folders.pattern import FIELDS, NamePattern
from fewshot_gui.exporting.folders.plan import PlannedCopy, SortingOptions, SortingPlan, Step
from fewshot_gui.exporting.folders.planning import plan_sorting

__all__ = [
    "FIELDS",
    "NamePattern",
    "PlannedCopy",
    "SortingOptions",
    "SortingOutcome",
    "SortingPlan",
    "Step",
    "carry_out",
    "plan_sorting",
    "require_outside_examples",
]
