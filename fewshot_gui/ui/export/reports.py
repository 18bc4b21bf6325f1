"""What came of exports, in words; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fewshot_gui.exporting.folders import SortingOutcome, SortingPlan
from fewshot_gui.exporting.model.verification import Verification
from fewshot_gui.exporting.sidecars import SidecarReport
from fewshot_gui.exporting.tables import Written
from fewshot_gui.ui import wording
from fewshot_gui.ui.export.export_report import ExportReport
from fewshot_gui.workflows.exporting_model import ModelExport

_MOST_NAMED = 5
_FILES = {
    ".int8.onnx": "the small version",
    ".onnx": "the model",
    ".labels.txt": "the names of the classes",
    ".predict.py": "labels photos with it, in Python",
    ".card.md": "what it is, for those you give it to",
    ".verification.json": "the comparison, in figures",
    ".pytorch": "a folder for PyTorch",
    ".openvino.xml": "for OpenVINO",
    ".openvino.bin": "belongs to it",
    ".mlpackage": "for Apple's Core ML",
}
"""What the files of a model are, by their endings; longer ones come first."""
_VERSIONS = {
    ".int8.onnx": "The small version",
    ".onnx": "With photos in full size",
    ".openvino.xml": "For OpenVINO",
    ".pytorch": "For PyTorch",
}
"""What was compared after the model itself, by its ending."""
_NOT_COMPARED = "The version for Core ML runs on Apple's computers only, so it was not compared with this program."


def table_report(target: Path, written: Written) -> ExportReport:
    """Of a table."""
    sentence = f"“{target.name}” holds {wording.counted(written.photos, 'photo')} now."
    return ExportReport("The labels are exported", sentence, target.parent, notes=written.notes)


def keywords_report(folder: Path, report: SidecarReport, *, removed: bool) -> ExportReport:
    """Of keywords beside the photos, written or removed."""
    photos = wording.counted(len(report.written) + len(report.removed), "photo")
    done = f"Keywords were removed beside {photos}" if removed else f"Keywords were written beside {photos}"
    rest = f"; {wording.count(report.unchanged)} needed no change" if report.unchanged else ""
    notes = [f"“{each.sidecar.name}” was left as it is: {each.reason}." for each in report.left[:_MOST_NAMED]]
    notes += _and_more(len(report.left))
    if report.backups:
        files = wording.counted(len(report.backups), "file")
        notes.append(f"A copy (.bak) is kept of {files} that another program had written.")
    return ExportReport("Keywords", f"{done}{rest}.", folder, notes=tuple(notes))


def sorting_report(plan: SortingPlan, outcome: SortingOutcome) -> ExportReport:
    """Of copies in class folders."""
    failed = [f"“{path.name}” could not be copied: {reason}." for path, reason in outcome.failed[:_MOST_NAMED]]
    notes = (*outcome.notes, *failed, *_and_more(len(outcome.failed)))
    facts = (("Folder", str(plan.target)), ("List of all copies", outcome.log.name))
    return ExportReport("The photos are sorted", str(outcome), plan.target, facts, notes)


def model_report(export: ModelExport) -> ExportReport:
    """Of a model."""
    model, checked = export.files[0], export.verification
    sentence = (
        f"“{model.name}” labels photos without this program. Before it was saved, it labelled "
        f"{wording.counted(checked.photos, 'photo')} of yours, and the answers were compared with those here."
    )
    facts = [("Same label as here", _agreement(checked)), ("Confidence", _difference(checked))]
    for check in export.checks[1:]:
        same = f"same label for {_agreement(check.result)}, confidence {_difference(check.result)}"
        facts.append((_by_ending(check.model, _VERSIONS) or check.model, same))
    facts.append(("Files", "\n".join(map(_file, export.files))))
    has_core_ml = any(path.name.endswith(".mlpackage") for path in export.files)
    notes = (*_ties(checked), *((_NOT_COMPARED,) if has_core_ml else ()))
    return ExportReport("The model is exported", sentence, model.parent, tuple(facts), notes)


def _agreement(verification: Verification) -> str:
    photos = wording.counted(verification.photos, "photo")
    if verification.agreeing == verification.photos:
        return f"all {photos}" if verification.photos > 1 else photos
    return f"{wording.count(verification.agreeing)} of {photos} ({wording.percent(verification.agreement)})"


def _difference(verification: Verification) -> str:
    """The largest difference of a probability, as a person would say it."""
    per_cent = 100 * verification.largest_difference
    if per_cent < 0.05:
        return "the same"
    return f"at most {per_cent:.1f}{wording.NO_BREAK}% higher or lower"


def _ties(verification: Verification) -> tuple[str, ...]:
    if verification.agreeing == verification.photos or verification.clear_agreeing < verification.clear:
        return ()
    return ("Other labels come only where two classes are all but equally likely, so that rounding decides.",)


def _file(path: Path) -> str:
    what = _by_ending(path.name, _FILES)
    size = f", {wording.file_size(path.stat().st_size)}" if path.suffix == ".onnx" else ""
    return f"{path.name}: {what}{size}" if what else path.name


def _by_ending(name: str, words: Mapping[str, str]) -> str:
    return next((each for ending, each in words.items() if name.endswith(ending)), "")


def _and_more(number: int) -> list[str]:
    more = number - _MOST_NAMED
    return [f"And {wording.count(more)} more."] if more > 0 else []
