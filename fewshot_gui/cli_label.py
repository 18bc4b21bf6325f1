"""The command ``label``. Only the standard library and typer are imported before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewshot_gui.cli_support import (
    DEFAULT_ENCODER_ID,
    DONE,
    Device,
    EncoderId,
    OnDevice,
    Photos,
    Seed,
    encoder_source,
    progress_bar,
    report,
    require_writable,
    say,
    write_json,
)

if TYPE_CHECKING:
    from fewshot_gui.exporting import LabelSet
    from fewshot_gui.exporting.model.reading import OpenedModel
    from fewshot_gui.workflows.label_as_they_come import LabelledArrivals
    from fewshot_gui.workflows.label_folder import LabelledFolder
    from fewshot_gui.workflows.labelling_by_model import LabelledByModel


class PixelRange(StrEnum):
    """What brightness becomes before another tool's model sees it."""

    TO_255 = "0 to 255"
    TO_ONE = "0 to 1"
    AROUND_ZERO = "-1 to 1"
    IMAGENET = "ImageNet"


class Fit(StrEnum):
    """What happens to photos of other proportions."""

    CROP = "crop"
    PAD = "pad"
    STRETCH = "stretch"


_MODEL_HELP = "An exported model to label with instead of examples: an .onnx file of this program or another tool."
_LABELS_HELP = "With --model: the file with the names of its classes, if it does not say them itself."
_WATCH_HELP = (
    "Go on until Ctrl+C: photos that appear later are labelled as they finish writing, by the classifier made at the "
    "start, and added to the table (.csv). Rows stay as they were written; a photo that is overwritten gets another."
)
_POINT_HELP = "What a method has learned elsewhere: a file, or the name of an installed one."


def label(
    photos: Photos,
    out: Annotated[Path, typer.Option(help="The table to write: .csv, .xlsx or .json.", dir_okay=False)],
    examples: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A folder per class with its examples.")
    ] = None,
    method: Annotated[str, typer.Option(help="How to adapt; “auto” chooses by cross-validation.")] = "auto",
    starting_point: Annotated[str | None, typer.Option(help=_POINT_HELP)] = None,
    encoder: EncoderId = DEFAULT_ENCODER_ID,
    device: OnDevice = Device.AUTO,
    stats: Annotated[Path | None, typer.Option(help="Also write what the run cost, as JSON.", dir_okay=False)] = None,
    seed: Seed = 0,
    budget: Annotated[
        float, typer.Option(min=0, help="Seconds “auto” may spend on adapting the encoder itself, if that pays.")
    ] = 0,
    model: Annotated[Path | None, typer.Option(exists=True, help=_MODEL_HELP)] = None,
    labels: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=_LABELS_HELP)] = None,
    pixels: Annotated[PixelRange | None, typer.Option(help="With --model: the range of its pixels.")] = None,
    fit: Annotated[Fit | None, typer.Option(help="With --model: how photos are made to fit it.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help=_WATCH_HELP)] = False,
) -> int:
    """Label every photo of a folder and write a table."""
    if (examples is None) == (model is None):
        raise typer.BadParameter("give --examples or --model, one of the two", param_hint="--examples")
    if watch:
        _require_fit_to_watch(out, model, stats)
    require_writable(out, *([stats] if stats is not None else []))
    if starting_point is not None:  # which says by itself for which method it is
        method = f"{method if method != 'auto' else ''}:{starting_point}"
    result: LabelledFolder | LabelledByModel
    if model is not None:
        result = _label_by_model(model, labels, pixels, fit, photos)
    else:
        assert examples is not None
        with encoder_source(encoder, device) as source, progress_bar() as progress:
            if watch:
                from fewshot_gui.workflows.label_as_they_come import label_as_they_come

                arrivals = label_as_they_come(
                    examples, photos, source, progress, method=method, seed=seed, budget=budget
                )
                return _write_as_they_come(out, photos, arrivals)
            from fewshot_gui.workflows.label_folder import label_folder

            result = label_folder(examples, photos, source, progress, method=method, seed=seed, budget=budget)
        if budget:
            say(result.adapted.reason)
    _write(out, result.labels)
    if stats is not None:
        write_json(stats, asdict(result.stats))
    return report(result.failures, result.skipped)


def _require_fit_to_watch(out: Path, model: Path | None, stats: Path | None) -> None:
    for wanted, name in ((model, "--model"), (stats, "--stats")):
        if wanted is not None:
            raise typer.BadParameter(f"it does not go with {name}", param_hint="--watch")
    if out.suffix.lower() in {".xlsx", ".json"}:
        raise typer.BadParameter("with --watch the table must be a .csv", param_hint="--out")


def _write_as_they_come(out: Path, photos: Path, arrivals: Iterator[LabelledArrivals]) -> int:
    """The table with what is there, then row by row; Ctrl+C ends it."""
    from fewshot_gui.exporting.table import GrowingTable

    first = next(arrivals)
    with GrowingTable(out, first.rows) as table:
        try:
            report(first.failures, first.remarks)
            say(f"Rows in “{out}”: {len(first.rows):,}. Each new photo in “{photos}” adds one; Ctrl+C ends it.")
            for arrived in arrivals:
                for row in arrived.rows:
                    table.add(row)
                    if row.label:
                        say(f"{row.photo}: {row.label} ({row.confidence or 0:.0%})")
                report(arrived.failures, arrived.remarks)
        except KeyboardInterrupt:
            say(f"Watching ended; “{out}” is whole.")
    return DONE


def _label_by_model(
    path: Path, labels: Path | None, pixels: PixelRange | None, fit: Fit | None, photos: Path
) -> LabelledByModel:
    from fewshot_gui.exporting.model.reading import open_model
    from fewshot_gui.workflows.labelling_by_model import label_by_model

    model = _as_chosen(open_model(path, labels), pixels, fit)
    if model.own is None:
        say(model.sentence)
    with progress_bar() as progress:
        return label_by_model(model, photos, progress)


def _as_chosen(model: OpenedModel, pixels: PixelRange | None, fit: Fit | None) -> OpenedModel:
    """The model with its photos prepared as the person says; one of this program does that itself."""
    from fewshot_gui.exporting.model.reading import PIXELS

    if model.input is None:
        if pixels is not None or fit is not None:
            raise typer.BadParameter("this model prepares photos itself", param_hint="--pixels")
        return model
    wanted = model.input
    if pixels is not None:
        wanted = replace(wanted, pixels=PIXELS[pixels.value])
    if fit is not None:
        wanted = replace(wanted, fit=fit.value)
    return model if wanted == model.input else model.with_input(wanted)


def _write(out: Path, labels: LabelSet) -> None:
    """As CSV unless the name says otherwise."""
    from fewshot_gui.exporting import write_csv
    from fewshot_gui.exporting.tables import TABLE_SUFFIXES, write_table

    if out.suffix.lower() in TABLE_SUFFIXES:
        write_table(out, labels)
    else:
        write_csv(out, (photo.row for photo in labels.photos))
