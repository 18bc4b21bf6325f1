"""Photos to be labelled and the folders they come from.

Adding is no step of Undo: a scan adds thousands while the person works on. It is taken back by removing, which is a
step of Undo, because decisions go with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from fewshot_gui.project.edits import Change, Edit, added, removed, updated
from fewshot_gui.project.paths import absolute, file_key, is_below
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, PhotoRecord, SourceRecord


def add_source(project: Project, folder: Path) -> Edit:
    """Remember a folder whose photos are labelled. A folder that is there already is not added again.

    Raises:
        ProjectFileError: The project could not be written.
    """
    file = absolute(folder)
    known = {file_key(source.file) for source in project.sources.values()}
    changes = () if file_key(file) in known else (added(SourceRecord(project.new_id(Kind.SOURCES), file)),)
    return project.record(Edit("add folder “{name}”", {"name": folder.name}, changes))


def add_photos(project: Project, paths: Iterable[str | Path], *, at_once: bool = True) -> Edit:
    """Add photos in the order given. Those that are there already are skipped, so a folder can be scanned again.

    Args:
        project: The open project.
        paths: A batch of a scan. Batches of some hundred keep the window responsive.
        at_once: Whether they are in the file when this returns; see :meth:`Project.record`.

    Returns:
        The edit; ``edit.keys(Kind.PHOTOS)`` are the new ids.

    Raises:
        ProjectFileError: The project could not be written; none of the batch was added.
    """
    new: dict[str, Change] = {}
    files = [absolute(path) for path in paths]
    for file, known in zip(files, project.photo_ids_at(files), strict=True):
        key = file_key(file)
        if key not in new and known is None:
            new[key] = added(PhotoRecord(project.new_id(Kind.PHOTOS), file))
    return project.record(Edit("add {count} photos", {"count": len(new)}, tuple(new.values())), at_once=at_once)


def remove_photos(project: Project, photo_ids: Collection[int]) -> Edit:
    """Take photos, and the decisions on them, out of the project; the files stay where they are.

    Raises:
        KeyError: There is no such photo.
        ProjectFileError: The project could not be written.
    """
    changes = _removals(project, dict.fromkeys(photo_ids))
    return project.do(Edit("remove {count} photos", {"count": len(set(photo_ids))}, changes))


def remove_source(project: Project, source_id: int) -> Edit:
    """Take a folder, its photos and the decisions on them out of the project; the files stay where they are.

    Photos that are also below another folder of the project stay.

    Raises:
        KeyError: There is no such folder.
        ProjectFileError: The project could not be written.
    """
    source = project.sources[source_id]
    others = [other.file for other in project.sources.values() if other.id != source_id]
    photo_ids = [
        photo.id
        for photo in project.photos.values()
        if is_below(photo.file, source.file) and not any(is_below(photo.file, other) for other in others)
    ]
    changes = (removed(source), *_removals(project, photo_ids))
    return project.do(Edit("remove folder “{name}”", {"name": source.path.name}, changes))


def set_fingerprints(
    project: Project,
    fingerprints: Mapping[int, str],
    sizes: Mapping[int, int | None] | None = None,
    *,
    at_once: bool = True,
) -> Edit:
    """Keep what photos contain, as it becomes known, so that they can be found again when they move.

    No step of Undo, and it makes no running work stale. Photos that are gone from the project are skipped.

    Args:
        project: The open project.
        fingerprints: By id of the photo.
        sizes: Of the files in bytes, by id of the photo, where they are known; the others are looked up.
        at_once: Whether they are in the file when this returns; see :meth:`Project.record`.

    Raises:
        ProjectFileError: The project could not be written.
    """
    changes: list[Change] = []
    for photo_id, fingerprint in fingerprints.items():
        photo = project.photos.get(photo_id)
        if photo is not None and photo.fingerprint != fingerprint:
            size = sizes[photo_id] if sizes is not None and photo_id in sizes else file_size(photo.path)
            changes.append(updated(photo, replace(photo, size=size, fingerprint=fingerprint)))
    edit = Edit("recognise {count} photos", {"count": len(changes)}, tuple(changes))
    return project.record(edit, revise=False, at_once=at_once)


def _removals(project: Project, photo_ids: Iterable[int]) -> tuple[Change, ...]:
    changes: list[Change] = []
    for photo_id in photo_ids:
        changes.append(removed(project.photos[photo_id]))
        if photo_id in project.decisions:
            changes.append(removed(project.decisions[photo_id]))
    return tuple(changes)


def file_size(path: Path) -> int | None:
    """The size of a file in bytes; ``None`` where it is gone, and then is found again by name and content alone."""
    try:
        return path.stat().st_size
    except OSError:
        return None
