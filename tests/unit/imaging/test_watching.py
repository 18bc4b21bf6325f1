"""Photos that appear in a folder are handed over once, when they are finished."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.imaging import watching
from fewshot_gui.imaging.arriving import Condition, condition_of
from fewshot_gui.imaging.watching import FolderWatch, Look, known_photos

WHOLE = b"\xff\xd8\xff" + b"\0" * 60 + b"\xff\xd9"
"""Begins and ends as a JPEG does."""
CUT_OFF = WHOLE[:-2]
LONG_AGO = 1_600_000_000


class Watching:
    """A folder under watch, with clocks that go when they are told to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = 0.0
        self.wall = float(LONG_AGO + 10**6)
        self.locked: set[str] = set()
        self.cost_of_a_folder = 0.0
        self.watch = self.begin()

    def begin(self, known: tuple[str, ...] = ()) -> FolderWatch:
        self.watch = FolderWatch(
            self.root,
            known_photos(known),
            clock=lambda: self.now,
            wall_clock=lambda: self.wall,
            condition=lambda path: Condition.LOCKED if path in self.locked else condition_of(path),
        )
        return self.watch

    def write(self, name: str, content: bytes = WHOLE, *, age: float = 0.5) -> Path:
        """Write a file that was last changed ``age`` seconds ago."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(int((self.wall - age) * 1e9) + 1, int((self.wall - age) * 1e9) + 1))
        return path

    def look(self, *, hinted: bool = False) -> Look:
        return self.watch.look(Unwatched(), hinted=hinted)

    def names(self, seconds: float, step: float = 0.5) -> list[str]:
        """What is handed over in the next seconds, if one looks as often as that is worthwhile."""
        found = []
        until = self.now + seconds
        while self.now < until:
            look = self.look()
            found += [Path(photo.path).relative_to(self.root).as_posix() for photo in look.finished]
            self.pass_time(max(step, look.next_in))
        return found

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds


@pytest.fixture
def watching_(tmp_path: Path) -> Watching:
    root = tmp_path / "card"
    root.mkdir()
    return Watching(root)


def test_what_is_there_is_handed_over_at_once_unless_it_is_known(watching_: Watching) -> None:
    for name in ("IMG_10.jpg", "IMG_2.jpg", "deep/er/b.png", "known.jpg"):
        watching_.write(name, age=3600)
    watching_.write("notes.txt", age=3600)
    watching_.write(".hidden.jpg", age=3600)
    watching_.begin((str(watching_.root / "known.jpg"),))
    found = watching_.look().finished
    assert [Path(photo.path).relative_to(watching_.root).as_posix() for photo in found] == [
        "IMG_2.jpg",
        "IMG_10.jpg",
        "deep/er/b.png",
    ]
    assert found[0].time == pytest.approx(watching_.wall - 3600)
    assert watching_.names(120) == []


def test_a_photo_that_is_being_written_when_watching_begins_is_waited_for_though_it_is_known(
    watching_: Watching,
) -> None:
    watching_.write("half.jpg", CUT_OFF, age=0.2)
    watching_.begin((str(watching_.root / "half.jpg"),))
    assert (watching_.look().finished, watching_.look().unfinished) == ((), 1)
    watching_.pass_time(2)
    watching_.write("half.jpg", age=0.0)
    assert watching_.names(5) == ["half.jpg"]


def test_a_new_photo_is_handed_over_once_when_it_has_been_quiet(watching_: Watching) -> None:
    watching_.look()
    watching_.pass_time(2)
    watching_.write("a.jpg")
    first = watching_.look()
    assert (first.finished, first.unfinished) == ((), 1)
    watching_.pass_time(0.9)
    assert watching_.look().finished == ()
    watching_.pass_time(first.next_in)
    assert [Path(photo.path).name for photo in watching_.look().finished] == ["a.jpg"]
    assert watching_.names(120) == []


def test_a_slow_writer_is_waited_for(watching_: Watching) -> None:
    watching_.look()
    content = b""
    for part in range(8):
        content += WHOLE[part * 8 : part * 8 + 8]
        watching_.write("slow.jpg", content, age=0.0)
        assert watching_.names(2) == []
    watching_.write("slow.jpg", WHOLE, age=0.0)
    assert watching_.names(5) == ["slow.jpg"]


def test_times_in_whole_seconds_take_longer_to_trust(watching_: Watching) -> None:
    watching_.look()
    watching_.pass_time(2)
    path = watching_.write("fat.jpg")
    os.utime(path, (LONG_AGO, LONG_AGO))
    watching_.look()
    watching_.pass_time(1.5)
    assert watching_.look().finished == ()
    watching_.pass_time(1.5)
    assert len(watching_.look().finished) == 1


@pytest.mark.parametrize(
    ("name", "content", "patience"),
    [
        ("cut.jpg", CUT_OFF, 10),
        ("reserved.jpg", WHOLE[:20] + b"\0" * 100, 10),
        ("cut.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, 10),
        ("empty.jpg", b"", 60),
        ("locked.jpg", WHOLE, 60),
    ],
)
def test_what_never_becomes_whole_is_handed_over_in_the_end(
    watching_: Watching, name: str, content: bytes, patience: float
) -> None:
    watching_.look()
    watching_.pass_time(2)
    path = watching_.write(name, content)
    if name == "locked.jpg":
        watching_.locked.add(str(path))
    assert watching_.names(patience - 2) == []
    assert watching_.names(6) == [name]
    watching_.locked.clear()
    watching_.pass_time(1)
    watching_.write(name, WHOLE + WHOLE)
    assert watching_.names(40) == [name], "it was finished after all"


def test_a_name_that_is_used_for_a_while_only_is_no_photo(watching_: Watching) -> None:
    watching_.look()
    watching_.pass_time(2)
    path = watching_.write("tmp123.jpg")
    watching_.write("IMG.jpg.part")
    assert watching_.look().unfinished == 1
    path.rename(watching_.root / "IMG_1.jpg")
    (watching_.root / "IMG.jpg.part").rename(watching_.root / "IMG_2.jpg")
    watching_.pass_time(2)
    assert watching_.names(6) == ["IMG_1.jpg", "IMG_2.jpg"]


def test_an_overwritten_photo_is_handed_over_again(watching_: Watching) -> None:
    watching_.write("a.jpg", age=3600)
    watching_.write("b.jpg", age=3600)
    watching_.look()
    watching_.pass_time(5)
    watching_.write("a.jpg", WHOLE + WHOLE)
    assert watching_.names(40) == ["a.jpg"]


def test_a_photo_with_the_name_of_a_deleted_one_is_new_and_a_card_put_back_brings_nothing(
    watching_: Watching,
) -> None:
    path = watching_.write("a.jpg", age=3600)
    watching_.look()
    aside = path.rename(watching_.root.parent / "aside.jpg")
    watching_.pass_time(5)
    assert watching_.names(5) == []
    aside.rename(path)
    assert watching_.names(60) == []
    path.unlink()
    watching_.pass_time(5)
    watching_.look()
    watching_.write("a.jpg", WHOLE + WHOLE)
    assert watching_.names(8) == ["a.jpg"], "sooner than overwritten photos are noticed"


def test_a_folder_that_vanishes_is_told_and_watched_again_when_it_is_back(watching_: Watching) -> None:
    watching_.write("a.jpg", age=3600)
    watching_.write("b.jpg", age=3600)
    watching_.look()
    aside = watching_.root.rename(watching_.root.parent / "aside")
    watching_.pass_time(3)
    assert watching_.look().gone
    watching_.pass_time(60)
    look = watching_.look()
    assert look.gone
    assert 0 < look.next_in <= 2
    aside.rename(watching_.root)
    watching_.write("a.jpg", WHOLE + WHOLE)
    watching_.write("c.jpg")
    watching_.pass_time(2)
    assert not watching_.look().gone
    assert sorted(watching_.names(6)) == ["a.jpg", "c.jpg"]


def test_a_folder_that_is_not_there_yet_is_waited_for(watching_: Watching) -> None:
    watching_.root.rmdir()
    watching_.begin()
    assert watching_.look().gone
    watching_.write("a.jpg", age=3600)
    assert watching_.names(5) == ["a.jpg"]


def test_new_folders_are_found_also_behind_links_and_in_circles(watching_: Watching) -> None:
    watching_.look()
    watching_.pass_time(5)
    watching_.write("100CANON/IMG_1.jpg")
    watching_.write("100CANON/raw/IMG_1.nef", b"raw")
    try:
        (watching_.root / "100CANON" / "again").symlink_to(watching_.root)
    except OSError:
        pytest.skip("this account may not make links")
    assert watching_.names(8) == ["100CANON/IMG_1.jpg", "100CANON/raw/IMG_1.nef"]


def test_folders_that_did_not_change_are_not_listed(watching_: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        folder = watching_.write(f"{number}/a.jpg", age=3600).parent
        os.utime(folder, (LONG_AGO, LONG_AGO))
    os.utime(watching_.root, (LONG_AGO, LONG_AGO))
    watching_.look()
    listed = _count_listings(monkeypatch)
    watching_.pass_time(3)
    watching_.look()
    assert listed == []
    watching_.write("7/b.jpg")
    watching_.pass_time(3)
    watching_.look()
    assert listed == [str(watching_.root / "7")]


def test_a_folder_that_changed_just_now_is_listed_again(watching_: Watching) -> None:
    folder = watching_.write("shoot/a.jpg", age=3600).parent
    same = int((watching_.wall - 1) * 1e9)
    os.utime(folder, ns=(same, same))
    watching_.look()
    watching_.write("shoot/b.jpg")
    os.utime(folder, ns=(same, same))  # within the same step of the clock
    watching_.pass_time(2)
    assert watching_.names(5) == ["shoot/b.jpg"]


def test_a_file_system_that_keeps_no_times_of_folders_is_found_out(watching_: Watching) -> None:
    folder = watching_.write("DCIM/a.jpg", age=3600).parent
    waited = []
    os.utime(folder, (LONG_AGO, LONG_AGO))
    watching_.look()
    for name in ("b.jpg", "c.jpg"):
        watching_.pass_time(4)
        watching_.write(f"DCIM/{name}")
        os.utime(folder, (LONG_AGO, LONG_AGO))
        before = watching_.now
        while not watching_.names(0.1):
            assert watching_.now - before < 60
        waited.append(watching_.now - before)
    assert 20 < waited[0] < 40
    assert waited[1] < 6


def test_looking_takes_a_small_part_of_the_time(watching_: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        watching_.write(f"{number}/a.jpg", age=3600)
    busy = 0.0
    stat = os.stat

    def slow(path: str, **options: object) -> os.stat_result:
        nonlocal busy
        busy += 0.05
        watching_.now += 0.05
        return stat(path)

    monkeypatch.setattr(watching.os, "stat", slow)
    watching_.look()
    begun, busy = watching_.now, 0.0
    watching_.names(1000)
    assert 0.01 < busy / (watching_.now - begun) <= 0.05


def test_a_hint_is_followed_at_once_but_not_one_after_the_other(
    watching_: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching_.look()
    watching_.look(hinted=True)
    listed = _count_listings(monkeypatch)
    watching_.write("a.jpg")
    look = watching_.look(hinted=True)
    assert (listed, look.unfinished) == ([], 0)
    assert 0 < look.next_in <= 0.5
    watching_.pass_time(look.next_in)
    assert watching_.look().unfinished == 1, "the hint was not forgotten"
    assert len(listed) == 1


def test_a_link_that_leads_nowhere_is_passed_over(watching_: Watching) -> None:
    try:
        (watching_.root / "dead.jpg").symlink_to(watching_.root / "gone.jpg")
    except OSError:
        pytest.skip("this account may not make links")
    assert watching_.names(70) == []
    watching_.write("gone.jpg")
    assert sorted(watching_.names(40)) == ["dead.jpg", "gone.jpg"]


def test_a_folder_that_cannot_be_listed_hides_nothing_else(
    watching_: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching_.write("a/1.jpg", age=3600)
    watching_.write("b/2.jpg", age=3600)
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(watching.os, "scandir", refuse)
    assert watching_.names(10) == ["b/2.jpg"]
    monkeypatch.setattr(watching.os, "scandir", scandir)
    assert watching_.names(10) == ["a/1.jpg"]


def test_a_look_is_cancelled_in_the_middle_of_a_folder(watching_: Watching) -> None:
    for number in range(600):
        watching_.write(f"{number}.jpg", age=3600)
    checks = 0

    class Impatient(Unwatched):
        def check(self) -> None:
            nonlocal checks
            checks += 1
            if checks == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        watching_.watch.look(Impatient())


def _count_listings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    listed: list[str] = []
    scandir: Callable[[str], object] = os.scandir

    def counted(path: str) -> object:
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr(watching.os, "scandir", counted)
    return listed


def test_a_real_writer_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    """With the clocks of this computer: a process writes a photo in parts, keeping a temporary name for another."""
    root = tmp_path / "tethered"
    root.mkdir()
    watch = FolderWatch(root)
    watch.look(Unwatched())
    writer = (
        "import os, sys, time\n"
        "root, whole = sys.argv[1], bytes.fromhex(sys.argv[2])\n"
        "with open(root + '/slow.jpg', 'wb', buffering=0) as file:\n"
        "    for start in range(0, len(whole), 8):\n"
        "        file.write(whole[start : start + 8])\n"
        "        time.sleep(0.2)\n"
        "open(root + '/.slow2.jpg', 'wb').write(whole)\n"
        "os.rename(root + '/.slow2.jpg', root + '/renamed.jpg')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", writer, str(root), WHOLE.hex()])
    found: list[str] = []
    until = time.monotonic() + 30
    while len(found) < 2 and time.monotonic() < until:
        look = watch.look(Unwatched(), hinted=True)
        for photo in look.finished:
            assert Path(photo.path).read_bytes() == WHOLE
            found.append(Path(photo.path).name)
        time.sleep(0.05)
    assert process.wait(timeout=30) == 0
    assert sorted(found) == ["renamed.jpg", "slow.jpg"]
