"""Everything the window can do, as one table: menu, name, keys, tip."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from fewshot_gui.ui.dialogs.keys_dialog import KeyRow
from fewshot_gui.ui.theme import Theme


@dataclass(frozen=True)
class ActionRow:
    """One thing the window can do.

    Attributes:
        name: How the code calls it.
        menu: The menu it stands in.
        text: What the menu says.
        keys: Shortcuts, the first of which the menu shows.
        tip: One sentence for the status tip and the list of keys.
        icon: Name of a shipped icon, or empty.
        needs_project: Whether it makes sense only while a project is open.
        separator: Whether a line stands above it.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    needs_project: bool = True
    separator: bool = False


ACTIONS = (
    ActionRow("new", "File", "New project…", ("Ctrl+N",), "Start a new labelling job.", "plus", needs_project=False),
    ActionRow(
        "from_model",
        "File",
        "New project from a model…",
        (),
        "Start with the classes of a model that was exported, here or by another tool.",
        "file-input",
        needs_project=False,
    ),
    ActionRow("open", "File", "Open…", ("Ctrl+O",), "Open a project file.", "folder", needs_project=False),
    ActionRow("sample", "File", "Open the sample", (), "Try everything on drawn leaves.", "leaf", needs_project=False),
    ActionRow(
        "save_copy", "File", "Save a copy as…", ("Ctrl+Shift+S",), "Everything is saved by itself; this makes a copy."
    ),
    ActionRow(
        "add_folder",
        "File",
        "Add a folder of photos…",
        ("Ctrl+D",),
        "Label the photos in a folder.",
        "folder-plus",
        separator=True,
    ),
    ActionRow(
        "folders",
        "File",
        "Folders of the project…",
        ("Ctrl+Shift+D",),
        "Watch folders for new photos, or take folders out of the project.",
        "eye",
    ),
    ActionRow(
        "find_moved", "File", "Find moved photos…", (), "Look in a folder for photos that are not where they were."
    ),
    ActionRow(
        "export",
        "File",
        "Export…",
        ("Ctrl+E",),
        "Tables, copies in class folders, keywords, and the model.",
        "file-output",
        separator=True,
    ),
    ActionRow("close", "File", "Close project", ("Ctrl+W",), "Back to the start page.", separator=True),
    ActionRow("quit", "File", "Quit", ("Ctrl+Q",), "Everything is saved.", needs_project=False),
    ActionRow("undo", "Edit", "Undo", ("Ctrl+Z",), "Take the last action back.", "undo-2"),
    ActionRow("redo", "Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do it again.", "redo-2"),
    ActionRow("add_class", "Edit", "Add a class", ("Ctrl+Shift+N",), "Make an empty class.", "tag", separator=True),
    ActionRow("none", "Edit", "None of these", (), "Key 0: the photo belongs to none of the classes.", separator=True),
    ActionRow("confirm", "Edit", "Confirm the label", (), "Enter: the shown label is right.", "check"),
    ActionRow("undecide", "Edit", "Take the decision back", (), "Delete: let the machine label it again."),
    ActionRow("remove_photos", "Edit", "Remove photos from the project", (), "The files stay where they are."),
    ActionRow("review", "View", "Review doubtful photos", ("Ctrl+R",), "Show what the machine is unsure of.", "eye"),
    ActionRow("show_all", "View", "Show all photos", ("Ctrl+Shift+A",), "Clear every filter."),
    ActionRow("find", "View", "Find a file name", ("Ctrl+F",), "Type a part of the file name.", "search"),
    ActionRow(
        "new_photos",
        "View",
        "Go to the new photos",
        ("Ctrl+J",),
        "Show the photos that came in while a folder was watched.",
        "images",
    ),
    ActionRow("refresh_order", "View", "Refresh the order", ("F5",), "Sort and filter again.", "refresh-cw"),
    ActionRow("next_part", "View", "Next part of the window", ("F6",), "Classes, photos, details and bars, in turn."),
    ActionRow("inspector", "View", "Show or hide the photo details", ("Ctrl+I",), "The right column.", "panel-right"),
    ActionRow("light", "View", "Light", (), "Light appearance.", "sun", needs_project=False, separator=True),
    ActionRow("dark", "View", "Dark", (), "Dark appearance.", "moon", needs_project=False),
    ActionRow("system", "View", "Same as the system", (), "Follow the system.", needs_project=False),
    ActionRow(
        "opinion",
        "Learning",
        "Ask for a second opinion",
        ("Ctrl+Shift+O",),
        "Let a slower method look at your examples, and see whether it does better.",
        "message-circle-question-mark",
    ),
    ActionRow(
        "lab",
        "Learning",
        "Learning lab…",
        ("Ctrl+L",),
        "Compare methods, teach starting points and keep them.",
        "flask-conical",
        needs_project=False,
    ),
    ActionRow(
        "add_point",
        "Learning",
        "Add a starting point…",
        (),
        "Take what a method has learned elsewhere from a file.",
        "download",
        needs_project=False,
    ),
    ActionRow("keys", "Help", "All keys", ("?", "F1"), "Show every key.", "keyboard", needs_project=False),
    ActionRow(
        "computer",
        "Help",
        "This computer…",
        ("Ctrl+Shift+T",),
        "What labels photos here, how fast, and what is kept of them.",
        "cpu",
        needs_project=False,
    ),
    ActionRow("welcome", "Help", "First steps…", (), "What this is for, and how it goes.", "leaf", needs_project=False),
    ActionRow(
        "report",
        "Help",
        "Save a report for support…",
        (),
        "What happened and on which computer, as a file to send yourself.",
        "life-buoy",
        needs_project=False,
        separator=True,
    ),
    ActionRow("about", "Help", "About", (), "Version and licences.", "info", needs_project=False),
)

