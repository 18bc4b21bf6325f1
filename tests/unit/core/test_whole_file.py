"""Files are written whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from fewshot_gui.core.whole_file import require_writable, whole_file

posix_only = pytest.mark.skipif(os.name != "posix", reason="this system has no such files")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "table.csv"
    with whole_file(path) as draft:
        draft.write_text("new")
        assert not path.exists()
        assert (draft.parent, draft.suffix) == (path.parent, ".csv")
    assert path.read_text() == "new"
    assert names(path.parent) == ["table.csv"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("x")])
def test_when_anything_goes_wrong_the_old_file_stays(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(type(error)), whole_file(path) as draft:  # noqa: PT012 - what is written first is the point
        draft.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["table.csv"]


def test_until_the_end_the_old_file_is_what_others_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with whole_file(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    with whole_file(path) as first, whole_file(path) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
    assert names(tmp_path) == ["table.csv"]


@posix_only
@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "é🦊 x.csv", "-rf", "=1+1.csv", "no suffix"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    if len(os.fsencode(name)) > os.pathconf(tmp_path, "PC_NAME_MAX"):
        pytest.skip("names are shorter here")
    require_writable(tmp_path / name)
    with whole_file(tmp_path / name) as draft:
        draft.write_text("new")
    assert names(tmp_path) == [name]


@posix_only
def test_of_a_link_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "elsewhere" / "t.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    for content in ("first", "second"):
        with whole_file(link) as draft:
            draft.write_text(content)
        assert link.is_symlink()
        assert target.read_text() == content


@posix_only
def test_a_link_to_itself_is_an_error_of_the_system(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(link)
    with pytest.raises(OSError, match="link"), whole_file(link / "t.csv") as draft:
        draft.write_text("new")


@posix_only
def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    require_writable(pipe)
    with whole_file(pipe) as draft:
        draft.write_text("through")
    reader.join(timeout=30)
    assert read == ["through"]
    assert pipe.is_fifo()


@posix_only
def test_nothing_is_a_place_too() -> None:
    device = Path(os.devnull)
    require_writable(device)
    with whole_file(device) as draft:
        draft.write_text("gone")
    assert device.is_char_device()


def test_a_writable_place_is_left_as_it_was_but_for_its_folder(tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text("old")
    require_writable(old)
    require_writable(tmp_path / "new" / "t.csv")
    assert old.read_text() == "old"
    assert names(tmp_path) == ["new", "old.csv"]
    assert names(tmp_path / "new") == []


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        require_writable(tmp_path / "file" / "t.csv")
    with pytest.raises(OSError, match="file"), whole_file(tmp_path / "file" / "t.csv"):
        pytest.fail("there is nowhere to write")
