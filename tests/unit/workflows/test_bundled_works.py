"""Whose work the program contains."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from fewshot_gui.core import resources
from fewshot_gui.encoders import encoder_specs
from fewshot_gui.workflows import bundled_works as module
from fewshot_gui.workflows import system_works
from fewshot_gui.workflows.bundled_work import BundledWork
from fewshot_gui.workflows.bundled_works import LIST_NAME, bundled_works, write_works

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def works() -> dict[str, BundledWork]:
    return {work.name: work for work in bundled_works()}


def key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime_dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in project["dependencies"]]
    return [name for name in names if is_installed(name)]


def is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def test_every_runtime_dependency_has_its_licence(works: dict[str, BundledWork]) -> None:
    named = {key(name): work for name, work in works.items()}
    dependencies = runtime_dependencies()
    assert len(dependencies) >= 15
    for name in dependencies:
        work = named[key(name)]
        assert work.version == distribution(name).version
        assert work.licence
        assert len(work.text) > 200, f"{name} has no licence text"


def test_what_dependencies_need_is_listed_too(works: dict[str, BundledWork]) -> None:
    assert {"shiboken6", "click", "flatbuffers", "protobuf"} <= set(works)
    assert not {"pytest", "mypy", "ruff", "fewshot-gui", "fewshot_gui"} & set(works)


def test_what_is_no_package_is_listed_too(works: dict[str, BundledWork]) -> None:
    assert works["Lucide icons"].licence == "ISC"
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in works["Python"].text
    for spec in encoder_specs():
        if spec.source == "bundled" and not spec.base:
            assert spec.origin in works[f"Encoder {spec.id}"].text
    assert any(name.startswith("Starting point “") and "Omniglot" in work.text for name, work in works.items())


@pytest.mark.parametrize("name", ["Qt", "PySide6_Essentials", "shiboken6"])
def test_qt_can_be_had_and_replaced(works: dict[str, BundledWork], name: str) -> None:
    text = works[name].text
    assert "https://download.qt.io/official_releases/QtForPython/pyside6/" in text
    assert "You may replace them" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text


def test_libraries_in_pillow_heif_bring_their_licences(works: dict[str, BundledWork]) -> None:
    text = works["pillow_heif"].text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "libde265" in text


def test_an_application_reads_the_list_that_its_recipe_wrote(
    works: dict[str, BundledWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "resources" / "licences" / LIST_NAME
    listed.parent.mkdir(parents=True)
    write_works(listed, {"numpy", "PIL", "fewshot_gui"})
    listed_works = json.loads(listed.read_text(encoding="utf-8"))
    packages = {work["name"] for work in listed_works if work["version"]} - {"Python"}
    assert packages == {"numpy", "pillow"}
    original = resources.resource

    def found(name: str) -> Path:
        return listed if name.endswith(LIST_NAME) else original(name)

    monkeypatch.setattr(module, "resource", found)
    again = {work.name: work for work in bundled_works()}
    assert again["numpy"] == works["numpy"]
    assert "torch" not in again
    assert "Lucide icons" in again


def test_libraries_of_a_debian_are_told_by_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def answer(_program: str, *arguments: str) -> str:
        asked.append(arguments)
        return "libz1:amd64: /usr/lib/libz.so.1\n" if arguments[0] == "--search" else "1.2.13\n"

    (tmp_path / "libz1").mkdir()
    (tmp_path / "libz1" / "copyright").write_text("zlib licence", encoding="utf-8")
    monkeypatch.setattr(system_works, "_NOTES", tmp_path)
    monkeypatch.setattr(system_works, "_ask", answer)
    monkeypatch.setattr(system_works.shutil, "which", lambda _name: "/usr/bin/dpkg-query")
    libraries = [Path("/usr/lib/libz.so.1"), Path("/usr/lib/libz.so")]
    (work,) = system_works.system_works(libraries)
    assert (work.name, work.version, work.text) == ("libz1", "1.2.13", "zlib licence")
    assert "/usr/lib/libz.so.1" in asked[0]


def test_elsewhere_there_is_nothing_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_works.shutil, "which", lambda _name: None)
    assert list(system_works.system_works([Path("/usr/lib/libz.so.1")])) == []
