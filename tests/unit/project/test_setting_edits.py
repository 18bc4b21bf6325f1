"""Settings of a project keep their type and can be undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fewshot_gui.project.errors import EditRefusedError
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, SettingValue
from fewshot_gui.project.setting_edits import rename_project, set_setting


@pytest.mark.parametrize("value", ["auto", "", "ñ\N{LEAF FLUTTERING IN WIND}", 3, 0.25, True, False])
def test_values_survive_with_their_type(
    project: Project, value: SettingValue, reopened: Callable[[Project], Project]
) -> None:
    edit = set_setting(project, "method", value)
    assert edit.kinds == {Kind.SETTINGS}
    with reopened(project) as again:
        assert again.settings["method"] == value
        assert type(again.settings["method"]) is type(value)


def test_undo_takes_a_new_setting_away(project: Project) -> None:
    set_setting(project, "method", "auto")
    assert not set_setting(project, "method", "auto")
    set_setting(project, "method", "ridge")
    project.undo()
    assert project.settings["method"] == "auto"
    project.undo()
    assert "method" not in project.settings


def test_rename_project(project: Project) -> None:
    rename_project(project, "  New \n name ")
    assert project.name == "New name"
    project.undo()
    assert project.name == "Leaves"
    with pytest.raises(EditRefusedError):
        rename_project(project, "  ")
