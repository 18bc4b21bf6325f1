"""Writing the sample project's pictures and the list of right answers."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.workflows.sample.scan import leaf_scan, stranger_scan
from fewshot_gui.workflows.sample.species import SPECIES
from fewshot_gui.workflows.sample.strangers import STRANGERS

_log = logging.getLogger(__name__)

NO_CLASS = "None of these"
"""The label in ``answers.csv`` of a photo that shows none of the species."""

_ANSWERS = "answers.csv"
_HEADER = ("photo", "label")
_SOFTWARE = "fewshot-gui sample"
_QUALITY = 88
# Without a time zone, as EXIF has it.
_FIRST_SCAN = datetime(2023, 10, 9, 9, 4, 30)
_UNTIDY = {".ds_store", "thumbs.db", "desktop.ini"}

Draw = Callable[[np.random.Generator], NDArray[np.uint8]]


@dataclass(frozen=True)
class SampleFiles:
    """Where the sample project was written.

    Attributes:
        folder: The folder that holds everything else.
        examples: The example pictures of each species, by its name.
        photos: The pictures to be labelled, in the order in which they were scanned.
        answers: The CSV file (photo, label) with the right label of every photo.
    """

    folder: Path
    examples: dict[str, tuple[Path, ...]]
    photos: tuple[Path, ...]
    answers: Path


@dataclass(frozen=True)
class _Picture:
    """One picture to draw: its file, its label, the numbers that seed its generator, and when it was scanned."""

    path: Path
    label: str
    draw: Draw
    seeds: tuple[int, ...]
    taken: datetime


def write_sample(
    folder: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    examples_per_species: int = 6,
    photos_per_species: int = 11,
    strangers: int = len(STRANGERS),
) -> SampleFiles:
    """Draw the sample project, pressed leaves of five species on herbarium sheets, into ``folder``.

    Writes ``examples/SPECIES/*.jpg``, ``photos/*.jpg`` and ``answers.csv``. The same seed and counts give the same
    bytes with the same version of Pillow. A sample that is already there is written anew; other files are left alone.

    Args:
        folder: A new or empty folder, or one that already holds a sample.
        seed: Chooses another set of leaves, 0 or more.
        progress: Told after each picture; asked before each whether to go on.
        examples_per_species: How many examples each species gets.
        photos_per_species: How many photos to be labelled show each species.
        strangers: How many more show none of them.

    Raises:
        FewshotError: The folder holds other things, or cannot be written.
        Cancelled: The person cancelled; every file that exists is whole.
    """
    examples = list(_examples(folder, seed, examples_per_species))
    photos = _photos(folder, seed, photos_per_species, strangers)
    try:
        _write_all(folder, examples, photos, progress or Unwatched())
    except OSError as error:
        _log.exception("the sample project could not be written")
        reason = f"The sample project could not be written to “{folder}” ({error.strerror or error})"
        raise FewshotError(f"{reason}; choose another folder.") from error
    by_species = {
        species.name: tuple(picture.path for picture in examples if picture.label == species.name)
        for species in SPECIES
    }
    return SampleFiles(folder, by_species, tuple(picture.path for picture in photos), folder / _ANSWERS)


def _write_all(folder: Path, examples: list[_Picture], photos: list[_Picture], progress: Progress) -> None:
    pictures, answers = examples + photos, folder / _ANSWERS
    _require_own(folder, [picture.path for picture in pictures], answers)
    for done, picture in enumerate(pictures):
        progress.check()
        progress.report(done, len(pictures), "Drawing the sample leaves")
        _write_whole(picture.path, _jpeg(picture))
    _write_whole(answers, _answers(photos))
    progress.report(len(pictures), len(pictures))


def _examples(folder: Path, seed: int, each: int) -> Iterator[_Picture]:
    for number, species in enumerate(SPECIES):
        for index in range(each):
            path = folder / "examples" / species.name / f"{species.name.lower()}_{index + 1:02d}.jpg"
            taken = _FIRST_SCAN + timedelta(days=number, seconds=95 * index)
            yield _Picture(path, species.name, _drawing_of(number), (seed, 0, number, index), taken)


def _photos(folder: Path, seed: int, each: int, strangers: int) -> list[_Picture]:
    """The photos in a random order, numbered and timed as if scanned in two sittings a week after the examples."""
    kinds = [(number, index) for number in range(len(SPECIES)) for index in range(each)]
    kinds += [(len(SPECIES) + index % len(STRANGERS), index) for index in range(strangers)]
    rng = np.random.default_rng([seed, 2])
    taken = _FIRST_SCAN + timedelta(days=7)
    photos = []
    for place, kind in enumerate(rng.permutation(len(kinds))):
        number, index = kinds[kind]
        label = SPECIES[number].name if number < len(SPECIES) else NO_CLASS
        path = folder / "photos" / f"scan_{place + 1:04d}.jpg"
        pause = timedelta(hours=3) if place == len(kinds) // 2 else timedelta(0)
        taken += pause + timedelta(seconds=int(rng.integers(38, 150)))
        photos.append(_Picture(path, label, _drawing_of(number), (seed, 1, number, index), taken))
    return photos


def _drawing_of(number: int) -> Draw:
    if number < len(SPECIES):
        return lambda rng: leaf_scan(SPECIES[number], rng)
    return lambda rng: stranger_scan(STRANGERS[number - len(SPECIES)], rng)


def _jpeg(picture: _Picture) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = _SOFTWARE
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = picture.taken.strftime("%Y:%m:%d %H:%M:%S")
    buffer = io.BytesIO()
    image = Image.fromarray(picture.draw(np.random.default_rng(picture.seeds)))
    image.save(buffer, "JPEG", quality=_QUALITY, exif=exif)
    return buffer.getvalue()


def _answers(photos: list[_Picture]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows((photo.path.name, photo.label) for photo in photos)
    # The mark at the start tells spreadsheet programs that the file is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _write_whole(path: Path, content: bytes) -> None:
    with whole_file(path) as draft:
        draft.write_bytes(content)


def _require_own(folder: Path, pictures: list[Path], answers: Path) -> None:
    """Make sure that nothing but an earlier sample would be overwritten.

    Raises:
        FewshotError: ``folder`` holds other files only, or one of them has the name of a file to be written.
    """
    if folder.exists() and not folder.is_dir():
        raise FewshotError(f"“{folder}” is a file; choose a folder for the sample project.")
    present = [path for path in pictures if path.exists() or path.is_symlink()]
    foreign = [path for path in present if not _is_own_picture(path)]
    if answers.exists() and not _is_own_table(answers):
        foreign.append(answers)
    if foreign:
        raise FewshotError(
            f"“{foreign[0]}” is not part of the sample project and would be overwritten; choose an empty folder."
        )
    if not present and any(path.is_file() and not _is_litter(path) for path in folder.rglob("*")):
        raise FewshotError(f"The folder “{folder}” is not empty; choose an empty folder for the sample project.")


def _is_litter(path: Path) -> bool:
    """Whether the system left this file there, or an earlier sample that was broken off."""
    return path.name.lower() in _UNTIDY or path.suffix == ".part"


def _is_own_picture(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            return bool(image.getexif().get(ExifTags.Base.Software) == _SOFTWARE)
    except UnidentifiedImageError:
        return False


def _is_own_table(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.readline(64)
    return first.decode("utf-8-sig", errors="replace").strip() == ",".join(_HEADER)
