"""The program without its window: what every command writes, says and returns."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import fewshot_gui
from fewshot_gui.cli import run
from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.folders import cache_folder, data_folder
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import choose_device, open_encoder
from fewshot_gui.imaging import read_photo
from fewshot_gui.project.opening import open_project
from fewshot_gui.workflows.sample import SampleFiles, write

COLUMNS = "photo,label,confidence,second_label,second_confidence,familiarity,expected_accuracy,method,encoder,error"
STATS = {
    "photos": int,
    "failed": int,
    "cached": int,
    "seconds": float,
    "photos_per_second": float,
    "decode_core_seconds": float,
    "encode_core_seconds": float,
    "bound_photos_per_second": float,
    "adapt_seconds": float,
    "score_seconds": float,
    "peak_rss_mb": float,
    "device": str,
    "encoder": str,
    "method": str,
}
SELF_TEST = (
    "Device",
    "Encoder",
    "Speed",
    "Labelling by auto",
    "Labelling by prototypes",
    "Labelling by MAML",
    "Table",
    "Model",
    "Window",
)
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

posix_only = pytest.mark.skipif(os.name != "posix", reason="this system has no such thing")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="other systems have other names and a window system")


def command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "fewshot_gui", *map(str, arguments)]


def environment() -> dict[str, str]:
    """That of a computer without a screen."""
    root = str(Path(fewshot_gui.__file__).parents[1])
    return {name: value for name, value in os.environ.items() if name not in SCREEN} | {"PYTHONPATH": root}


def start(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a person does, in a process of its own."""
    return subprocess.run(
        command(arguments), capture_output=True, text=True, check=False, timeout=180, cwd=cwd, env=environment()
    )


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


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
def job(leaves: SampleFiles, tmp_path: Path) -> list[str | Path]:
    """The arguments that label the sample."""
    examples, photos = leaves.folder / "examples", leaves.folder / "photos"
    return ["label", "--examples", examples, "--photos", photos, "--out", tmp_path / "new" / "labels.csv"]


