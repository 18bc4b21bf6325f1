"""The starting points at hand: those that ship, those a person added, and methods that start from them."""

from __future__ import annotations

import filecmp
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.folders import data_folder
from fewshot_gui.core.resources import resource
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.learners import learner, learner_specs
from fewshot_gui.learners.registry import DEEP
from fewshot_gui.learners.starting_point import StartingPoint
from fewshot_gui.learners.starting_point_file import SUFFIX, StartingPointHeader, read_header, read_starting_point

_FOLDER = "starting_points"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InstalledStartingPoint:
    """A starting point that can be chosen.

    Attributes:
        id: Its name in references such as ``maml:ID``.
        path: Its file.
        header: What it says of itself.
        is_shipped: Whether it came with the program; those cannot be removed.
    """

    id: str
    path: Path
    header: StartingPointHeader
    is_shipped: bool

    @property
    def method(self) -> str:
        """The learner that starts from it: its own method, or deep for the last blocks of an encoder."""
        return DEEP if self.header.network.kind == "tail" else self.header.method

    @property
    def reference(self) -> str:
        """What :func:`method_choice` takes, and a project keeps as its method."""
        return f"{self.method}:{self.id}"

    def fits(self, encoder_id: str) -> bool:
        """Whether it was trained on the embeddings, or the last blocks, of this encoder."""
        return encoder_id in {self.header.encoder, self.header.network.encoder}


@dataclass(frozen=True)
class StartingPoints:
    """What is installed.

    Attributes:
        installed: By title; those that ship first.
        problems: Files in these folders that cannot be used, each as a sentence.
    """

    installed: tuple[InstalledStartingPoint, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class MethodChoice:
    """A learner, by name, and what it starts from."""

    name: str
    starting_point: StartingPoint | None = None

    @property
    def on_embeddings(self) -> StartingPoint | None:
        """The starting point, unless it is for the last blocks of an encoder, which embeddings have passed already."""
        start = self.starting_point
        return None if start is not None and start.network.kind == "tail" else start

    @property
    def on_activations(self) -> StartingPoint | None:
        """The starting point if it is for the last blocks of an encoder."""
        start = self.starting_point
        return start if start is not None and start.network.kind == "tail" else None


def starting_points() -> StartingPoints:
    """The starting points that ship and those in the data folder; of each only the header is read."""
    installed: list[InstalledStartingPoint] = []
    problems: list[str] = []
    for folder, is_shipped in _folders():
        found = []
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                header = read_header(path)
                if not any(path.stem == other.id for other in installed):
                    found.append(InstalledStartingPoint(path.stem, path, header, is_shipped))
            except FewshotError as error:
                log.warning("%s is left out: %s", path, error)
                problems.append(str(error))
        installed += sorted(found, key=lambda point: point.header.title.casefold())
    return StartingPoints(tuple(installed), tuple(problems))


def install_starting_point(file: Path) -> InstalledStartingPoint:
    """Copy a file into the data folder, beside whatever is there.

    Returns:
        The installed copy; of a file that is there already, the one that is there.

    Raises:
        FewshotError: It is no starting point that can be used, or cannot be copied.
    """
    read_starting_point(file)
    known = starting_points().installed
    for point in known:
        if filecmp.cmp(point.path, file, shallow=False):
            return point
    target = _free_path(file.stem, {point.id for point in known})
    try:
        with whole_file(target) as draft:
            shutil.copyfile(file, draft)
    except OSError as error:
        raise FewshotError(f"“{file.name}” could not be copied to “{target.parent}” ({error.strerror}).") from error
    return InstalledStartingPoint(target.stem, target, read_header(target), is_shipped=False)


def remove_starting_point(point_id: str) -> None:
    """Delete a starting point that was added.

    Raises:
        FewshotError: There is none, it ships with the program, or it cannot be deleted.
    """
    point = _installed(point_id)
    if point.is_shipped:
        raise FewshotError(f"“{point.header.title}” came with the program and cannot be removed.")
    try:
        point.path.unlink()
    except OSError as error:
        raise FewshotError(f"“{point.path}” could not be removed ({error.strerror}).") from error


def method_choice(reference: str, encoder_id: str) -> MethodChoice:
    """The learner and the starting point that a reference means.

    Args:
        reference: A learner's name such as ``maml``, or with a starting point ``maml:ID`` or ``maml:FILE``; without
            the name, ``:ID`` is the learner that the starting point is for.
        encoder_id: The encoder whose embeddings it will see.

    Raises:
        FewshotError: There is no such learner or starting point, or they do not fit one another or the encoder.
    """
    name, colon, wanted = reference.partition(":")
    if not colon:
        learner(name)
        return MethodChoice(name)
    point = _of_file(Path(wanted)) if Path(wanted).suffix == SUFFIX else _installed(wanted)
    title = point.header.title
    if (name or point.method) != point.method:
        learner(name)
        raise FewshotError(f"The starting point “{title}” is for the method “{point.method}”, not for “{name}”.")
    if not any(spec.name == point.method and spec.takes_starting_point for spec in learner_specs()):
        raise FewshotError(f"The starting point “{title}” is for the method “{point.method}”, which does not use one.")
    if not point.fits(encoder_id):
        raise FewshotError(
            f"The starting point “{title}” was trained on the encoder “{point.header.encoder}”; choose that encoder, "
            f"or a starting point for “{encoder_id}”."
        )
    return MethodChoice(point.method, read_starting_point(point.path))


def _folders() -> Iterator[tuple[Path, bool]]:
    try:
        yield resource(_FOLDER), True
    except FileNotFoundError:  # none need ship
        log.debug("no starting points ship with this installation")
    yield data_folder() / _FOLDER, False


def _installed(point_id: str) -> InstalledStartingPoint:
    points = starting_points().installed
    for point in points:
        if point.id == point_id:
            return point
    names = ", ".join(point.id for point in points) or "none is installed"
    raise FewshotError(f"There is no starting point called “{point_id}” ({names}); add its file first.")


def _of_file(path: Path) -> InstalledStartingPoint:
    return InstalledStartingPoint(path.stem, path, read_header(path), is_shipped=False)


def _free_path(stem: str, taken: set[str]) -> Path:
    """A place in the data folder under a name that is safe everywhere and not taken."""
    folder = data_folder() / _FOLDER
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:80] or "starting-point"
    number = 1
    while True:
        name = plain if number == 1 else f"{plain}-{number}"
        if name not in taken and not (folder / f"{name}{SUFFIX}").exists():
            return folder / f"{name}{SUFFIX}"
        number += 1
