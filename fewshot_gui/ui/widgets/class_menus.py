"""The menus of the left column: what can be done with a class, and with its examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.class_card_state import ClassCardState
from fewshot_gui.ui.widgets.class_dot import dot_icon
from fewshot_gui.ui.widgets.class_requests import ClassRequests

_Chosen = Callable[[int], None]


def class_menu(
    requests: ClassRequests,
    theme: Theme,
    states: Sequence[ClassCardState],
    class_id: int,
    rename: Callable[[], None],
) -> QMenu:
    """The menu of the class ``class_id``, one of ``states``; ``rename`` begins to edit its name."""
    menu = _menu(requests)
    position = next(at for at, state in enumerate(states) if state.id == class_id)
    _add(menu, theme.icon("pencil"), "Rename", rename).setShortcut("F2")
    _add(
        menu, theme.icon("images"), "Show photos of this class", lambda: requests.class_filter_requested.emit(class_id)
    )
    menu.addSeparator()
    merge = _class_choice(menu, theme, states, class_id, lambda into: requests.merge_requested.emit(class_id, into))
    merge.setTitle("Merge into")
    merge.setIcon(theme.icon("combine"))
    for icon, text, step in (("arrow-up", "Move up", -1), ("arrow-down", "Move down", 1)):
        target = position + step
        move = _add(menu, theme.icon(icon), text, _reordering(requests, class_id, target))
        move.setEnabled(0 <= target < len(states))
        move.setShortcut("Alt+Up" if step < 0 else "Alt+Down")
    menu.addSeparator()
    _add(menu, theme.icon("trash-2"), "Remove class", lambda: requests.remove_requested.emit(class_id))
    return menu


def examples_menu(
    requests: ClassRequests, theme: Theme, states: Sequence[ClassCardState], class_id: int, example_ids: list[int]
) -> QMenu:
    """The menu of ``example_ids``, which are examples of ``class_id``."""
    menu = _menu(requests)
    examples = next(state.examples for state in states if state.id == class_id)
    paths = [example.path for example in examples if example.id in example_ids]
    _add(menu, theme.icon("trash-2"), "Remove from class", lambda: requests.examples_removed.emit(example_ids))
    move = _class_choice(menu, theme, states, class_id, lambda into: requests.examples_moved.emit(example_ids, into))
    move.setTitle("Move to")
    move.setIcon(theme.icon("tag"))
    menu.addSeparator()
    show = _add(menu, theme.icon("folder"), "Show in folder", lambda: requests.folder_requested.emit(paths[0]))
    show.setEnabled(len(paths) == 1)
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _add(menu: QMenu, icon: QIcon, text: str, chosen: Callable[[], None]) -> QAction:
    action = menu.addAction(icon, text)
    action.triggered.connect(chosen)
    return action


def _reordering(requests: ClassRequests, class_id: int, target: int) -> Callable[[], None]:
    return lambda: requests.reorder_requested.emit(class_id, target)


def _class_choice(menu: QMenu, theme: Theme, states: Sequence[ClassCardState], but: int, chosen: _Chosen) -> QMenu:
    """A submenu of all classes except ``but``."""
    choice = menu.addMenu("")
    for state in states:
        if state.id != but:
            _add(
                choice,
                dot_icon(theme.class_colour(state.colour_index)),
                wording.button_text(state.name),
                _choosing(chosen, state.id),
            )
    choice.setEnabled(not choice.isEmpty())
    return choice


def _choosing(chosen: _Chosen, class_id: int) -> Callable[[], None]:
    return lambda: chosen(class_id)