@pytest.mark.usefixtures("prepared_encoder")
class TestLabel:
    def test_a_table_and_its_cost_first_fresh_then_from_the_cache(
        self, job: list[str | Path], leaves: SampleFiles, tmp_path: Path
    ) -> None:
        stats_file = tmp_path / "also new" / "stats.json"
        first = start(*job, "--stats", stats_file, "--seed", "3")
        assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
        content = (tmp_path / "new" / "labels.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf" + COLUMNS.encode() + b"\r\n")
        rows = table(tmp_path / "new" / "labels.csv")
        self._check_rows(rows, leaves)
        stats = json.loads(stats_file.read_text())
        assert {name: type(value) for name, value in stats.items()} == STATS
        assert (stats["photos"], stats["failed"], stats["cached"]) == (22, 0, 0)
        assert (stats["encoder"], stats["method"]) == ("efficientnet-lite0", rows[0]["method"])

        # Known photos are neither decoded nor encoded, and nothing that could do so is loaded.
        again = [*job[:-1], tmp_path / "again.csv", "--stats", stats_file, "--seed", "3", "--device", "cpu"]
        code = (
            "import sys\n"
            "from fewshot_gui.cli import run\n"
            f"code = run({list(map(str, again))!r})\n"
            "heavy = {'torch', 'torchvision', 'timm', 'onnx', 'onnxruntime', 'sklearn', 'PySide6', 'pillow_heif'}\n"
            "print(code, heavy & set(sys.modules))"
        )
        second = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=180, env=environment()
        )
        assert (second.stdout.strip(), second.stderr) == ("0 set()", "")
        assert (tmp_path / "again.csv").read_bytes() == content
        stats = json.loads(stats_file.read_text())
        assert list(stats) == list(STATS)
        assert (stats["cached"], stats["decode_core_seconds"], stats["encode_core_seconds"]) == (22, 0, 0)
        assert stats["bound_photos_per_second"] is None
        self._check_that_a_device_may_take_the_table(job, content)

    @staticmethod
    def _check_rows(rows: list[dict[str, str]], leaves: SampleFiles) -> None:
        assert [row["photo"] for row in rows] == [path.name for path in leaves.photos]
        truth = {row["photo"]: row["label"] for row in table(leaves.answers)}
        known = [row for row in rows if truth[row["photo"]] in leaves.examples]
        assert sum(row["label"] == truth[row["photo"]] for row in known) >= 0.6 * len(known)
        for row in rows:
            assert {row["label"], row["second_label"]} <= set(leaves.examples)
            assert row["label"] != row["second_label"]
            for name in ("confidence", "second_confidence", "familiarity", "expected_accuracy"):
                assert len(row[name]) == 6
                assert 0 <= float(row[name]) <= 1
            assert float(row["confidence"]) >= float(row["second_confidence"])
            assert row["method"] != "auto"
            assert (row["encoder"], row["error"]) == ("efficientnet-lite0", "")

    @staticmethod
    def _check_that_a_device_may_take_the_table(job: list[str | Path], content: bytes) -> None:
        if os.name != "posix":
            return
        written = subprocess.run(
            command([*job[:-1], "/dev/stdout", "--seed", "3"]), capture_output=True, check=True, env=environment()
        )
        assert written.stdout == content
        assert Path("/dev/stdout").is_symlink()

    @linux_only
    def test_every_image_file_is_a_row_whatever_its_name_and_content(
        self, invoke: Invoke, leaves: SampleFiles, tmp_path: Path
    ) -> None:
        good = ["a b.jpg", "é ñ.JPG", "🦊.jpeg", "x" * 196 + ".jpg", "two\nlines.jpg", "=1+1.jpg", "-rf.jpg"]
        good += ['"quoted", and so on;.jpg', "deep/er/ü.png", os.fsdecode(b"bad\xff.jpg")]
        for name in good:
            path = tmp_path / "photos" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(leaves.photos[0], path)
        broken = {
            "empty.jpg": b"",
            "text.jpg": b"no picture",
            "cut.jpg": leaves.photos[1].read_bytes()[:2000],
        }
        for name, content in broken.items():
            (tmp_path / "photos" / name).write_bytes(content)
        (tmp_path / "photos" / "dangling.jpg").symlink_to(tmp_path / "gone.jpg")
        (tmp_path / "photos" / "notes.txt").write_text("no photo")
        (tmp_path / "photos" / ".hidden.jpg").touch()
        out = tmp_path / "t.csv"
        code, said, complaints = invoke(
            "label", "--examples", leaves.folder / "examples", "--photos", tmp_path / "photos", "--out", out
        )
        rows = {row["photo"]: row for row in table(out)}
        assert (code, said) == (3, "")
        assert set(rows) == {name.replace("\udcff", "\\udcff") for name in good} | set(broken) | {"dangling.jpg"}
        assert {name: row["error"] for name, row in rows.items() if row["error"]} == {
            "empty.jpg": "the file is empty",
            "text.jpg": "it is not an image of a kind this program reads",
            "cut.jpg": "the file is cut off",
            "dangling.jpg": "it is no longer there",
        }
        assert all(bool(row["label"]) != bool(row["error"]) for row in rows.values())
        assert len({row["label"] for row in rows.values() if row["label"]}) == 1
        assert sorted(complaints.splitlines()) == sorted(
            f"“{name}” could not be read: {rows[name]['error']}." for name in [*broken, "dangling.jpg"]
        )

    @linux_only
    def test_classes_are_called_as_their_folders_and_broken_examples_do_not_stop_the_work(
        self, invoke: Invoke, leaves: SampleFiles, tmp_path: Path
    ) -> None:
        names = dict(zip(leaves.examples, ["Grünspecht", "=SUM(A1)", "-x, y", "🦊 ñandú", "Cafe\u0301"], strict=True))
        for species, name in names.items():
            shutil.copytree(leaves.folder / "examples" / species, tmp_path / "examples" / name)
        (tmp_path / "examples" / "Grünspecht" / "broken.jpg").touch()
        (tmp_path / "examples" / "no photos").mkdir()
        out = tmp_path / "t.csv"
        arguments = ["label", "--examples", tmp_path / "examples", "--photos", tmp_path / "examples", "--out", out]
        code, _, complaints = invoke(*arguments, "--method", "prototypes")
        assert code == 3
        assert complaints.splitlines() == ["“broken.jpg” could not be read: the file is empty."] * 2
        rows = table(out)
        assert len(rows) == 21
        readable = [row for row in rows if not row["error"]]
        assert {row["label"] for row in readable} == set(names.values())
        right = [row for row in readable if row["label"] == row["photo"].split("/")[0]]
        assert len(right) >= 0.8 * len(readable)

    def test_a_folder_that_cannot_be_read_is_told(
        self, invoke: Invoke, job: list[str | Path], leaves: SampleFiles, tmp_path: Path, monkeypatch: Any
    ) -> None:
        photos = shutil.copytree(leaves.folder / "photos", tmp_path / "photos")
        (photos / "locked").mkdir()
        scandir = os.scandir

        def refuse(path: os.PathLike[str]) -> object:
            if Path(path).name == "locked":
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr("fewshot_gui.imaging.scan.os.scandir", refuse)
        code, _, complaints = invoke(*job, "--photos", photos)
        assert (code, complaints) == (3, f"“{photos / 'locked'}” was skipped: you may not read it.\n")
        assert len(table(tmp_path / "new" / "labels.csv")) == 22

    @posix_only
    def test_ctrl_c_leaves_no_table_and_keeps_what_was_embedded(
        self, job: list[str | Path], invoke: Invoke, tmp_path: Path
    ) -> None:
        photos = tmp_path / "photos"
        photos.mkdir()
        for number in range(300):
            noise = np.random.default_rng(number).integers(0, 256, (64, 64, 3), np.uint8)
            Image.fromarray(noise).save(photos / f"{number}.jpg")
        arguments = [*job, "--photos", photos]
        process = subprocess.Popen(
            command(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )
        while _cached() < 20 + 30:  # the examples, and then some photos
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.01)
        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate(timeout=60)
        assert (process.returncode, said, complaints) == (130, "", "Cancelled.\n")
        assert list((tmp_path / "new").iterdir()) == []
        kept = _cached() - 20
        assert 30 <= kept < 300

        stats = tmp_path / "stats.json"
        code, _, _ = invoke(*arguments, "--stats", stats)
        assert code == 0
        assert json.loads(stats.read_text())["cached"] == kept
        assert len(table(tmp_path / "new" / "labels.csv")) == 300

    @posix_only
    def test_a_watched_folder_adds_a_row_for_each_photo_until_ctrl_c(
        self, job: list[str | Path], leaves: SampleFiles, tmp_path: Path
    ) -> None:
        photos, out = tmp_path / "photos", tmp_path / "new" / "labels.csv"
        photos.mkdir()
        for path in leaves.photos[:3]:
            shutil.copy2(path, photos)
            os.utime(photos / path.name, (1_600_000_000, 1_600_000_000))
        process = subprocess.Popen(
            command([*job, "--photos", photos, "--watch"]),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )

        def wait_for(rows: int) -> None:
            while not out.exists() or len(table(out)) < rows:
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(timeout=0.05)

        wait_for(3)
        shutil.copyfile(leaves.photos[3], photos / "new.jpg")
        (photos / "100CANON").mkdir()
        shutil.copyfile(leaves.photos[4], photos / "100CANON" / "new.jpg")
        wait_for(5)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
        rows = {row["photo"]: row for row in table(out)}
        assert list(rows)[:3] == [path.name for path in leaves.photos[:3]]
        assert set(rows) == {*(path.name for path in leaves.photos[:3]), "new.jpg", "100CANON/new.jpg"}
        assert {row["label"] for row in rows.values()} <= set(leaves.examples)
        assert len({(row["method"], row["expected_accuracy"]) for row in rows.values()}) == 1
        assert "Ctrl+C ends it" in told.splitlines()[0]
        assert any(line.startswith(f"new.jpg: {rows['new.jpg']['label']} (") for line in told.splitlines())
        assert told.splitlines()[-1].endswith("is whole.")

    @pytest.mark.parametrize(
        "more",
        [("--out", "labels.xlsx"), ("--stats", "stats.json"), ("--model", "model.onnx")],
        ids=lambda more: more[0],
    )
    def test_what_does_not_go_with_watching_is_wrong_use(
        self, job: list[str | Path], invoke: Invoke, tmp_path: Path, more: tuple[str, str]
    ) -> None:
        (tmp_path / "model.onnx").touch()
        others = job[3:] if more[0] == "--model" else job[1:]
        code, _, complaints = invoke("label", *others, more[0], tmp_path / more[1], "--watch")
        assert code == 2
        assert "--watch" in complaints

    @posix_only
    def test_progress_is_drawn_on_the_terminal_and_never_on_stdout(self, job: list[str | Path]) -> None:
        ours, theirs = os.openpty()
        drawn = bytearray()

        def watch() -> None:
            try:
                while chunk := os.read(ours, 4096):
                    drawn.extend(chunk)
            except OSError:  # how a terminal without a program on it ends
                pass

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            process = subprocess.run(
                command(job), stdout=subprocess.PIPE, stderr=theirs, check=True, env=environment() | {"TERM": "xterm"}
            )
        finally:
            os.close(theirs)
            watcher.join(timeout=30)
            os.close(ours)
        assert process.stdout == b""
        assert b"Labelling" in drawn
        assert b"22/22" in drawn


