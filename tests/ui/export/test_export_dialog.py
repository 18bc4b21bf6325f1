"""The dialog that asks what shall leave the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.export.copies_page import CopiesPage
from fewshot_gui.ui.export.export_dialog import ExportDialog
from fewshot_gui.ui.export.exportable import Exportable
from fewshot_gui.ui.export.keywords_page import KeywordsPage
from fewshot_gui.ui.export.model_page import ModelPage
from fewshot_gui.ui.export.table_pages import table_pages
from fewshot_gui.ui.export.wishes import TableWish
from fewshot_gui.ui.theme import Theme
from fewshot_gui.workflows.exporting_labels import TableKind

ALL = Exportable(photos=1240, labelled=1230, decided=312, has_model=True, working=False)
PAGES = [
    "Excel workbook",
    "CSV table",
    "JSON",
    "Camtrap DP",
    "Darwin Core occurrences",
    "COCO annotations",
    "Hugging Face image folder",
    "Copies in class folders",
    "Keywords beside the photos",
    "Model that labels elsewhere",
]


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> ExportDialog:
    pages = [*table_pages(theme, "Ada Lovelace"), CopiesPage(theme), KeywordsPage(theme), ModelPage()]
    dialog = ExportDialog(pages, ALL)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_arrows_go_from_page_to_page_past_the_headings(dialog: ExportDialog, qtbot: QtBot) -> None:
    assert dialog.focusWidget() is dialog.list
    seen = [dialog.page.title]
    for _ in range(len(PAGES)):
        qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
        seen.append(dialog.page.title)
    assert seen == [*PAGES, PAGES[-1]]
    for _ in PAGES:
        qtbot.keyClick(dialog.list, Qt.Key.Key_Up)
    assert dialog.page.title == PAGES[0]


def test_enter_exports_what_is_in_front_and_escape_leaves(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.show_page("JSON")
    with qtbot.waitSignal(dialog.export_requested) as asked:
        qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert asked.args == [TableWish(TableKind.JSON)]
    with qtbot.assertNotEmitted(dialog.export_requested):
        qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_tab_key_reaches_every_field_of_a_page(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.show_page("Copies in class folders")
    page = dialog.page
    assert isinstance(page, CopiesPage)
    reached: set[QWidget] = set()
    for _ in range(12):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget())
    assert reached >= {page.kinds, page.patterns, page.unsure, page.with_none, page.with_keywords, dialog.export}


@pytest.mark.parametrize(
    ("there_is", "about", "why_not"),
    [
        (ALL, "1,240 photos, 1,230 labelled, 312 decided by you", ""),
        (
            Exportable(0, 0, 0, has_model=False, working=False),
            "No photos",
            "Add a folder of photos first; there is nothing to export yet.",
        ),
        (
            Exportable(1, 0, 0, has_model=False, working=False),
            "1 photo, 0 labelled, none decided by you",
            "No photo has a label yet: give at least two classes an example photo each.",
        ),
        (
            Exportable(1240, 0, 0, has_model=True, working=True),
            "1,240 photos, 0 labelled so far, none decided by you. What is shown when the export begins is exported.",
            "No photo has a label yet; wait until the first ones are labelled.",
        ),
        (
            Exportable(1240, 800, 0, has_model=True, working=True),
            "1,240 photos, 800 labelled so far, none decided by you. What is shown when the export begins is exported.",
            "",
        ),
    ],
)
def test_it_says_what_there_is_and_what_is_missing(
    dialog: ExportDialog, there_is: Exportable, about: str, why_not: str
) -> None:
    dialog.set_exportable(there_is)
    assert (dialog.about, dialog.why_not) == (about, why_not)
    assert dialog.export.isEnabled() == (not why_not)


def test_keywords_of_before_can_be_removed_without_a_classifier(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.set_exportable(Exportable(12, 0, 0, has_model=False, working=False))
    dialog.show_page("Keywords beside the photos")
    assert not dialog.export.isEnabled()
    page = dialog.page
    assert isinstance(page, KeywordsPage)
    page.what.chosen.emit("remove")
    assert (dialog.export.text(), dialog.export.isEnabled()) == ("Remove keywords", True)


def test_every_control_has_a_name_and_no_text_is_cut_off(dialog: ExportDialog) -> None:
    for title in PAGES:
        dialog.show_page(title)
        for field in dialog.page.findChildren(QWidget):
            if field.focusPolicy() & Qt.FocusPolicy.TabFocus and field.isVisible():
                assert field.accessibleName() or getattr(field, "text", str)(), title
        for label in dialog.page.findChildren(QLabel):
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
