"""Folders that are watched beside the window."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QStorageInfo
from pytestqt.qtbot import QtBot

from fewshot_gui.imaging import arriving, watching
from fewshot_gui.imaging.watching import FolderWatch, Look
from fewshot_gui.project.records import PhotoRecord
from fewshot_gui.ui.folder_scanner import FoundPhoto
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.watching import folder_watcher, watched_folder
from fewshot_gui.ui.watching.folder_watcher import FolderWatcher
from fewshot_gui.ui.watching.watched_folder import is_on_this_computer

WHOLE = b"\xff\xd8\xff" + b"\0" * 60 + b"\xff\xd9"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test can."""
    monkeypatch.setattr(watching, "_EVERY", 0.05)
    monkeypatch.setattr(watching, "_ARRIVING_EVERY", 0.05)
    monkeypatch.setattr(arriving, "_QUIET", 0.1)
    monkeypatch.setattr(arriving, "_QUIET_COARSE", 0.1)


@pytest.fixture
def watcher(runner: TaskRunner) -> Iterator[FolderWatcher]:
    watcher = FolderWatcher(runner)
    yield watcher
    watcher.stop()


@pytest.fixture
def found(watcher: FolderWatcher) -> list[str]:
    """The names of what is found, in order."""
    names: list[str] = []

    def note(photos: list[FoundPhoto]) -> None:
        names.extend(photo.path.name for photo in photos)

    watcher.found.connect(note)
    return names


def _folder(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def test_photos_are_found_in_every_watched_folder_and_in_no_other(
    watcher: FolderWatcher, found: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    one, two = _folder(tmp_path, "one"), _folder(tmp_path, "two")
    (one / "known.jpg").write_bytes(WHOLE)
    watcher.watch([one, two], [PhotoRecord(1, str(one / "known.jpg"))])
    (one / "a.jpg").write_bytes(WHOLE)
    (two / "b.jpg").write_bytes(WHOLE)
    qtbot.waitUntil(lambda: {"a.jpg", "b.jpg"} <= set(found), timeout=20_000)
    watcher.watch([two])
    assert watcher.folders == (two,)
    (one / "late.jpg").write_bytes(WHOLE)
    (two / "c.jpg").write_bytes(WHOLE)
    qtbot.waitUntil(lambda: "c.jpg" in found, timeout=20_000)
    assert "late.jpg" not in found


def test_many_photos_come_in_batches(
    watcher: FolderWatcher, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_folder, "_BATCH", 10)
    sizes: list[int] = []
    watcher.found.connect(lambda photos: sizes.append(len(photos)))
    folder = _folder(tmp_path, "one")
    for number in range(35):
        (folder / f"{number}.jpg").write_bytes(WHOLE)
    watcher.watch([folder])
    qtbot.waitUntil(lambda: sum(sizes) == 35, timeout=20_000)
    assert max(sizes) <= 10


@pytest.mark.skipif(sys.platform != "linux", reason="how soon the system tells differs")
def test_the_system_tells_of_changes_sooner_than_looking_does(
    watcher: FolderWatcher, found: list[str], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_EVERY", "_EVERYTHING_EVERY"):
        monkeypatch.setattr(watching, name, 1e6)
    folder = _folder(tmp_path, "one")
    watcher.watch([folder])
    qtbot.waitUntil(lambda: bool(watcher._heard), timeout=20_000)
    (folder / "a.jpg").write_bytes(WHOLE)
    qtbot.waitUntil(lambda: found == ["a.jpg"], timeout=20_000)


def test_the_system_is_never_asked_for_many_folders(
    watcher: FolderWatcher, found: list[str], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_watcher, "_MOST_HEARD", 3)
    folder = _folder(tmp_path, "one")
    watcher.watch([folder])
    qtbot.waitUntil(lambda: bool(watcher._heard), timeout=20_000)
    for number in range(10):
        _folder(folder, str(number)).joinpath(f"{number}.jpg").write_bytes(WHOLE)
    qtbot.waitUntil(lambda: len(found) == 10, timeout=20_000)
    assert len(watcher._system.directories()) <= 3
    watcher.stop()
    assert watcher._system.directories() == []


def test_a_folder_that_hangs_holds_up_no_other(
    watcher: FolderWatcher, found: list[str], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, other = _folder(tmp_path, "hanging"), _folder(tmp_path, "other")
    gate, reached = threading.Event(), threading.Event()
    look = FolderWatch.look

    def hang(self: FolderWatch, *args: Any, **options: Any) -> Look:
        if self._root == str(hanging):
            reached.set()
            assert gate.wait(60)
        return look(self, *args, **options)

    monkeypatch.setattr(FolderWatch, "look", hang)
    try:
        watcher.watch([hanging, other])
        qtbot.waitUntil(reached.is_set, timeout=20_000)
        (other / "a.jpg").write_bytes(WHOLE)
        (hanging / "b.jpg").write_bytes(WHOLE)
        qtbot.waitUntil(lambda: found == ["a.jpg"], timeout=20_000)
    finally:
        gate.set()
    qtbot.waitUntil(lambda: "b.jpg" in found, timeout=20_000)


@pytest.mark.provokes_logs
def test_watching_goes_on_after_a_look_that_went_wrong(
    watcher: FolderWatcher, found: list[str], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_folder, "_AFTER_FAILURE", 0.05)
    folder = _folder(tmp_path, "one")
    look, wrong = FolderWatch.look, [1, 2]

    def fail(self: FolderWatch, *args: Any, **options: Any) -> Look:
        if wrong:
            wrong.pop()
            raise RuntimeError("nobody foresaw this")
        return look(self, *args, **options)

    monkeypatch.setattr(FolderWatch, "look", fail)
    (folder / "a.jpg").write_bytes(WHOLE)
    watcher.watch([folder])
    qtbot.waitUntil(lambda: found == ["a.jpg"], timeout=20_000)


def test_what_is_on_a_network_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_on_this_computer(tmp_path)
    for kind, device, here in (
        (b"ext4", b"/dev/sda1", True),
        (b"NTFS", b"\\\\?\\Volume{1}\\", True),
        (b"NTFS", b"\\\\server\\share", False),
        (b"cifs", b"//server/share", False),
        (b"nfs4", b"server:/share", False),
        (b"fuse.sshfs", b"me@server:", False),
    ):
        monkeypatch.setattr(QStorageInfo, "isValid", lambda _: True)
        monkeypatch.setattr(QStorageInfo, "fileSystemType", lambda _, kind=kind: QByteArray(kind))
        monkeypatch.setattr(QStorageInfo, "device", lambda _, device=device: QByteArray(device))
        assert is_on_this_computer(tmp_path) == here
