"""A new project that starts from an exported model (docs/decisions/0011-carried-examples.md).

A model of this program brings its examples as embeddings, so the project labels at once and learns from whatever the
person adds. A model of another tool brings names, and, of the photos to label, those that it is sure of as examples,
which the person is asked to look through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import EncoderError, FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import EncoderSpec, encoder_spec
from fewshot_gui.exporting import LabelledPhoto
from fewshot_gui.exporting.model.carried_examples import CarriedExamples
from fewshot_gui.exporting.model.reading import OpenedModel
from fewshot_gui.imaging import scan_photos
from fewshot_gui.project.carried_edits import add_carried_examples
from fewshot_gui.project.class_edits import LONGEST_NAME, add_class, name_key
from fewshot_gui.project.example_edits import add_examples
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.photo_edits import add_photos, add_source, file_size
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, PhotoFile
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING
from fewshot_gui.workflows.labelling_by_model import label_by_model

SURE = 0.9
"""The confidence from which a photo becomes an example."""
MOST_OF_A_CLASS = 10
"""Photos that become examples of one class: as many as few-shot learning has use for, and a person looks through."""
_MOST_CLASSES = 100
"""A model that tells more classes apart gives a project only those that it found among the photos."""
_BATCH = 1000


@dataclass(frozen=True)
class ProjectFromModel:
    """What was made.

    Attributes:
        path: The project file; it is closed.
        classes: How many classes it has.
        carried: How many examples without photos.
        examples: How many photos became examples.
        failures: Photos that could not be labelled.
        sentence: What the person should know and do next.
    """

    path: Path
    classes: int
    carried: int
    examples: int
    failures: tuple[PhotoError, ...]
    sentence: str


def project_from_model(
    model: OpenedModel, path: Path, progress: Progress, *, photos: Path | None = None
) -> ProjectFromModel:
    """Make a project with the classes of a model, and with examples where the model brings or finds them.

    Args:
        model: As :func:`~fewshot_gui.exporting.model.reading.open_model` gives it.
        path: The project file, which must not exist; its suffix is added where it is missing.
        progress: Hears of every photo that the model labels; may cancel.
        photos: The folder to label; the project has it as its source.

    Raises:
        FewshotError: The examples in the model are damaged, there are no photos, or the project cannot be made.
        Cancelled: The person cancelled; there is no project.
    """
    project = create_project(path, model.title)
    try:
        with project:
            return _fill(project, model, photos, progress)
    except BaseException:
        project.path.unlink(missing_ok=True)  # half a project would be taken for a whole one
        raise


def _fill(project: Project, model: OpenedModel, photos: Path | None, progress: Progress) -> ProjectFromModel:
    encoder = _encoder(model)
    carried = model.own.carried_examples() if model.own is not None and encoder is not None else None
    sure: tuple[_SurePhoto, ...] = ()
    failures: tuple[PhotoError, ...] = ()
    if carried is None and photos is not None:
        labelled = label_by_model(model, photos, progress)
        sure, failures = _sure_photos(labelled.labels.photos), labelled.failures
    classes = _add_classes(project, _wanted_classes(model, sure, carried))
    if carried is not None and encoder is not None:
        _carry(project, [classes[name] for name in model.class_names], carried, encoder)
    for name in dict.fromkeys(photo.name for photo in sure):
        add_examples(project, classes[name], [photo.file for photo in sure if photo.name == name])
    if photos is not None:
        _add_folder(project, photos, progress)
    counts = len(classes), len(project.carried_examples), len(project.examples)
    return ProjectFromModel(project.path, *counts, failures, _sentence(model, *counts))


@dataclass(frozen=True)
class _SurePhoto:
    """A photo that the model is sure of, with the name of its class there."""

    file: PhotoFile
    name: str


def _encoder(model: OpenedModel) -> EncoderSpec | None:
    """The encoder to which the model's examples speak; ``None`` if this program has it no more, or another version."""
    if model.own is None:
        return None
    try:
        spec = encoder_spec(model.own.encoder_id)
        spec = encoder_spec(spec.base) if spec.base else spec
    except EncoderError:
        return None
    return spec if (spec.preprocess, spec.dimension) == (model.own.preprocess, model.own.dimension) else None


def _sure_photos(labelled: Sequence[LabelledPhoto]) -> tuple[_SurePhoto, ...]:
    """The photos with the highest confidence of each class; of equal ones the first, and none twice."""
    by_class: dict[str, dict[str, LabelledPhoto]] = {}
    for photo in sorted(labelled, key=lambda photo: -(photo.row.confidence or 0.0)):
        chosen = by_class.setdefault(photo.row.label, {})
        if (photo.row.confidence or 0.0) >= SURE and len(chosen) < MOST_OF_A_CLASS:
            chosen.setdefault(photo.fingerprint, photo)
    return tuple(
        _SurePhoto(PhotoFile(str(photo.path), file_size(photo.path) or 0, photo.fingerprint), name)
        for name, chosen in by_class.items()
        for photo in chosen.values()
    )


def _wanted_classes(model: OpenedModel, sure: Sequence[_SurePhoto], carried: CarriedExamples | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(model.class_names))
    if carried is not None or len(names) <= _MOST_CLASSES:
        return names
    found = {photo.name for photo in sure}
    if not found:
        raise FewshotError(
            f"“{model.title}” tells {len(names)} classes apart, too many for a project; "
            "choose a folder of photos that it knows, and the project gets the classes found there."
        )
    return tuple(name for name in names if name in found)


def _add_classes(project: Project, names: Sequence[str]) -> dict[str, int]:
    """Class ids by the names that the model has for them."""
    return {
        name: int(add_class(project, fitting).keys(Kind.CLASSES)[0])
        for name, fitting in zip(names, _fitting(names), strict=True)
    }


def _fitting(names: Sequence[str]) -> Iterator[str]:
    """The names as a project can have them: not too long, and no two alike."""
    taken: set[str] = set()
    for name in names:
        fitting, number = name[:LONGEST_NAME], 1
        while name_key(fitting) in taken:
            number += 1
            fitting = f"{name[: LONGEST_NAME - len(f' {number}')]} {number}"
        taken.add(name_key(fitting))
        yield fitting


def _carry(project: Project, class_ids: Sequence[int], carried: CarriedExamples, encoder: EncoderSpec) -> None:
    set_setting(project, ENCODER_SETTING, encoder.id)
    of_class = [class_ids[index] for index in carried.classes]
    add_carried_examples(project, of_class, carried.embeddings, carried.groups.tolist(), encoder.id)


def _add_folder(project: Project, photos: Path, progress: Progress) -> None:
    add_source(project, photos)
    found = list(scan_photos(photos))
    for start in range(0, len(found), _BATCH):
        progress.check()
        add_photos(project, found[start : start + _BATCH])


def _sentence(model: OpenedModel, classes: int, carried: int, examples: int) -> str:
    if carried:
        return (
            f"“{model.title}” brings {carried} examples of {classes} classes without their photos; "
            "add photos of your own to teach it more."
        )
    if examples:
        return (
            f"“{model.title}” put {examples} photos that it is sure of ({SURE:.0%} or more) into {classes} classes; "
            "look through them and take out what is wrong, for everything is learned from them."
        )
    return f"“{model.title}” brings the names of {classes} classes but no examples; add a few photos to each."
