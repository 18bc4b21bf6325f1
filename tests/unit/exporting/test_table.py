"""The table of labels."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting import TABLE_COLUMNS, TableRow, write_csv
from fewshot_gui.exporting.table import GrowingTable


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_reads_back_as_it_was_written(tmp_path: Path) -> None:
    names = ["a b.jpg", "é/ñ.jpg", "🦊.jpg", "x" * 200 + ".jpg", "two\nlines.jpg", 'quote".jpg', "semi;comma,.jpg"]
    rows = [TableRow(name, "Oak", 0.75, "Elm", 0.25, 0.5, 0.9, "ridge", "efficientnet-lite0") for name in names]
    assert write_csv(tmp_path / "out" / "table.csv", rows) == len(names)
    read = _read(tmp_path / "out" / "table.csv")
    assert [row["photo"] for row in read] == names
    assert read[0] == dict(
        zip(
            TABLE_COLUMNS,
            ["a b.jpg", "Oak", "0.7500", "Elm", "0.2500", "0.5000", "0.9000", "ridge", "efficientnet-lite0", ""],
            strict=True,
        )
    )


def test_excel_is_told_the_encoding(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", [])
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfphoto,label,")


def test_a_name_that_is_no_unicode_does_not_stop_the_table(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", [TableRow("bad\udcff.jpg")])
    assert _read(tmp_path / "t.csv")[0]["photo"] == "bad\\udcff.jpg"


def test_a_failure_midway_keeps_the_old_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, [TableRow("old.jpg")])

    def rows() -> Iterator[TableRow]:
        yield TableRow("new.jpg")
        raise OSError(28, "No space left on device")

    with pytest.raises(FewshotError, match="No space left on device"):
        write_csv(path, rows())
    assert [row["photo"] for row in _read(path)] == ["old.jpg"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FewshotError, match="choose another place"):
        write_csv(tmp_path / "file" / "t.csv", [])


def test_a_growing_table_is_whole_after_every_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a table of before")
    rows = [
        TableRow("a.jpg", "Oak", 0.75),
        TableRow("two\nlines.jpg", "Elm", 0.5),
        TableRow("bad\udcff.jpg", error="no"),
    ]
    with GrowingTable(path, rows[:1]) as table:
        assert [row["photo"] for row in _read(path)] == ["a.jpg"]
        for row in rows[1:]:
            table.add(row)
            assert _read(path)[-1]["photo"] == row.photo.replace("\udcff", "\\udcff")
    grown = path.read_bytes()
    write_csv(path, rows)
    assert path.read_bytes() == grown


def test_a_growing_table_tells_of_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with GrowingTable(tmp_path / "t.csv", []) as table:

        def refuse() -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(table._file, "flush", refuse)
            with pytest.raises(FewshotError, match=r"could not be written .No space left on device."):
                table.add(TableRow("a.jpg"))
