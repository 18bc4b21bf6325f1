"""Everything that leaves the program by the command line, made from real labels and read back."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.cli import run
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.photo_edits import add_photos, add_source
from fewshot_gui.workflows.sample import SampleFiles

pytestmark = pytest.mark.usefixtures("prepared_encoder")

Invoke = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Run a command in this process; gives the exit code, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def folders(leaves: SampleFiles) -> list[str | Path]:
    """Examples and photos, as options."""
    return ["--examples", leaves.folder / "examples", "--photos", leaves.folder / "photos"]


@pytest.fixture
def project_file(tmp_path: Path, leaves: SampleFiles) -> Path:
    """A project of the same, with one decision by a person whose name is known."""
    path = tmp_path / "Herbář.fewshot"
    with create_project(path, "Herbář") as project:
        for name, examples in leaves.examples.items():
            add_class_with_examples(project, name, read_files(examples).files)
        add_source(project, leaves.folder / "photos")
        add_photos(project, leaves.photos)
        decide(project, list(project.photos)[:1], project.classes[2].id, by="Ada Šebestová")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def state(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Content, time and mode of every file."""
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_table_of_a_project_holds_decisions_and_what_the_machine_thinks(
    invoke: Invoke, folders: list[str | Path], project_file: Path, tmp_path: Path
) -> None:
    code, out, err = invoke("export", project_file, "--table", tmp_path / "project.csv")
    assert (code, out) == (0, ""), err
    assert "now holds 22 photos" in err
    assert invoke("label", *folders, "--out", tmp_path / "folder.csv")[0] == 0
    by_project, by_folder = rows(tmp_path / "project.csv"), rows(tmp_path / "folder.csv")
    assert len(by_project) == len(by_folder) == 22
    assert [row["method"] for row in by_project].count("person") == 1
    names = {Path(row["photo"]).name: row for row in by_folder}
    machine = [row for row in by_project if row["method"] != "person" and row["label"] != "None of these"]
    agreeing = sum(row["label"] == names[Path(row["photo"]).name]["label"] for row in machine)
    assert agreeing >= 0.9 * len(machine)  # the decision is one more example


def test_every_kind_of_table_from_one_run(invoke: Invoke, project_file: Path, tmp_path: Path) -> None:
    code, _, err = invoke(
        *("export", project_file, "--table", tmp_path / "t.xlsx", "--coco", tmp_path / "c.json"),
        *("--camtrap", tmp_path / "camtrap", "--contributor", "Ada", "--position", "48.2,16.4"),
        *("--darwin-core", tmp_path / "d.csv"),
    )
    assert code == 0, err
    observations = rows(tmp_path / "camtrap" / "observations.csv")
    (human,) = [row for row in observations if row["classificationMethod"] == "human"]
    assert human["classifiedBy"] == "Ada Šebestová"
    assert human["classificationProbability"] == ""
    assert len(json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["images"]) == 22
    from openpyxl import load_workbook

    workbook = load_workbook(tmp_path / "t.xlsx", read_only=True)
    assert "person" in {cell for row in workbook.worksheets[0].values for cell in row}
    workbook.close()
    assert rows(tmp_path / "d.csv")


def test_class_folders_twice_over_without_a_byte_changed_in_the_originals(
    invoke: Invoke, folders: list[str | Path], leaves: SampleFiles, tmp_path: Path
) -> None:
    target = tmp_path / "sorted"
    before = state(leaves.folder)
    code, out, err = invoke("export", *folders, "--folders", target, "--dry-run")
    assert code == 0, err
    assert len(out.splitlines()) == 22
    assert not target.exists()
    assert invoke("export", *folders, "--folders", target)[0] == 0
    first = {path: found[0] for path, found in state(target).items() if path.endswith((".jpg", ".png"))}
    assert len(first) == 22
    code, _, err = invoke("export", *folders, "--folders", target)
    assert "22 there already" in err
    assert {path: found[0] for path, found in state(target).items() if path in first} == first
    assert state(leaves.folder) == before
    contents = {hashlib.sha256(path.read_bytes()).hexdigest() for path in leaves.photos}
    assert set(first.values()) == contents


def test_copies_do_not_go_where_they_would_become_examples(
    invoke: Invoke, folders: list[str | Path], leaves: SampleFiles
) -> None:
    before = state(leaves.folder)
    code, _, err = invoke("export", *folders, "--folders", leaves.folder / "examples")
    assert code == 1
    assert "would count as examples" in err
    assert state(leaves.folder) == before


