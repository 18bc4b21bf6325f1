"""Finding photos again that were moved or renamed outside the program.

Looking for them reads folders and may take minutes: :func:`find_missing` and :func:`find_moved` touch no project and
are fit for a worker. :func:`relink` then writes what they found, as one edit.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.imaging import fingerprint
from fewshot_gui.project.edits import Change, Edit, removed, updated
from fewshot_gui.project.paths import absolute, file_key, is_below
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import ExampleRecord, PhotoRecord, SourceRecord

_LONGEST_TAIL = 8
_SHORTEST_TAIL_WITHOUT_SIZE = 2  # cameras give the same names again: a name alone proves nothing


@dataclass(frozen=True)
class Moves:
    """Where missing files are now.

    Attributes:
        found: New absolute path by old one.
        still_missing: Files that were not found.
    """

    found: Mapping[str, str]
    still_missing: tuple[str, ...]


def find_missing(
    records: Iterable[PhotoRecord | ExampleRecord], progress: Progress | None = None
) -> list[PhotoRecord | ExampleRecord]:
    """The records whose file is not there. Each folder is listed once, which is fast on network drives too.

    Raises:
        Cancelled: The person cancelled.
    """
    progress = progress or Unwatched()
    by_folder: dict[str, list[PhotoRecord | ExampleRecord]] = defaultdict(list)
    for record in records:
        by_folder[os.path.dirname(record.file)].append(record)  # noqa: PTH120 - 100,000 of them
    missing: list[PhotoRecord | ExampleRecord] = []
    for done, (folder, there) in enumerate(by_folder.items(), start=1):
        progress.check()
        try:
            names = set(os.listdir(folder))  # noqa: PTH208 - names, not paths
        except OSError:
            names = set()
        # A name may differ from the listing in case or accents and still be the same file.
        missing += [one for one in there if _name(one.file) not in names and not one.path.exists()]
        progress.report(done, len(by_folder))
    return missing


def find_moved(missing: Iterable[PhotoRecord | ExampleRecord], folder: Path, progress: Progress | None = None) -> Moves:
    """Look for missing files in a folder and the folders in it.

    A file is found by the end of its path together with its size, if no other file and no other missing photo shares
    them; longer ends first, so a moved tree is recognised without reading a photo. What is left is found by content.

    Raises:
        Cancelled: The person cancelled.
    """
    progress = progress or Unwatched()
    wanted = {record.file: record for record in missing}
    sizes = {file: size for file, size in _files(Path(absolute(folder)), progress) if file not in wanted}
    found: dict[str, str] = {}
    for length in range(_LONGEST_TAIL, 0, -1):
        found |= _same_tail(wanted, sizes, found, length)
    found |= _same_content(wanted, sizes, found, progress)
    return Moves(found, tuple(file for file in wanted if file not in found))


def relink(project: Project, moves: Mapping[str, str]) -> Edit:
    """Point photos, examples and folders of the project to where their files are now.

    If a new place is a photo of the project already, the two become one photo with the ids and the decision of the
    old one, or with the newer decision if a person decided on both.

    Args:
        project: The open project.
        moves: New absolute path by old one, as in :attr:`Moves.found`.

    Raises:
        ProjectFileError: The project could not be written.
    """
    changes: list[Change] = []
    for old, new in moves.items():
        photo_id = project.photo_id(old)
        if photo_id is not None:
            changes += _move_photo(project, project.photos[photo_id], new)
    taken = {file_key(example.file) for example in project.examples.values()}
    changes += [
        updated(example, replace(example, file=moves[example.file]))
        for example in project.examples.values()
        if example.file in moves and file_key(moves[example.file]) not in taken
    ]
    changes += _move_sources(project, moves)
    return project.do(Edit("find {count} moved photos", {"count": len(moves)}, tuple(changes)))


def _name(file: str) -> str:
    return os.path.basename(file)  # noqa: PTH119 - 100,000 of them


def _files(folder: Path, progress: Progress) -> Iterator[tuple[str, int]]:
    done = 0
    for parent, _, names in os.walk(folder):
        progress.check()
        for name in names:
            file = os.path.join(parent, name)  # noqa: PTH118 - 100,000 of them
            try:
                yield file, os.stat(file).st_size  # noqa: PTH116 - 100,000 of them
            except OSError:
                continue  # a broken link, or gone since the listing
        done += len(names)
        progress.report(done, None, "Looking through the folder")


def _same_tail(
    wanted: Mapping[str, PhotoRecord | ExampleRecord], sizes: Mapping[str, int], found: Mapping[str, str], length: int
) -> dict[str, str]:
    """Pairs of files whose last ``length`` parts agree with nothing else, and whose sizes do not differ."""
    claimed = set(found.values())
    old = {file: _tail(file, length) for file in wanted if file not in found}
    new = {file: _tail(file, length) for file in sizes if file not in claimed}
    wanted_tails = set(old.values())
    with_size = Counter((tail, sizes[file]) for file, tail in new.items() if tail in wanted_tails)
    old_with_size = Counter((tail, wanted[file].size) for file, tail in old.items())
    tail_count, old_tail_count = Counter(new.values()), Counter(old.values())
    by_both = {(tail, sizes[file]): file for file, tail in new.items() if tail in wanted_tails}
    by_tail = {tail: file for file, tail in new.items() if tail in wanted_tails}
    pairs: dict[str, str] = {}
    for file, tail in old.items():
        size = wanted[file].size
        if size is not None and with_size[tail, size] == 1 and old_with_size[tail, size] == 1:
            pairs[file] = by_both[tail, size]
        elif size is None and length >= _SHORTEST_TAIL_WITHOUT_SIZE and tail_count[tail] == old_tail_count[tail] == 1:
            pairs[file] = by_tail[tail]
    return pairs


def _tail(file: str, length: int) -> tuple[str, ...]:
    return tuple(file_key(file).rsplit(os.sep, length)[1:])


def _same_content(
    wanted: Mapping[str, PhotoRecord | ExampleRecord],
    sizes: Mapping[str, int],
    found: Mapping[str, str],
    progress: Progress,
) -> dict[str, str]:
    by_content = {record.fingerprint: file for file, record in wanted.items() if file not in found}
    by_content.pop(None, None)
    wanted_sizes = {record.size for record in wanted.values()}
    claimed = set(found.values())
    candidates = [
        file for file, size in sizes.items() if file not in claimed and (size in wanted_sizes or None in wanted_sizes)
    ]
    pairs: dict[str, str] = {}
    for done, file in enumerate(candidates):
        if not by_content:
            break
        progress.check()
        progress.report(done, len(candidates), "Comparing photos")
        try:
            old = by_content.pop(fingerprint(Path(file)), None)
        except (OSError, PhotoError):
            continue  # what cannot be read cannot be the photo
        if old is not None:
            pairs[old] = file
    return pairs


def _move_photo(project: Project, photo: PhotoRecord, new: str) -> list[Change]:
    changes = [updated(photo, replace(photo, file=new))]
    other_id = project.photo_id(new)
    if other_id is None or other_id == photo.id:
        return changes
    changes.append(removed(project.photos[other_id]))
    own, other = project.decisions.get(photo.id), project.decisions.get(other_id)
    if other is not None:
        changes.append(removed(other))
        if own is None or own.decided_at < other.decided_at:
            newer = replace(other, photo_id=photo.id)
            changes.append(Change(newer.kind, newer.key, own, newer))
    return changes


def _move_sources(project: Project, moves: Mapping[str, str]) -> list[Change]:
    """Folders that are gone, and whose found photos all say that they are in the same new place."""
    changes: list[Change] = []
    known = {file_key(source.file) for source in project.sources.values()}
    for source in project.sources.values():
        if source.path.is_dir():
            continue
        places = {_new_root(source, old, new) for old, new in moves.items() if is_below(old, source.file)}
        place = places.pop() if len(places) == 1 else None
        if place is not None and file_key(place) not in known:
            changes.append(updated(source, replace(source, file=place)))
    return changes


def _new_root(source: SourceRecord, old: str, new: str) -> str | None:
    inner = old[len(source.file) :]
    return new.removesuffix(inner) if new.endswith(inner) else None