def _cached() -> int:
    """How many embeddings the cache holds."""
    path = cache_folder() / "embeddings.sqlite"
    if not path.exists():
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        (count,) = connection.execute("SELECT count(*) FROM entries").fetchone()
    except sqlite3.OperationalError:  # it is just being made
        return 0
    finally:
        connection.close()
    return int(count)


@pytest.mark.usefixtures("prepared_encoder")
class TestFailures:
    """Exit code 1 with one sentence, and nothing is written."""

    @pytest.fixture(autouse=True)
    def no_gpu(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("fewshot_gui.encoders.device._nvidia_driver_is_installed", lambda: False)

    @staticmethod
    def _check(result: tuple[int, str, str], words: str, out: Path) -> None:
        code, said, complaint = result
        assert (code, said) == (1, "")
        assert words in complaint
        assert complaint.endswith(".\n")
        assert complaint.count("\n") == 1
        assert not out.exists()

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--method", "magic"], "There is no method called “magic”; choose one of auto, "),
            (["--encoder", "magic"], "There is no encoder “magic”: choose one of efficientnet-lite0, "),
            (["--encoder", "resnet50"], "The encoder “ResNet-50” is not on this computer yet"),
            (["--device", "cuda"], "The GPU cannot be used, because no NVIDIA GPU was found"),
        ],
    )
    def test_what_there_is_not(
        self, invoke: Invoke, job: list[str | Path], tmp_path: Path, options: list[str], words: str
    ) -> None:
        self._check(invoke(*job, *options), words, tmp_path / "new" / "labels.csv")

    def test_a_gpu_is_missed_even_if_every_photo_is_known(
        self, invoke: Invoke, job: list[str | Path], tmp_path: Path
    ) -> None:
        assert invoke(*job)[0] == 0
        out = tmp_path / "other.csv"
        self._check(invoke(*job[:-1], out, "--device", "cuda"), "The GPU cannot be used", out)

    def test_one_class(self, invoke: Invoke, job: list[str | Path], leaves: SampleFiles, tmp_path: Path) -> None:
        shutil.copytree(leaves.folder / "examples" / "Oak", tmp_path / "examples" / "Oak")
        result = invoke(*job, "--examples", tmp_path / "examples")
        self._check(result, "needs at least two folders with photos in them", tmp_path / "new" / "labels.csv")

    def test_no_readable_example(self, invoke: Invoke, job: list[str | Path], tmp_path: Path) -> None:
        for name in ("Oak", "Elm"):
            (tmp_path / "examples" / name).mkdir(parents=True)
            (tmp_path / "examples" / name / "1.jpg").touch()
        result = invoke(*job, "--examples", tmp_path / "examples")
        self._check(result, "examples that can be read; replace “1.jpg”", tmp_path / "new" / "labels.csv")

    @pytest.mark.parametrize("name", ["label", "embed"])
    def test_no_photos(self, invoke: Invoke, job: list[str | Path], tmp_path: Path, name: str) -> None:
        (tmp_path / "none").mkdir()
        arguments = job if name == "label" else ["embed", "--out", job[-1]]
        result = invoke(*arguments, "--photos", tmp_path / "none")
        self._check(result, "No photos were found", tmp_path / "new" / "labels.csv")

    @pytest.mark.parametrize("option", ["--out", "--stats"])
    def test_a_place_that_cannot_be_written_is_told_before_the_work(
        self, invoke: Invoke, job: list[str | Path], tmp_path: Path, option: str
    ) -> None:
        (tmp_path / "file").touch()
        result = invoke(*job, option, tmp_path / "file" / "x")
        self._check(result, "could not be written (", tmp_path / "new" / "labels.csv")
        assert _cached() == 0
        assert (tmp_path / "file").read_bytes() == b""

    def test_a_disk_that_fills_up_leaves_the_old_table(
        self, invoke: Invoke, job: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "new" / "labels.csv"
        out.parent.mkdir()
        out.write_text("old")

        def full(_path: Path, _rows: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("fewshot_gui.exporting.table._write_rows", full)
        code, _, complaint = invoke(*job)
        assert (code, "No space left on device" in complaint) == (1, True)
        assert out.read_text() == "old"
        assert [path.name for path in out.parent.iterdir()] == ["labels.csv"]

    def test_a_fault_of_the_program_is_a_sentence_and_a_log(
        self, invoke: Invoke, job: list[str | Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("boom")

        monkeypatch.setattr("fewshot_gui.workflows.label_folder.label_folder", fail)
        code, said, complaint = invoke(*job)
        assert (code, said) == (1, "")
        assert "Something unexpected went wrong (RuntimeError: boom)." in complaint
        assert "RuntimeError: boom" in caplog.text

    @pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled])
    def test_stopped_by_the_person(
        self, invoke: Invoke, job: list[str | Path], monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
    ) -> None:
        def interrupt(*_: Any, **__: Any) -> None:
            raise stop

        monkeypatch.setattr("fewshot_gui.workflows.label_folder.label_folder", interrupt)
        code, said, complaint = invoke(*job)
        assert (code, said, complaint.strip()) == (130, "", "Cancelled.")


@pytest.mark.parametrize(
    "options",
    [
        ["--device", "tpu"],
        ["--seed", "-1"],
        ["--seed", "x"],
        ["--photos", "does not exist"],
        ["--examples", "does not exist"],
        ["--examples", "{file}"],
        ["--out", "{folder}"],
        ["--stats", "{folder}"],
        ["--no-such-option"],
        ["surplus"],
    ],
)
def test_wrong_use(invoke: Invoke, job: list[str | Path], tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "file").touch()
    named = [option.format(file=tmp_path / "file", folder=tmp_path) for option in options]
    code, said, complaint = invoke(*job, *named)
    assert (code, said) == (2, "")
    assert complaint.startswith("Usage: fewshot-gui label")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "arguments",
    [["no-such-command"], ["label"], ["embed", "--out", "x.npz"], ["sample"], ["--project", "gone.fewshot"]],
)
def test_wrong_use_of_the_others(invoke: Invoke, arguments: list[str]) -> None:
    code, said, complaint = invoke(*arguments)
    assert (code, said) == (2, "")
    assert complaint.startswith("Usage: fewshot-gui")


@pytest.mark.usefixtures("prepared_encoder")
def test_embeddings_as_arrays(invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
    photos = shutil.copytree(leaves.folder / "photos", tmp_path / "photos")
    (photos / "below").mkdir()
    (photos / "below" / "broken ü.jpg").touch()
    out = tmp_path / "new" / "e.npz"
    code, said, complaint = invoke("embed", "--photos", photos, "--out", out)
    assert (code, said) == (3, "")
    assert complaint == "“broken ü.jpg” could not be read: the file is empty.\n"
    with np.load(out, allow_pickle=False) as file:
        arrays = dict(file)
    assert sorted(arrays) == ["embeddings", "errors", "paths"]
    assert arrays["paths"].tolist() == [*(path.name for path in leaves.photos), "below/broken ü.jpg"]
    assert arrays["errors"].tolist() == [*[""] * 22, "the file is empty"]
    assert (arrays["embeddings"].dtype, arrays["embeddings"].shape) == (np.float32, (23, 1280))
    assert np.isnan(arrays["embeddings"][22]).all()
    encoder = open_encoder("efficientnet-lite0", device=choose_device("cpu"), progress=Unwatched())
    alone = encoder.embed([read_photo(leaves.photos[0], short_side=encoder.read_short_side)])[0]
    np.testing.assert_allclose(arrays["embeddings"][0], alone, rtol=1 / 1024, atol=1e-4)


class TestSample:
    @pytest.fixture(autouse=True)
    def quick_drawings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Small noise instead of leaves: drawing them takes seconds."""

        def draw(_: object, rng: np.random.Generator) -> np.ndarray:
            return rng.integers(0, 256, (24, 32, 3), np.uint8)

        monkeypatch.setattr(write, "leaf_scan", draw)
        monkeypatch.setattr(write, "stranger_scan", draw)

    def test_a_project_ready_to_open_and_a_second_time_too(self, invoke: Invoke, tmp_path: Path) -> None:
        for _ in range(2):
            code, said, complaint = invoke("sample", tmp_path / "leaves")
            assert (code, said, complaint) == (0, f"{tmp_path / 'leaves' / 'Pressed leaves.fewshot'}\n", "")
        with open_project(Path(said.rstrip("\n"))) as project:
            assert [len(project.examples_of(record.id)) for record in project.classes] == [6] * 5
            assert len(project.photo_ids) == 61

    def test_a_folder_with_other_things_is_refused(self, invoke: Invoke, tmp_path: Path) -> None:
        (tmp_path / "diary.txt").touch()
        code, said, complaint = invoke("sample", tmp_path)
        assert (code, said) == (1, "")
        assert complaint == f"The folder “{tmp_path}” is not empty; choose an empty folder for the sample project.\n"

    def test_a_file_is_no_folder(self, invoke: Invoke, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert invoke("sample", tmp_path / "file")[0] == 2


@linux_only
class TestWithoutAScreen:
    def test_the_window_says_why_it_does_not_open(self, tmp_path: Path) -> None:
        result = start(cwd=tmp_path)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr == (
            "The window cannot be opened because this computer has no display;"
            " “fewshot-gui label --help” shows how to work without it.\n"
        )
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.usefixtures("prepared_encoder")
    def test_the_sample_becomes_a_table(self, leaves: SampleFiles, tmp_path: Path) -> None:
        # A small sample stands where the program keeps its own: drawing the whole takes seconds.
        own = shutil.copytree(leaves.folder, data_folder() / "sample")
        (own / "Pressed leaves.fewshot").touch()
        result = start("--sample", cwd=tmp_path)
        assert (result.returncode, result.stdout) == (0, "")
        assert result.stderr == (
            "The window cannot be opened because this computer has no display,"
            " so the sample is labelled to labels.csv instead.\n"
            f"labels.csv now holds the labels of 22 sample photos, which lie in “{own}”.\n"
        )
        assert [path.name for path in tmp_path.iterdir()] == ["labels.csv"]
        assert len(table(tmp_path / "labels.csv")) == 22


@pytest.mark.usefixtures("prepared_encoder")
class TestSelfTest:
    def test_in_words(self, invoke: Invoke) -> None:
        code, said, complaint = invoke("self-test")
        assert (code, complaint) == (0, "")
        names = [line.partition(":")[0].removeprefix("ok ").strip() for line in said.splitlines()]
        assert tuple(name for name in names if name in SELF_TEST) == SELF_TEST
        assert {"NVIDIA GPU", "JPEG decoding on the GPU", "Processor"} <= set(names)

    def test_for_programs(self, invoke: Invoke) -> None:
        code, said, _ = invoke("self-test", "--json")
        findings = json.loads(said)
        assert code == 0
        assert {tuple(sorted(finding)) for finding in findings} == {("detail", "name", "passed")}
        assert tuple(finding["name"] for finding in findings if finding["name"] in SELF_TEST) == SELF_TEST
        assert all(finding["passed"] is True for finding in findings)

    def test_a_failure_is_an_exit_code(self, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("fewshot_gui.workflows.self_test.DEFAULT_ENCODER", "magic")
        code, said, _ = invoke("self-test")
        assert code == 1
        assert "FAILED  Encoder: There is no encoder “magic”" in said


def test_the_encoders_are_listed(invoke: Invoke) -> None:
    code, said, complaint = invoke("encoders")
    assert (code, complaint) == (0, "")
    heading, *rows = said.splitlines()
    assert heading.split() == ["id", "title", "size", "ready", "licence"]
    by_id = {row.split()[0]: row for row in rows}
    assert {"efficientnet-lite0", "efficientnet-lite0+lite2", "dinov2-small"} <= set(by_id)
    assert "bundled  yes" in by_id["efficientnet-lite0"]
    assert " MB    no " in by_id["dinov2-small"]
    assert "efficientnet-lite2" not in by_id


def test_encoders_that_are_not_offered_are_listed_when_asked_for(invoke: Invoke) -> None:
    code, said, complaint = invoke("encoders", "--all")
    assert (code, complaint) == (0, "")
    listed = {row.split()[0] for row in said.splitlines()}
    assert {"efficientnet-lite2", "pixels28", "efficientnet-lite0@deep"} <= listed


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["label", "--help"], ["sample", "-h"]])
def test_help_goes_to_stdout(invoke: Invoke, arguments: list[str]) -> None:
    code, said, complaint = invoke(*arguments)
    assert (code, complaint) == (0, "")
    assert said.startswith("Usage: fewshot-gui")


@pytest.mark.usefixtures("prepared_encoder")
def test_the_cache_is_measured_and_cleared(invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
    photos = leaves.folder / "photos"
    assert invoke("embed", "--photos", photos, "--out", tmp_path / "e.npz")[0] == 0
    code, out, err = invoke("cache")
    assert (code, err) == (0, "")
    assert out == f"0.1 MB of embeddings in “{cache_folder()}”\n"  # 22 photos of 2.6 kB
    assert invoke("cache", "--clear") == (0, f"0.0 MB of embeddings in “{cache_folder()}”\n", "")