def test_a_script_learns_of_sidecars_that_were_left(invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
    photo = tmp_path / "photos" / leaves.photos[0].name
    photo.parent.mkdir()
    photo.write_bytes(leaves.photos[0].read_bytes())
    sidecar = photo.with_name(photo.name + ".xmp")
    sidecar.write_text("no XMP", encoding="utf-8")
    arguments = ("--examples", leaves.folder / "examples", "--photos", photo.parent, "--sidecars")
    code, _, err = invoke("export", *arguments)
    assert code == 3
    assert "was left as it is: it is damaged" in err
    sidecar.unlink()
    assert invoke("export", *arguments)[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="file names of other systems are always text")
def test_a_dry_run_names_photos_whose_names_the_terminal_cannot_write(leaves: SampleFiles, tmp_path: Path) -> None:
    photo = tmp_path / "photos" / os.fsdecode(b"latin\xe9.jpg")
    photo.parent.mkdir()
    photo.write_bytes(leaves.photos[0].read_bytes())
    arguments = ["--examples", leaves.folder / "examples", "--photos", photo.parent, "--folders", tmp_path / "sorted"]
    run_apart = subprocess.run(
        [sys.executable, "-m", "fewshot_gui", "export", *map(str, arguments), "--dry-run"],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8:strict"},
        cwd=Path(__file__).parents[2],
    )
    assert run_apart.returncode == 0, run_apart.stderr
    assert b"latin\\udce9.jpg" in run_apart.stdout


def test_the_model_labels_as_the_program_does_and_is_opened_again(
    invoke: Invoke, folders: list[str | Path], leaves: SampleFiles, tmp_path: Path
) -> None:
    model = tmp_path / "leaves.onnx"
    code, out, err = invoke("export", *folders, "--model", model, "--table", tmp_path / "program.csv")
    assert code == 0, err
    assert "give 42 of 42 photos the same label" in err
    assert str(model) in out.splitlines()
    assert invoke("label", "--model", model, "--photos", leaves.folder / "photos", "--out", tmp_path / "m.csv")[0] == 0
    program, by_model = rows(tmp_path / "program.csv"), rows(tmp_path / "m.csv")
    assert [row["label"] for row in by_model] == [row["label"] for row in program]
    for column in ("confidence", "familiarity"):
        np.testing.assert_allclose(
            [float(row[column]) for row in by_model], [float(row[column]) for row in program], atol=0.02
        )
    assert {row["method"] for row in by_model} == {"model:photos"}


def test_examples_alone_are_enough_for_a_model(invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
    examples = leaves.folder / "examples"
    code, _, err = invoke("export", "--examples", examples, "--model", tmp_path / "m.onnx", "--method", "maml")
    assert code == 0, err
    assert "20 of 20 photos" in err


def test_a_table_of_photos_needs_photos(invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
    code, _, err = invoke("export", "--examples", leaves.folder / "examples", "--table", tmp_path / "t.csv")
    assert (code, err) == (1, "There are no photos to export the labels of: give a folder of photos.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give a project file or --examples"),
        (["{project}", "--examples", "{folder}"], "give a project file or --examples"),
        (["{project}"], "say what to export"),
        (["{project}", "--camtrap", "x", "--contributor", "A", "--position", "north"], "latitude and longitude"),
        (["{project}", "--table", "t.docx"], "end in .csv, .xlsx or .json"),
    ],
)
def test_wrong_use_is_said_before_any_work(
    invoke: Invoke, project_file: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    given = [text.format(project=project_file, folder=tmp_path) for text in arguments]
    code, _, err = invoke("export", *given)
    assert code in {1, 2}
    assert sentence in err.replace("\n", " ")


def test_label_takes_examples_or_a_model(invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
    code, _, err = invoke("label", "--photos", leaves.folder / "photos", "--out", tmp_path / "t.csv")
    assert code == 2
    assert "--examples or --model" in err


def test_classes_get_their_scientific_names(invoke: Invoke, project_file: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Oak,Quercus robur\nMaple,Acer platanoides\n", encoding="utf-8-sig")
    wanted = ("--darwin-core", tmp_path / "d.csv", "--scientific-names", names)
    assert invoke("export", project_file, *wanted)[0] == 0
    found = {(row["scientificName"], row["vernacularName"]) for row in rows(tmp_path / "d.csv")}
    assert ("Quercus robur", "Oak") in found
    assert "Oak" not in {scientific for scientific, _ in found}


def test_a_table_of_names_that_makes_no_sense_is_told_before_any_work(
    invoke: Invoke, project_file: Path, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Oak;Quercus robur\n", encoding="utf-8")
    wanted = ("--darwin-core", tmp_path / "d.csv", "--scientific-names", names)
    code, _, err = invoke("export", project_file, *wanted)
    assert (code, err) == (
        1,
        f"Every line of “{names}” must hold a class and its scientific name, with a comma between.\n",
    )
    assert not (tmp_path / "d.csv").exists()