PHOTO_KEYS = (
    KeyRow("Photos", ("1", "…", "9"), "Label with that class"),
    KeyRow("Photos", ("0",), "None of these"),
    KeyRow("Photos", ("Enter",), "Confirm the shown label"),
    KeyRow("Photos", ("Delete",), "Take the decision back"),
    KeyRow("Photos", ("←", "→", "↑", "↓"), "Move between photos"),
    KeyRow("Photos", ("Shift+→",), "Choose several"),
    KeyRow("Photos", ("Space",), "Large view"),
    KeyRow("Photos", ("F",), "Find a file name"),
)
"""Keys that the gallery handles itself."""

CLASS_KEYS = (
    KeyRow("Classes", ("F2",), "Rename the class"),
    KeyRow("Classes", ("Alt+↑",), "Move the class up"),
    KeyRow("Classes", ("Alt+↓",), "Move the class down"),
)
"""Keys that a class card handles itself."""


class Actions:
    """The table as Qt actions in the menus of a window."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        self._theme = theme
        self._by_name: dict[str, QAction] = {}
        menus: dict[str, QMenu] = {}
        for row in ACTIONS:
            menu = menus.get(row.menu)
            if menu is None:
                menu = menus[row.menu] = window.menuBar().addMenu(f"&{row.menu}")
            if row.separator:
                menu.addSeparator()
            action = QAction(row.text, window)
            action.setShortcuts([QKeySequence(keys) for keys in row.keys])
            action.setStatusTip(row.tip)
            action.setToolTip(row.tip)
            menu.addAction(action)
            self._by_name[row.name] = action
        theme.changed.connect(self._draw_icons)
        self._draw_icons()

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def enable_for_project(self, is_open: bool) -> None:
        """Enable what makes sense with or without an open project."""
        for row in ACTIONS:
            if row.needs_project:
                self[row.name].setEnabled(is_open)

    def _draw_icons(self) -> None:
        for row in ACTIONS:
            if row.icon:
                self[row.name].setIcon(self._theme.icon(row.icon, "dim"))


def key_rows() -> tuple[KeyRow, ...]:
    """Every key and what it does, for the list of keys."""
    from_menus = tuple(KeyRow(row.menu, row.keys, row.text.rstrip("…")) for row in ACTIONS if row.keys)
    return (*PHOTO_KEYS, *CLASS_KEYS, *from_menus)
