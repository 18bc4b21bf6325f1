"""What the pages of the export dialog ask for."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fewshot_gui.exporting.sidecars import SidecarNaming
from fewshot_gui.exporting.tables import BASES_OF_RECORD, CamtrapDetails, DarwinCoreDetails
from fewshot_gui.ui.export.copies_page import CopiesPage
from fewshot_gui.ui.export.keywords_page import KeywordsPage
from fewshot_gui.ui.export.model_page import ModelPage
from fewshot_gui.ui.export.table_pages import CamtrapPage, DarwinCorePage, table_pages
from fewshot_gui.ui.export.wishes import CopiesWish, KeywordsWish, TableWish
from fewshot_gui.ui.theme import Theme
from fewshot_gui.workflows.exporting_labels import SurveyDetails, TableKind
from fewshot_gui.workflows.exporting_model import ExportOptions


@pytest.fixture
def copies(qtbot: QtBot, theme: Theme) -> CopiesPage:
    page = CopiesPage(theme)
    qtbot.addWidget(page)
    return page


@pytest.fixture
def camtrap(qtbot: QtBot) -> CamtrapPage:
    page = CamtrapPage("Ada Lovelace")
    qtbot.addWidget(page)
    return page


def test_copies_begin_with_what_most_people_want(copies: CopiesPage) -> None:
    assert copies.wish == CopiesWish("{label}/{name}", False, 0.0, False, False)
    assert copies.why_not == ""


def test_a_link_gets_no_keywords_for_it_is_the_original_itself(copies: CopiesPage) -> None:
    copies.with_keywords.setChecked(True)
    assert copies.wish.with_keywords
    copies.kinds.chosen.emit("link")
    assert not copies.with_keywords.isEnabled()
    assert (copies.wish.hard_links, copies.wish.with_keywords) == (True, False)


def test_a_pattern_shows_what_becomes_of_it(copies: CopiesPage, qtbot: QtBot) -> None:
    copies.show()
    assert copies._example.text() == "Such as Fox/IMG_0001.jpg"
    assert not copies.own.isVisible()
    copies.patterns.chosen.emit("own")
    assert copies.own.isVisible()
    with qtbot.waitSignal(copies.changed):
        copies.own.setText("{date}/{label} {number}")
    assert copies._example.text() == "Such as 2026-07-14/Fox 00042.jpg"
    assert copies.wish.pattern == "{date}/{label} {number}"


@pytest.mark.parametrize("pattern", ["", "{what}", "../{name}", "{label", "{label}//{name}"])
def test_a_pattern_that_makes_no_sense_is_explained(copies: CopiesPage, pattern: str) -> None:
    copies.patterns.chosen.emit("own")
    copies.own.setText(pattern)
    assert "pattern" in copies.why_not
    assert copies.why_not.endswith(".")


def test_keywords_can_be_left_to_what_a_person_decided(qtbot: QtBot, theme: Theme) -> None:
    page = KeywordsPage(theme)
    qtbot.addWidget(page)
    page.names.chosen.emit(SidecarNaming.WHOLE_NAME)
    page.only_decided.setChecked(True)
    assert page.wish == KeywordsWish(SidecarNaming.WHOLE_NAME, only_decided=True, remove=False)
    page.what.chosen.emit("remove")
    assert page.wish.remove


def test_camera_traps_stand_somewhere(camtrap: CamtrapPage) -> None:
    camtrap.survey.setText(" Forest ")
    camtrap.latitude.setText("48.2082")
    camtrap.longitude.setText("-16.3738")
    details = CamtrapDetails("Ada Lovelace", title="Forest", position=(48.2082, -16.3738))
    assert camtrap.wish == TableWish(TableKind.CAMTRAP, SurveyDetails(camtrap=details))


@pytest.mark.parametrize(
    ("contributor", "latitude", "longitude", "why_not"),
    [
        ("", "", "", "Say who makes the package."),
        ("Ada", "48", "", "Give both latitude and longitude, or neither."),
        ("Ada", "91", "16", "The latitude is a number from −90 to 90."),
        ("Ada", "48,2", "16", "The latitude is a number from −90 to 90."),
        ("Ada", "48", "181", "The longitude is a number from −180 to 180."),
        ("Ada", "", "", ""),
    ],
)
def test_a_place_that_is_none_is_said(
    camtrap: CamtrapPage, contributor: str, latitude: str, longitude: str, why_not: str
) -> None:
    camtrap.contributor.setText(contributor)
    camtrap.latitude.setText(latitude)
    camtrap.longitude.setText(longitude)
    assert camtrap.why_not == why_not


def test_every_basis_of_record_can_be_chosen(qtbot: QtBot, theme: Theme) -> None:
    page = DarwinCorePage(theme)
    qtbot.addWidget(page)
    for number, basis in enumerate(BASES_OF_RECORD):
        assert page.evidence.itemData(number).id == basis
        page.evidence.chosen.emit(basis)
        assert page.wish.details == SurveyDetails(darwin_core=DarwinCoreDetails(basis))


def test_a_model_takes_its_examples_along_unless_told_otherwise(qtbot: QtBot) -> None:
    page = ModelPage()
    qtbot.addWidget(page)
    assert page.wish == ExportOptions()
    page.carry_examples.setChecked(False)
    page.int8.setChecked(True)
    assert page.wish == ExportOptions(carry_examples=False, int8=True)


def test_formats_are_offered_only_where_what_they_need_is_installed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewshot_gui.ui.export.model_page.find_spec", lambda name: name != "coremltools")
    page = ModelPage()
    qtbot.addWidget(page)
    assert page.core_ml is None
    assert page.pytorch is not None
    page.pytorch.setChecked(True)
    assert page.wish == ExportOptions(pytorch=True)


def test_scientific_names_are_typed_once_for_both_archives(qtbot: QtBot, theme: Theme) -> None:
    pages = table_pages(theme, "Ada")
    for page in pages:
        qtbot.addWidget(page)
        page.set_classes(["fox", "roe deer"])
    (camtrap,) = [page for page in pages if isinstance(page, CamtrapPage)]
    (darwin_core,) = [page for page in pages if isinstance(page, DarwinCorePage)]
    fox, _ = camtrap.scientific_names.findChildren(QLineEdit)
    qtbot.keyClicks(fox, "Vulpes vulpes ")
    for page in (camtrap, darwin_core):
        page.set_classes(["badger", "fox"])
        assert page.scientific_names.names == {"fox": "Vulpes vulpes"}
    camtrap_details, darwin_core_details = camtrap.wish.details, darwin_core.wish.details
    assert camtrap_details is not None
    assert darwin_core_details is not None
    assert camtrap_details.camtrap is not None
    assert camtrap_details.camtrap.scientific_names == {"fox": "Vulpes vulpes"}
    assert darwin_core_details.darwin_core is not None
    assert darwin_core_details.darwin_core.scientific_names == {"fox": "Vulpes vulpes"}
