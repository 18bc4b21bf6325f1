"""The files of an export appear together or not at all, and never in place of somebody else's."""

from __future__ import annotations

import os
import time
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.exporting.model.file_set import ExportFiles, is_own_model, staged
from fewshot_gui.exporting.model.metadata import describe
from tests.unit.exporting.model_facts import FACTS


@pytest.fixture
def files(tmp_path: Path) -> ExportFiles:
    return ExportFiles(tmp_path / "out" / "hedges.onnx")


def _wanted(files: ExportFiles) -> list[Path]:
    return [files.model, files.labels, files.pytorch]


def _write_model(path: Path, *, own: bool = True) -> None:
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", ports[:1], ports[1:])
    model = helper.make_model(graph)
    if own:
        describe(model, FACTS)
    onnx.save(model, path)


def _export(files: ExportFiles, content: str) -> None:
    with staged(files, _wanted(files)) as drafts:
        _write_model(drafts.model)
        drafts.labels.write_text(content)
        drafts.pytorch.mkdir()
        (drafts.pytorch / "config.json").write_text(content)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_all_files_are_in_place_and_nothing_else_is(files: ExportFiles) -> None:
    _export(files, "one")
    assert {path.name for path in files.model.parent.iterdir()} == {
        "hedges.onnx",
        "hedges.labels.txt",
        "hedges.pytorch",
    }


def test_an_earlier_export_is_replaced_folders_included(files: ExportFiles) -> None:
    _export(files, "one")
    _export(files, "two")
    assert files.labels.read_text() == "two"
    assert (files.pytorch / "config.json").read_text() == "two"
    assert len(list(files.model.parent.iterdir())) == 3


@pytest.mark.parametrize("error", [Cancelled(), FewshotError("Refused.")])
def test_a_failure_leaves_everything_as_it_was(files: ExportFiles, error: Exception) -> None:
    _export(files, "one")
    before = _content(files.model.parent)

    def fail() -> None:
        with staged(files, _wanted(files)) as drafts:
            drafts.labels.write_text("two")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert _content(files.model.parent) == before


def test_a_failure_while_putting_in_place_is_undone(files: ExportFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    _export(files, "one")
    before = _content(files.model.parent)
    rename, place = Path.rename, files.pytorch

    def failing(self: Path, target: Path) -> Path:
        if target == place and self.parent.name == "new":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(FewshotError, match="could not be written"):
        _export(files, "two")
    assert _content(files.model.parent) == before


def test_a_file_of_somebody_else_is_in_the_way(files: ExportFiles) -> None:
    files.labels.parent.mkdir()
    files.labels.write_text("mine")
    with pytest.raises(FewshotError, match=r"“hedges\.labels\.txt” is already in this folder"):
        _export(files, "two")
    assert _content(files.model.parent) == {"hedges.labels.txt": b"mine"}


def test_a_model_of_another_program_does_not_excuse_the_files_beside_it(files: ExportFiles) -> None:
    files.labels.parent.mkdir()
    files.labels.write_text("mine")
    _write_model(files.model, own=False)
    with pytest.raises(FewshotError, match="choose another name"):
        _export(files, "two")


def test_a_folder_cannot_be_a_model(files: ExportFiles) -> None:
    files.model.mkdir(parents=True)
    with pytest.raises(FewshotError, match=r"“hedges\.onnx” is already in this folder"):
        _export(files, "two")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FewshotError, match="choose another place"):
        _export(ExportFiles(tmp_path / "file" / "hedges.onnx"), "one")


def test_only_our_models_are_ours(tmp_path: Path) -> None:
    _write_model(tmp_path / "ours.onnx")
    _write_model(tmp_path / "theirs.onnx", own=False)
    (tmp_path / "text.onnx").write_text("no model at all")
    names = ("ours", "theirs", "text", "missing")
    assert [is_own_model(tmp_path / f"{name}.onnx") for name in names] == [True, False, False, False]


def test_a_model_is_called_onnx(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match=r"“hedges\.txt” cannot be a model; let its name end in \.onnx\."):
        _export(ExportFiles(tmp_path / "hedges.txt"), "one")


def test_what_a_killed_export_left_is_removed_a_day_later(tmp_path: Path) -> None:
    files = ExportFiles(tmp_path / "hedges.onnx")
    old, young = tmp_path / ".exporting-old", tmp_path / ".exporting-young"
    for left in (old, young):
        (left / "new").mkdir(parents=True)
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    _export(files, "one")
    assert (old.exists(), young.exists()) == (False, True)
