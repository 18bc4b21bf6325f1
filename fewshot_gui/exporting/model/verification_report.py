"""The comparison of an exported model with the program as JSON, for the record and for other programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fewshot_gui.exporting.model.card import Check
from fewshot_gui.exporting.model.facts import ModelFacts

_FORMAT = 1


def verification_report(facts: ModelFacts, checks: Sequence[Check]) -> str:
    """The report as text.

    Args:
        facts: Of the model.
        checks: How it compares with the program, for each way in which that was tried.
    """
    import onnxruntime

    report = {
        "format": _FORMAT,
        "title": facts.title,
        "created": facts.created.isoformat(),
        "fewshot_gui": facts.version,
        "onnxruntime": onnxruntime.__version__,
        "checks": [_entry(check) for check in checks],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _entry(check: Check) -> dict[str, Any]:
    figures = asdict(check.result)
    return {"model": check.model, "fed_with": check.fed_with, "passed": check.result.passed, **figures}
