"""The workbook, read back by openpyxl and by LibreOffice."""

from __future__ import annotations

import csv
import random
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fewshot_gui.exporting.tables import workbook, write_table
from tests.unit.exporting.tables.making import by_machine, by_person, labels_of, unreadable


def _rows(path: Path, sheet: str = "Labels") -> list[tuple[object, ...]]:
    return list(load_workbook(path)[sheet].iter_rows(values_only=True))


def _unescaped(text: str) -> str:
    """What Excel shows for a text that it reads in a workbook (ECMA-376, ST_Xstring)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def test_a_workbook_reads_back(tmp_path: Path) -> None:
    photos = [
        by_machine(Path("/é/ñ.jpg"), "Élan", 0.75),
        by_person(Path("/b.jpg"), "鹿"),
        unreadable(Path("/c.jpg")),
    ]
    write_table(tmp_path / "t.xlsx", labels_of(photos))
    header, machine, person, failed = _rows(tmp_path / "t.xlsx")
    columns = {name: index for index, name in enumerate(header)}
    assert header[:3] == ("photo", "label", "confidence")
    assert header[-2:] == ("decided_by", "decided_at")
    assert machine[:8] == ("ñ.jpg", "Élan", 0.75, "Fox", 0.05, 0.7, 0.88, "ridge")
    assert (person[columns["label"]], person[columns["confidence"]]) == ("鹿", None)
    assert (person[columns["decided_by"]], failed[columns["error"]]) == ("Zoë Müller", "the file is cut off")
    assert ("Labelled by", "fewshot-gui 0.3, ridge on Fast") in _rows(tmp_path / "t.xlsx", "About")
    assert ("expected accuracy", "88 % ± 4") in _rows(tmp_path / "t.xlsx", "About")


def test_the_header_stays_in_sight_and_filters(tmp_path: Path) -> None:
    long = Path("/") / ("x" * 40 + ".jpg")
    write_table(tmp_path / "t.xlsx", labels_of([by_machine(long, "Fox"), by_machine(Path("/b.jpg"), "Fox")]))
    sheet = load_workbook(tmp_path / "t.xlsx")["Labels"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:L3"
    assert sheet["A1"].font.bold
    assert sheet["C2"].number_format == "0.0%"
    assert sheet.column_dimensions["A"].width == 46
    assert 12 <= sheet.column_dimensions["B"].width <= 20


@pytest.mark.parametrize(
    "name", ["=1+1.jpg", '=HYPERLINK("http://x")', "+a", "-1", "@SUM(A1)", "#N/A", "#REF!", "\t=1"]
)
def test_no_name_becomes_a_formula_or_an_error(tmp_path: Path, name: str) -> None:
    write_table(tmp_path / "t.xlsx", labels_of([by_machine(Path("/a.jpg"), name, name=name)]))
    sheet = load_workbook(tmp_path / "t.xlsx")["Labels"]
    assert (sheet["A2"].value, sheet["B2"].value) == (name, name)
    # openpyxl reads the values of errors out of any text, so the file itself is asked.
    text = zipfile.ZipFile(tmp_path / "t.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert 't="e"' not in text
    assert sheet["A2"].quotePrefix


def test_a_number_as_a_class_stays_text(tmp_path: Path) -> None:
    write_table(tmp_path / "t.xlsx", labels_of([by_machine(Path("/a.jpg"), "007")]))
    assert _rows(tmp_path / "t.xlsx")[1][1] == "007"


def test_any_text_survives(tmp_path: Path) -> None:
    random_of = random.Random(5)
    alphabet = [*map(chr, range(1, 128)), *"éñ鹿🦊_x0041_x\u2028\ufeff\ufffe\uffff\x85"]
    texts = ["a_x0041_b", "_x005F_", "two\nlines", " spaces ", "\r\n", "🦊" * 40]
    texts += ["".join(random_of.choices(alphabet, k=random_of.randint(1, 30))) for _ in range(300)]
    write_table(tmp_path / "t.xlsx", labels_of(by_machine(Path("/a.jpg"), text) for text in texts))
    read = [_unescaped(str(row[1])) for row in _rows(tmp_path / "t.xlsx")[1:]]
    assert read == texts


def test_rows_beyond_the_end_of_a_sheet_go_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_PER_SHEET", 4)
    names = [f"{number}.jpg" for number in range(7)]
    write_table(tmp_path / "t.xlsx", labels_of(by_machine(Path("/") / name, "Fox") for name in names))
    book = load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["Labels", "Labels 2", "Labels 3", "About"]
    assert [row[0] for row in _rows(tmp_path / "t.xlsx", "Labels 2")] == ["photo", "3.jpg", "4.jpg", "5.jpg"]
    assert [row[0] for row in _rows(tmp_path / "t.xlsx", "Labels 3")] == ["photo", "6.jpg"]


def test_a_workbook_of_nothing_has_its_header(tmp_path: Path) -> None:
    write_table(tmp_path / "t.xlsx", labels_of([]))
    assert len(_rows(tmp_path / "t.xlsx")) == 1


@pytest.mark.slow
def test_libreoffice_reads_the_workbook(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    names = ["é/ñ.jpg", "Zoë 鹿 🦊.jpg", "=1+1.jpg", "@SUM(A1).jpg", "a_x0041_b.jpg", "two\nlines.jpg"]
    photos = [by_machine(Path("/") / name, "Élan", 0.75, name=name) for name in names]
    write_table(tmp_path / "t.xlsx", labels_of(photos))
    convert = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        convert,
        "--outdir",
        str(tmp_path),
        str(tmp_path / "t.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["photo"] for row in rows] == names
    assert {row["label"] for row in rows} == {"Élan"}
    assert {row["confidence"] for row in rows} == {"75.0%"}
