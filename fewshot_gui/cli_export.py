"""The command ``export``: labels as tables, folders and keywords, and the adapted model.

Only the standard library and typer are imported before it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewshot_gui.cli_support import (
    DEFAULT_ENCODER_ID,
    DONE_WITH_UNREADABLE,
    Device,
    EncoderId,
    OnDevice,
    Seed,
    embedding_sources,
    progress_bar,
    report,
    require_writable,
    say,
)
from fewshot_gui.core.errors import FewshotError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fewshot_gui.core.progress import Progress
    from fewshot_gui.exporting import LabelSet
    from fewshot_gui.exporting.folders import SortingOptions
    from fewshot_gui.workflows.embedding_source import EmbeddingSource
    from fewshot_gui.workflows.export_source import ExportSource
    from fewshot_gui.workflows.exporting_labels import SurveyDetails, TableKind


def _file(sentence: str) -> Any:
    return typer.Option(dir_okay=False, help=sentence)


def _folder(sentence: str, *, exists: bool = False) -> Any:
    return typer.Option(file_okay=False, exists=exists, help=sentence)


ProjectFile = Annotated[
    Path | None, typer.Argument(exists=True, dir_okay=False, help="A project file; or use --examples.")
]
Examples = Annotated[Path | None, _folder("A folder per class with its examples.", exists=True)]
Photos = Annotated[Path | None, _folder("With --examples: the photos to label.", exists=True)]
Table = Annotated[Path | None, _file("A table: .csv, .xlsx or .json.")]
Camtrap = Annotated[Path | None, typer.Option(help="A Camtrap DP package: a new folder or a .zip file.")]
Contributor = Annotated[str, typer.Option(help="Who made the Camtrap DP package.")]
Position = Annotated[
    str, typer.Option(help="Where the cameras stood, as LATITUDE,LONGITUDE, if the photos do not tell.")
]
NamesTable = Annotated[
    Path | None, _file("Of classes that are called otherwise: a CSV table with a class and its scientific name a line.")
]
DarwinCore = Annotated[Path | None, _file("Darwin Core occurrences, as CSV.")]
Coco = Annotated[Path | None, _file("Annotations as COCO has them, as JSON.")]
ImageFolder = Annotated[Path | None, _folder("Write metadata.csv into this folder of photos, for “datasets”.")]
ClassFolders = Annotated[Path | None, _folder("Copy every photo here, into a folder per class.")]
Pattern = Annotated[str, typer.Option(help="How the copies are called.")]
HardLinks = Annotated[bool, typer.Option("--hard-links", help="Link instead of copying.")]
UnsureBelow = Annotated[
    float, typer.Option(min=0, max=1, help="Copies with less confidence go to the folder “Unsure”.")
]
Keywords = Annotated[bool, typer.Option("--keywords", help="Write the label into each copy as a keyword.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be copied.")]
Sidecars = Annotated[bool, typer.Option("--sidecars", help="Write the labels into .xmp files beside the photos.")]
Model = Annotated[
    Path | None,
    _file("The adapted model as one ONNX file, with its class names, a script that runs it and a description."),
]
Int8 = Annotated[bool, typer.Option("--int8", help="Also the model in 8 bits.")]
Method = Annotated[str, typer.Option(help="With --examples: how to adapt.")]


def export(
    project: ProjectFile = None,
    examples: Examples = None,
    photos: Photos = None,
    table: Table = None,
    camtrap: Camtrap = None,
    contributor: Contributor = "",
    position: Position = "",
    scientific_names: NamesTable = None,
    darwin_core: DarwinCore = None,
    coco: Coco = None,
    image_folder: ImageFolder = None,
    folders: ClassFolders = None,
    pattern: Pattern = "{label}/{name}",
    hard_links: HardLinks = False,
    unsure_below: UnsureBelow = 0,
    keywords: Keywords = False,
    dry_run: DryRun = False,
    sidecars: Sidecars = False,
    model: Model = None,
    int8: Int8 = False,
    method: Method = "auto",
    encoder: EncoderId = DEFAULT_ENCODER_ID,
    device: OnDevice = Device.AUTO,
    seed: Seed = 0,
) -> int:
    """Export a project, or what folders of examples make of a folder of photos."""
    from fewshot_gui.exporting.folders import SortingOptions

    if (project is None) == (examples is None):
        raise typer.BadParameter("give a project file or --examples, one of the two", param_hint="PROJECT")
    tables = _tables(table, camtrap, darwin_core, coco, image_folder)
    if not (tables or folders or sidecars or model):
        raise typer.BadParameter("say what to export: --table, --folders, --model, …", param_hint="PROJECT")
    _require_places(folders, examples, (table, darwin_core, coco, model))
    details = _survey_details(contributor, position, scientific_names)
    origin = _Origin(project, examples, photos, method, encoder, seed)
    with progress_bar() as progress, embedding_sources(device) as source_of:
        source = origin.labelled(source_of, progress)
        for kind, target in tables.items():
            _write_table(kind, target, source.require_labels(), details, progress)
        undone = 0
        if folders is not None:
            options = SortingOptions(pattern, unsure_below, hard_links=hard_links, metadata=keywords)
            undone += _sort(source.require_labels(), folders, options, progress, dry_run=dry_run)
        if sidecars:
            undone += _write_sidecars(source.require_labels(), progress)
        if model is not None:
            _write_model(source, model, int8, progress)
    code = report(source.failures, source.skipped)
    return DONE_WITH_UNREADABLE if undone else code


def _require_places(folders: Path | None, examples: Path | None, files: tuple[Path | None, ...]) -> None:
    """Find out before long work that what is asked for can go where it is asked for."""
    from fewshot_gui.exporting.folders import require_outside_examples

    if folders is not None and examples is not None:
        require_outside_examples(folders, examples)
    require_writable(*(path for path in files if path is not None))


@dataclass(frozen=True)
class _Origin:
    """What is exported: a project, or what examples make of photos."""

    project: Path | None
    examples: Path | None
    photos: Path | None
    method: str
    encoder: str
    seed: int

    def labelled(self, source_of: Callable[[str], EmbeddingSource], progress: Progress) -> ExportSource:
        """Adapt and label."""
        from fewshot_gui.workflows.export_source import folder_source, project_source

        if self.examples is None:
            assert self.project is not None
            return project_source(self.project, source_of, progress)
        source = source_of(self.encoder)
        return folder_source(self.examples, self.photos, source, progress, method=self.method, seed=self.seed)


def _tables(
    table: Path | None, camtrap: Path | None, darwin_core: Path | None, coco: Path | None, image_folder: Path | None
) -> dict[TableKind, Path]:
    from fewshot_gui.exporting.tables import require_table_suffix
    from fewshot_gui.workflows.exporting_labels import TableKind

    if table is not None:
        require_table_suffix(table)
    targets = {
        TableKind(table.suffix.lower()[1:]) if table is not None else TableKind.CSV: table,
        TableKind.CAMTRAP: camtrap,
        TableKind.DARWIN_CORE: darwin_core,
        TableKind.COCO: coco,
        TableKind.IMAGE_FOLDER: image_folder,
    }
    return {kind: target for kind, target in targets.items() if target is not None}


def _survey_details(contributor: str, position: str, names_table: Path | None) -> SurveyDetails:
    from fewshot_gui.exporting.tables import CamtrapDetails, DarwinCoreDetails
    from fewshot_gui.workflows.exporting_labels import SurveyDetails

    names = _scientific_names(names_table) if names_table is not None else {}
    return SurveyDetails(
        camtrap=CamtrapDetails(contributor, position=_position(position), scientific_names=names),
        darwin_core=DarwinCoreDetails(scientific_names=names),
    )


def _scientific_names(path: Path) -> dict[str, str]:
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FewshotError(f"“{path}” could not be read as a CSV table; save it as CSV in UTF-8.") from error
    if any(len(row) != 2 or not all(row) for row in rows):
        raise FewshotError(f"Every line of “{path}” must hold a class and its scientific name, with a comma between.")
    return dict(rows)


def _position(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        raise typer.BadParameter(
            "give latitude and longitude in degrees, such as 48.21,16.37", param_hint="--position"
        ) from None
    return latitude, longitude


def _write_table(kind: TableKind, target: Path, labels: LabelSet, details: SurveyDetails, progress: Progress) -> None:
    from fewshot_gui.workflows.exporting_labels import export_table

    written = export_table(kind, target, labels, progress, details=details)
    say(f"“{target}” now holds {written.photos:,} photos.")
    for note in written.notes:
        say(note)


def _sort(labels: LabelSet, target: Path, options: SortingOptions, progress: Progress, *, dry_run: bool) -> int:
    """Sort, or say what would be done; returns the number of photos that could not be copied."""
    from fewshot_gui.exporting.folders import carry_out, plan_sorting

    plan = plan_sorting(labels, target, progress, options=options)
    for sentence in plan.notes:
        say(sentence)
    if dry_run:
        for copy in plan.copies:
            where = copy.target if copy.target is not None else copy.reason
            print(f"{copy.step}\t{copy.photo.path}\t{where}")  # noqa: T201 - the result
        say(str(plan))
        return 0
    outcome = carry_out(plan, progress)
    say(str(outcome))
    return len(outcome.failed)


def _write_sidecars(labels: LabelSet, progress: Progress) -> int:
    """Write sidecars; returns the number of those that could not be changed."""
    from fewshot_gui.exporting.sidecars import write_sidecars

    written = write_sidecars(labels, progress)
    for left in written.left:
        say(f"“{left.sidecar}” was left as it is: {left.reason}.")
    say(str(written))
    return len(written.left)


def _write_model(source: ExportSource, target: Path, int8: bool, progress: Progress) -> None:
    from fewshot_gui.workflows.exporting_model import ExportOptions, export_model

    written = export_model(source.model(), source.source, target, ExportOptions(int8=int8), progress)
    seen = written.verification
    say(
        f"“{target.name}” and the program give {seen.agreeing} of {seen.photos} photos the same label; "
        f"no probability differs by more than {seen.largest_difference:.4f}."
    )
    for path in written.files:
        print(path)  # noqa: T201 - the result
