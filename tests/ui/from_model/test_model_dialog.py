"""What is shown of a model before a project is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fewshot_gui.exporting.model.reading import PIXELS, ModelInput, OpenedModel, Pixels, open_model
from fewshot_gui.ui.from_model.input_choices import InputChoices
from fewshot_gui.ui.from_model.model_dialog import ModelDialog
from fewshot_gui.ui.from_model.model_trial import ModelTrial
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import ChoiceBox
from tests.unit.exporting.tiny_models import Tiny


@pytest.fixture
def model(tmp_path: Path) -> OpenedModel:
    """One that says nothing of itself."""
    path = Tiny((1, 3, 8, 8)).save(tmp_path / "insects.onnx")
    (tmp_path / "labels.txt").write_text("bee\nwasp\nfly", encoding="utf-8")
    return open_model(path)


@pytest.fixture
def thumbnails(runner: TaskRunner) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(runner)
    yield store
    store.close()


def _words(dialog: ModelDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_it_says_what_was_recognised_and_what_was_guessed(
    model: OpenedModel, qtbot: QtBot, theme: Theme, thumbnails: ThumbnailStore
) -> None:
    dialog = ModelDialog(theme, thumbnails, model)
    qtbot.addWidget(dialog)
    dialog.show()
    said = _words(dialog)
    assert said[:2] == ["insects", "A model of another tool, which it does not name."]
    assert said[said.index("Classes") + 1] == "3: bee, wasp, fly"
    assert said[said.index("Photos") + 1] == "Shrunk to 8 x 8 pixels"
    assert said[said.index("A guess") + 1] == model.sentence
    for label in (one for one in dialog.findChildren(QLabel) if one.wordWrap()):
        assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_many_long_names_are_shortened_and_told_in_full_when_asked(
    model: OpenedModel, qtbot: QtBot, theme: Theme, thumbnails: ThumbnailStore
) -> None:
    names = tuple(f"A species with a long name, of number {number:04d}" for number in range(1000))
    dialog = ModelDialog(theme, thumbnails, replace(model, class_names=names, title="A title " * 30))
    qtbot.addWidget(dialog)
    dialog.show()
    (classes,) = (label for label in dialog.findChildren(QLabel) if label.text().startswith("1,000: "))
    assert classes.text().endswith("number 0007 and 992 more")
    assert "number 0059 and 940 more" in classes.toolTip()
    assert dialog.width() < 900


def test_what_was_chosen_otherwise_is_asked_for(model: OpenedModel, qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    dialog = ModelDialog(theme, thumbnails, model)
    qtbot.addWidget(dialog)
    assert model.input is not None
    assert dialog.choices is not None
    assert (dialog.wish.input, dialog.wish.photos) == (None, None)
    dialog.set_photos(tmp_path)
    dialog.choices.fit.chosen.emit("stretch")
    dialog.choices.order.chosen.emit("bgr")
    with qtbot.waitSignal(dialog.agreed) as agreed:
        dialog.create_project.click()
    (wish,) = agreed.args
    assert wish.photos == tmp_path
    assert wish.input == replace(model.input, fit="stretch", bgr=True)


def test_a_few_photos_show_whether_it_fits(
    model: OpenedModel,
    qtbot: QtBot,
    theme: Theme,
    thumbnails: ThumbnailStore,
    runner: TaskRunner,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    dialog = ModelDialog(theme, thumbnails, model)
    qtbot.addWidget(dialog)
    dialog.show()
    ModelTrial(runner, dialog)
    assert dialog.trial.said.startswith("Once you have chosen a folder")
    dialog.set_photos(photos)
    assert dialog.trial.said == "Labelling a few of them…"
    qtbot.waitUntil(lambda: "choose another folder" in dialog.trial.said)

    for number in range(9):
        Image.new("RGB", (20, 20), (250, 20, 20)).save(photos / f"{number}.png")
    dialog.set_photos(photos)
    qtbot.waitUntil(lambda: dialog.trial.said.startswith("0.png: bee, "))
    assert [part.split(":")[0] for part in dialog.trial.said.split("; ")] == ["0.png", "3.png", "5.png", "8.png"]
    assert dialog.choices is not None
    dialog.choices.order.chosen.emit("bgr")
    qtbot.waitUntil(lambda: dialog.trial.said.startswith("0.png: fly, "))
    dialog.reject()


@pytest.mark.parametrize("name", list(PIXELS))
def test_every_usual_range_of_pixels_is_a_choice(qtbot: QtBot, theme: Theme, name: str) -> None:
    choices = InputChoices(theme, ModelInput(8, 8, True, PIXELS["0 to 1"]))
    choices.pixels.chosen.emit(name)
    assert choices.input.pixels == PIXELS[name]
    for box in (choices.pixels, choices.order, choices.fit):
        qtbot.addWidget(box)


def test_a_range_of_its_own_is_kept_and_whole_numbers_have_none(qtbot: QtBot, theme: Theme) -> None:
    own = Pixels((0.4, 0.4, 0.4), (0.2, 0.2, 0.2))
    choices = InputChoices(theme, ModelInput(8, 8, True, own))
    assert choices.pixels.shown_text == "As the model says"
    assert choices.input.pixels == own
    whole = InputChoices(theme, ModelInput(8, 8, True, PIXELS["0 to 255"], element="uint8"))
    assert not whole.pixels.isEnabled()
    for box in (*_boxes(choices), *_boxes(whole)):
        qtbot.addWidget(box)


def _boxes(choices: InputChoices) -> tuple[ChoiceBox, ...]:
    return choices.pixels, choices.order, choices.fit
