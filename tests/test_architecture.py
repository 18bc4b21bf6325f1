"""The rooms of the code and the arrows between them (docs/decisions, pyproject.toml)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fewshot_gui

PACKAGE = Path(fewshot_gui.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {
    "torch",
    "torchvision",
    "timm",
    "sklearn",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "rawpy",
    "pillow_heif",
    "openpyxl",
    "lightning",
    "optuna",
    "tensorboard",
}
LOAD_TORCH = ("encoders/networks", "learners/episodic", "metalearning")
NOT_OUR_WORDS = {"utils", "helpers", "misc", "workspace", "category", "categories", "annotation", "annotations"}


def _module_level_imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_heavy_is_imported_before_it_is_used(path: Path) -> None:
    allowed = {"torch"} if any(path.is_relative_to(PACKAGE / room) for room in LOAD_TORCH) else set()
    assert not _module_level_imports(path) & (HEAVY - allowed)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_rooms_that_load_torch_are_entered_inside_functions(path: Path) -> None:
    rooms = tuple(f"fewshot_gui.{room.replace('/', '.')}." for room in LOAD_TORCH)
    if any(path.is_relative_to(PACKAGE / room) for room in LOAD_TORCH):
        return
    entered = [
        node.module
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(rooms)
    ]
    assert not entered


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_qt_stays_in_its_room(path: Path) -> None:
    imports = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    room = path.relative_to(PACKAGE).parts[0]
    assert "PySide6" not in imports or room in {"ui", "app.py"}


def test_only_tasks_knows_threads_in_the_window() -> None:
    for path in (PACKAGE / "ui").rglob("*.py"):
        if path.name != "tasks.py":
            text = path.read_text(encoding="utf-8")
            assert not {"threading", "concurrent", "multiprocessing"} & _module_level_imports(path), path
            assert "QThread" not in text, path
            assert "processEvents" not in text, path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_and_functions_have_one_purpose(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 50, node.name


def test_names_are_the_words_of_the_design() -> None:
    for path in MODULES:
        assert not set(path.stem.split("_")) & NOT_OUR_WORDS, path


def test_import_contracts_hold() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["label", "--help"], ["evaluate", "--help"], ["meta-train", "--help"]]
)
def test_help_loads_nothing_that_takes_time(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from fewshot_gui.cli import run\n"
        f"run({arguments!r})\n"
        f"heavy = {sorted(HEAVY | {'numpy', 'PySide6', 'PIL'})!r}\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"


def test_everything_but_the_window_works_without_qt() -> None:
    code = (
        "import sys, pkgutil, importlib\n"
        "sys.modules['PySide6'] = None\n"
        "import fewshot_gui\n"
        "found = pkgutil.walk_packages(fewshot_gui.__path__, 'fewshot_gui.', onerror=lambda name: None)\n"
        "window = ('fewshot_gui.ui', 'fewshot_gui.app', 'fewshot_gui.__main__')\n"
        "names = [module.name for module in found if not module.name.startswith(window)]\n"
        "[importlib.import_module(name) for name in names]\n"
        "assert len(names) > 40\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
