"""A project that started from a model: the window labels with examples that have no photos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache, encoder_spec
from fewshot_gui.project.carried_edits import add_carried_examples, remove_carried_examples
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.ui.models.photo_columns import UNLABELLED
from fewshot_gui.ui.window_states import class_cards
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING
from fewshot_gui.workflows.embedding_examples import embed_examples
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import SPECIES, choose_row, labels, settle

ENCODER = encoder_spec("pixels28")


def carry(project: Project, leaves: SampleFiles, cache: Path) -> None:
    """What a model of these species would bring."""
    set_setting(project, ENCODER_SETTING, ENCODER.id)
    with EmbeddingCache(cache) as known:
        for name in SPECIES:
            (class_id,) = add_class(project, name).keys(Kind.CLASSES)
            embedded = embed_examples(leaves.examples[name], EmbeddingSource(ENCODER, known), Unwatched()).embeddings
            add_carried_examples(
                project, [int(class_id)] * len(embedded), embedded, np.arange(len(embedded)).tolist(), ENCODER.id
            )


def test_photos_are_labelled_and_edits_of_carried_examples_are_answered(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    window = program.start()
    project = create_project(tmp_path / "Leaves.fewshot", "Leaves")
    carry(project, leaves, tmp_path / "cache.sqlite")
    window.session.open(project)
    window.session.add_folders([leaves.folder / "photos"])
    settle(window, qtbot)
    before = labels(window)
    assert len(before) == len(leaves.photos)
    assert UNLABELLED not in before.values()
    assert window.session.outcome is not None
    assert len(window.session.outcome.support) == 12
    assert [card.learned_from for card in class_cards(project, window.session.outcome)] == [4, 4, 4]
    choose_row(window, 0)  # the inspector shows no photo of an example, since there is none

    window.session.apply(remove_carried_examples(project, project.classes[0].id))
    settle(window, qtbot)
    assert project.classes[0].id not in labels(window).values()
    window.session.undo()
    settle(window, qtbot)
    assert labels(window) == before
