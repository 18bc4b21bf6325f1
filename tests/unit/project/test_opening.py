"""Making, opening, copying, recovering: no file is ever harmed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project import database, inspection, schema
from fewshot_gui.project.backups import KEPT, backup_folder, backups_of
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.errors import DamagedProjectError
from fewshot_gui.project.opening import create_project, open_project, recover, save_copy
from fewshot_gui.project.photo_edits import add_photos, add_source
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import DecisionRecord

StateOf = Callable[[Project], dict[str, object]]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_closed_project_is_one_file(project: Project) -> None:
    add_class(project, "Oak")
    assert project.name == "Leaves"
    project.close()
    project.close()
    assert [path.name for path in project.path.parent.iterdir()] == ["Leaves.fewshot"]
    with open_project(project.path) as again:
        assert [record.name for record in again.classes] == ["Oak"]
        assert again.name == "Leaves"


def test_the_suffix_is_added(tmp_path: Path) -> None:
    with create_project(tmp_path / "My.leaves", "x") as project:
        assert project.path == tmp_path / "My.leaves.fewshot"


def test_creating_never_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.fewshot").write_text("precious")
    with pytest.raises(ProjectFileError, match="exists already"):
        create_project(tmp_path / "a", "a")
    assert (tmp_path / "a.fewshot").read_text() == "precious"


def test_creating_in_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="choose another folder"):
        create_project(tmp_path / "gone" / "a.fewshot", "a")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match=r"“a\.fewshot” is not in its folder any more"):
        open_project(tmp_path / "a.fewshot")


@pytest.mark.parametrize("content", [b"", b"not a database" * 400, b"PK\x03\x04"])
def test_a_foreign_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.fewshot"
    path.write_bytes(content)
    with pytest.raises(ProjectFileError, match="is not a project"):
        open_project(path)
    assert files_of(tmp_path) == {"a.fewshot": content}


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.fewshot"
    script = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA journal_mode = WAL')\n"
        "connection.execute('CREATE TABLE t (a)')\n"
        "os._exit(0)\n"  # leaves its log behind
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    before = files_of(tmp_path)
    assert "other.fewshot-wal" in before
    with pytest.raises(ProjectFileError, match="is not a project"):
        open_project(path)
    assert files_of(tmp_path) == before


def damage(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 3000] = b"\xff" * 3000
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.provokes_logs
def test_a_damaged_file_is_left_alone_and_its_backup_opens(
    project: Project, reopened: Callable[[Project], Project], state: StateOf
) -> None:
    add_photos(project, [project.path.parent / f"{n}.jpg" for n in range(500)])
    with reopened(project) as again:  # makes the backup
        expected = state(again)
    path = project.path
    content = damage(path)
    with pytest.raises(DamagedProjectError, match="choose Recover") as caught:
        open_project(path)
    assert caught.value.backup == backups_of(path)[0]
    with recover(path) as recovered:
        assert recovered.path.name == "Leaves (recovered).fewshot"
        assert state(recovered) == expected
    assert path.read_bytes() == content
    with recover(path) as recovered:
        assert recovered.path.name == "Leaves (recovered 2).fewshot"


def test_a_damaged_header_counts_as_damaged_where_there_are_backups(
    project: Project, reopened: Callable[[Project], Project]
) -> None:
    reopened(project).close()
    project.path.write_bytes(b"\0" * 4096)
    with pytest.raises(DamagedProjectError):
        open_project(project.path)


def test_a_cut_off_file(project: Project) -> None:
    add_photos(project, [f"/p/{n}.jpg" for n in range(500)])
    project.close()
    content = project.path.read_bytes()[:-5000]
    project.path.write_bytes(content)
    with pytest.raises(DamagedProjectError, match="no backup"):
        open_project(project.path)
    assert project.path.read_bytes() == content


@pytest.mark.provokes_logs
def test_recovery_goes_on_to_an_older_backup_and_says_when_there_is_none(
    project: Project, reopened: Callable[[Project], Project]
) -> None:
    add_class(project, "Oak")
    reopened(project).close()
    (newest,) = backups_of(project.path)
    newest.rename(newest.with_name("2001-01-01.fewshot"))
    newest.write_bytes(b"broken")
    project.path.write_bytes(b"broken")
    with recover(project.path) as recovered:
        assert [record.name for record in recovered.classes] == ["Oak"]
    for backup in backups_of(project.path):
        backup.unlink()
    with pytest.raises(ProjectFileError, match="no usable backup"):
        recover(project.path)
    assert sorted(path.name for path in project.path.parent.glob("*.fewshot")) == [
        "Leaves (recovered).fewshot",
        "Leaves.fewshot",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON classes BEGIN DELETE FROM decisions; END",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE sources",
        "ALTER TABLE classes ADD COLUMN extra",
        "INSERT INTO photos (path) VALUES ('./../../etc/passwd')",
        "INSERT INTO settings VALUES ('method', '[')",
        "INSERT INTO settings VALUES ('method', '[1]')",
        "INSERT INTO decisions VALUES (77, NULL, 'now', '')",
        "PRAGMA ignore_check_constraints = ON; INSERT INTO photos VALUES (1, '/a', NULL, NULL); "
        "INSERT INTO decisions VALUES (1, NULL, 'now', x'00')",
        "INSERT INTO carried_examples VALUES (1, 77, 'pixels', 0, x'0000803F003C')",  # of no class
        "INSERT INTO carried_examples VALUES (1, 1, 'pixels', 0, x'0000803F003C00')",  # half a number
        "INSERT INTO carried_examples VALUES (1, 1, 'pixels', 0, x'0000803F007C')",  # infinity
        "INSERT INTO carried_examples VALUES (1, 1, 'pixels', 0, x'0000803F')",
        "INSERT INTO carried_examples VALUES (1, 1, 'pixels', 0, x'')",
    ],
)
@pytest.mark.provokes_logs
def test_what_this_program_never_writes_counts_as_damage(project: Project, statement: str) -> None:
    add_class(project, "Oak")
    project.close()
    connection = sqlite3.connect(project.path)
    connection.executescript(statement)
    connection.close()
    with pytest.raises(DamagedProjectError):
        open_project(project.path)


def test_a_newer_version_is_left_alone(project: Project) -> None:
    project.close()
    connection = sqlite3.connect(project.path)
    connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    connection.close()
    before = files_of(project.path.parent)
    with pytest.raises(ProjectFileError, match="made by a newer version"):
        open_project(project.path)
    assert files_of(project.path.parent) == before


def test_an_older_version_is_brought_up_to_date(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    add_class(project, "Oak")
    project.close()

    def add_notes(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE notes (text TEXT)")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_notes))
    with open_project(project.path) as again:
        assert [record.name for record in again.classes] == ["Oak"]
        assert schema.version(again.database._connection) == len(schema.MIGRATIONS)
    (backup,) = backups_of(project.path)
    connection = sqlite3.connect(backup)
    assert schema.version(connection) == len(schema.MIGRATIONS) - 1, "the backup is from before"
    connection.close()
    open_project(project.path).close()


def test_a_project_of_the_first_version_opens_with_everything_in_it(project: Project) -> None:
    project.close()
    project.path.unlink()
    with sqlite3.connect(project.path, isolation_level=None) as connection:
        schema.migrate(connection, schema.MIGRATIONS[:1])
        connection.executescript(
            "INSERT INTO classes VALUES (4, 'Oak', 0, 0); INSERT INTO photos VALUES (7, './a.jpg', 3, 'f');"
            "INSERT INTO decisions VALUES (7, 4, '2026-11-21T12:53:20+00:00')"
        )
    connection.close()
    with open_project(project.path) as again:
        assert dict(again.decisions) == {7: DecisionRecord(7, 4, "2026-11-21T12:53:20+00:00", "")}
        assert not again.carried_examples
        decide(again, [7], NONE_OF_THESE, by="Ada")
    with open_project(project.path) as again:
        assert again.decisions[7].decided_by == "Ada"


@pytest.mark.provokes_logs
def test_a_migration_that_fails_leaves_the_old_version(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    add_class(project, "Oak")
    project.close()

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE decisions")
        connection.execute("nonsense")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, fail))
        with pytest.raises(ProjectFileError):
            open_project(project.path)
    with open_project(project.path) as again:
        assert [record.name for record in again.classes] == ["Oak"]


@pytest.mark.provokes_logs
def test_a_second_window_is_kept_out_and_does_not_break_the_lock(project: Project) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from fewshot_gui.core.errors import ProjectFileError\n"
        "from fewshot_gui.project.opening import open_project\n"
        "try:\n    open_project(Path(sys.argv[1]))\nexcept ProjectFileError as error:\n    print(error)\n"
    )
    for _ in range(2):
        with pytest.raises(ProjectFileError, match="is open in another window"):
            open_project(project.path)  # in this process: its look at the file must not let go of our lock
        run = [sys.executable, "-c", script, str(project.path)]
        other = subprocess.run(run, capture_output=True, text=True, check=True, encoding="utf-8")
        assert "“Leaves.fewshot”: it is open in another window; close it there first." in other.stdout
    add_class(project, "Oak")


def test_links_in_place_of_the_journal_are_not_followed(project: Project, tmp_path: Path) -> None:
    project.close()
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    Path(f"{project.path}-wal").symlink_to(victim)
    with pytest.raises(ProjectFileError, match="link in place of its journal"):
        open_project(project.path)
    assert victim.read_bytes() == b"precious"


@pytest.mark.provokes_logs
def test_a_link_in_place_of_the_backup_folder_is_not_followed(project: Project, tmp_path: Path) -> None:
    project.close()
    victim = tmp_path / "victim"
    victim.mkdir()
    backup_folder(project.path).symlink_to(victim)
    open_project(project.path).close()
    assert list(victim.iterdir()) == []


def test_one_backup_a_day_and_the_last_few_are_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.close()
    folder = backup_folder(project.path)
    folder.mkdir()
    for age in range(1, 9):
        (folder / f"{date(2020, 1, 9) - timedelta(age)}.fewshot").write_bytes(b"old")
    (folder / "notes.txt").write_text("not ours")
    open_project(project.path).close()
    open_project(project.path).close()
    names = [path.name for path in backups_of(project.path)]
    assert len(names) == KEPT
    assert names[1:] == ["2020-01-08.fewshot", "2020-01-07.fewshot", "2020-01-06.fewshot", "2020-01-05.fewshot"]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, "notes.txt"])


@pytest.mark.provokes_logs
def test_a_project_opens_even_if_no_backup_can_be_made(project: Project) -> None:
    project.close()
    backup_folder(project.path).write_text("in the way")
    with open_project(project.path) as again:
        assert again.name == "Leaves"


@pytest.mark.provokes_logs
def test_a_read_only_file_is_refused_in_words(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.close()
    content = project.path.read_bytes()
    # What SQLite does to a file without write permission; permissions do not bind the root user.
    monkeypatch.setattr(database, "connect", lambda path, _query: inspection.connect(path, "mode=ro"))
    with pytest.raises(ProjectFileError, match="read-only"):
        open_project(project.path)
    assert project.path.read_bytes() == content


def test_a_copy_is_whole_and_leaves_the_original_open(project: Project, tmp_path: Path, state: StateOf) -> None:
    home, away = project.path.parent, tmp_path / "away"
    away.mkdir()
    add_class(project, "Oak")
    add_source(project, home)
    add_photos(project, [home / "a.jpg", away / "b.jpg", tmp_path / "c.jpg"])
    target = save_copy(project, away / "Copy")
    assert [path.name for path in away.iterdir()] == ["Copy.fewshot"]
    with open_project(target) as copy:
        assert state(copy) == state(project)
    connection = sqlite3.connect(target)
    entries = [row[0] for row in connection.execute("SELECT path FROM photos")]
    sources = [row[0] for row in connection.execute("SELECT path FROM sources")]
    connection.close()
    assert entries == [f"{home}/a.jpg", "./b.jpg", f"{tmp_path}/c.jpg"]
    assert sources == [str(home)]
    add_class(project, "Elm")


@pytest.mark.provokes_logs
def test_a_copy_replaces_a_file_only_when_whole_and_never_an_open_project(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProjectFileError, match="is open"):
        save_copy(project, project.path)
    with create_project(tmp_path / "other", "Other") as other, pytest.raises(ProjectFileError, match="is open"):
        save_copy(project, other.path)
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        patch.setattr(database, "_rewrite_paths", fail)
        before = files_of(tmp_path)
        with pytest.raises(ProjectFileError):
            save_copy(project, tmp_path / "other.fewshot")
        assert files_of(tmp_path) == before
    save_copy(project, tmp_path / "other.fewshot")
    with open_project(tmp_path / "other.fewshot") as copy:
        assert copy.name == "Leaves"
    with pytest.raises(ProjectFileError, match="cannot be written"):
        save_copy(project, tmp_path / "gone" / "x.fewshot")


def test_the_log_of_a_crashed_project_is_not_played_into_a_copy_that_replaces_it(
    project: Project, tmp_path: Path, state: StateOf
) -> None:
    add_photos(project, [f"/p/{n}.jpg" for n in range(300)])
    target = tmp_path / "crashed.fewshot"
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from fewshot_gui.project.opening import create_project\n"
        "from fewshot_gui.project.photo_edits import add_photos\n"
        "add_photos(create_project(Path(sys.argv[1]), 'x'), [f'/old/{n}.jpg' for n in range(300)])\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(target)], check=True)
    assert Path(f"{target}-wal").stat().st_size > 0
    save_copy(project, target)
    with open_project(target) as copy:
        assert state(copy) == state(project)


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody move an open file")
@pytest.mark.provokes_logs
def test_a_project_moved_while_open_refuses_edits_and_can_be_saved(project: Project, tmp_path: Path) -> None:
    add_class(project, "Oak")
    project.path.rename(tmp_path / "moved.fewshot")
    with pytest.raises(ProjectFileError, match="was moved or deleted while it was open; save a copy"):
        add_class(project, "Elm")
    assert [record.name for record in project.classes] == ["Oak"]
    with open_project(save_copy(project, tmp_path / "rescued")) as rescued:
        assert [record.name for record in rescued.classes] == ["Oak"]


def test_odd_names_survive(tmp_path: Path) -> None:
    folder = tmp_path / "100% odd #?& \N{LEAF FLUTTERING IN WIND}"
    folder.mkdir()
    names = [
        "line\nbreak.jpg",
        "\N{LEAF FLUTTERING IN WIND}.jpg",
        os.fsdecode(b"latin-\xe9.jpg"),
        "'quote'.jpg",
        "%41.jpg",
    ]
    with create_project(folder / "p?x=1#y", "odd") as project:
        add_photos(project, [folder / name for name in names])
    with open_project(folder / "p?x=1#y.fewshot") as again:
        assert [photo.path for photo in again.photos.values()] == [folder / name for name in names]
