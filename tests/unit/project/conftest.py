"""A project to work on, and ways to look at all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.project.opening import create_project, open_project
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

State = dict[str, Any]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A new project in ``tmp_path/home``."""
    home = tmp_path / "home"
    home.mkdir()
    with create_project(home / "Leaves.fewshot", "Leaves") as project:
        yield project


@pytest.fixture
def state() -> Callable[[Project], State]:
    """Everything a project holds, as one comparable value; the order of photos included."""

    def state(project: Project) -> State:
        tables: State = {kind.value: dict(project._rows.table(kind)) for kind in Kind}
        tables["order"] = project.photo_ids.tolist()
        tables["by file"] = {photo.file: project.photo_id(photo.file) for photo in project.photos.values()}
        return tables

    return state


@pytest.fixture
def state_on_disk(state: Callable[[Project], State]) -> Callable[[Project], State]:
    """Close the project and say what is in its file."""

    def state_on_disk(project: Project) -> State:
        project.close()
        with open_project(project.path) as again:
            return state(again)

    return state_on_disk


@pytest.fixture
def make_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file below ``tmp_path`` whose content is its name, or ``content``."""

    def make_file(name: str, content: str | None = None) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if content is not None else name, encoding="utf-8")
        return path

    return make_file


@pytest.fixture
def reopened() -> Callable[[Project], Project]:
    """Close the project and open its file again."""

    def reopened(project: Project) -> Project:
        project.close()
        return open_project(project.path)

    return reopened
