"""The choices that belong to a project, such as its name, the method and the encoder."""

from __future__ import annotations

from fewshot_gui.project.edits import Edit, added, updated
from fewshot_gui.project.errors import EditRefusedError
from fewshot_gui.project.project import NAME_SETTING, Project
from fewshot_gui.project.records import SettingRecord, SettingValue


def set_setting(project: Project, key: str, value: SettingValue) -> Edit:
    """Choose a setting.

    Raises:
        ProjectFileError: The project could not be written.
    """
    return project.do(_edit(project, "change the setting “{name}”", key, value))


def rename_project(project: Project, name: str) -> Edit:
    """Give the project another name; its file keeps its own.

    Raises:
        EditRefusedError: The name is empty.
        ProjectFileError: The project could not be written.
    """
    name = " ".join(name.split())
    if not name:
        raise EditRefusedError("A project needs a name; type one.")
    return project.do(_edit(project, "rename the project", NAME_SETTING, name))


def _edit(project: Project, template: str, key: str, value: SettingValue) -> Edit:
    settings = project.settings
    after = SettingRecord(key, value)
    if key not in settings:
        return Edit(template, {"name": key}, (added(after),))
    before = SettingRecord(key, settings[key])
    return Edit(template, {"name": key}, (updated(before, after),) if before != after else ())
