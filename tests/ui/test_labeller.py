"""Labelling what has been embedded since the classifier was made."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from fewshot_gui.core.prediction import Predictions
from fewshot_gui.ui.labeller import LabelBatch, Labeller, label_batches
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings


@dataclass
class Classifier:
    """Stands in for an adapted classifier: gives every photo one class, when it is let."""

    class_id: int
    asked: list[int] = field(default_factory=list)
    let: threading.Event = field(default_factory=threading.Event)

    def predict(self, embeddings: NDArray[np.floating]) -> Predictions:
        self.asked.append(len(embeddings))
        assert self.let.wait(10)
        ones = np.ones((len(embeddings), 1), np.float32)
        return Predictions(np.array([self.class_id]), ones, ones[:, 0], np.zeros(len(embeddings), np.bool_))


@pytest.fixture
def embeddings() -> PhotoEmbeddings:
    return PhotoEmbeddings(4)


@pytest.fixture
def labeller(runner: TaskRunner) -> Labeller:
    labeller = Labeller(runner, runner)
    labeller.heard = []  # type: ignore[attr-defined] - what the test looks at
    labeller.labelled.connect(labeller.heard.append)  # type: ignore[attr-defined]
    return labeller


def heard(labeller: Labeller) -> list[tuple[list[int], int]]:
    batches: list[LabelBatch] = labeller.heard  # type: ignore[attr-defined]
    return [(batch.photo_ids.tolist(), int(batch.ranked.first[0])) for batch in batches]


def add(embeddings: PhotoEmbeddings, *photo_ids: int) -> None:
    embeddings.append(photo_ids, np.zeros((len(photo_ids), 4), np.float32))


def test_only_what_has_no_label_is_labelled_and_all_of_it(
    labeller: Labeller, embeddings: PhotoEmbeddings, qtbot: QtBot
) -> None:
    add(embeddings, 1, 2, 3)
    classifier = Classifier(7)
    labeller.use(classifier, embeddings, 2)  # type: ignore[arg-type] - a stand-in
    add(embeddings, 4, 5)
    labeller.go_on()
    with qtbot.waitSignal(labeller.idle):
        classifier.let.set()
    assert heard(labeller) == [([3], 7), ([4, 5], 7)]
    labeller.go_on()
    assert not labeller.busy


def test_many_come_in_portions(labeller: Labeller, embeddings: PhotoEmbeddings, qtbot: QtBot) -> None:
    add(embeddings, *range(2500))
    classifier = Classifier(7)
    classifier.let.set()
    with qtbot.waitSignal(labeller.idle):
        labeller.use(classifier, embeddings, 0)  # type: ignore[arg-type] - a stand-in
    assert classifier.asked == [1024, 1024, 452]
    assert [one for ids, _ in heard(labeller) for one in ids] == list(range(2500))


def test_an_answer_of_the_classifier_before_is_not_heard(
    labeller: Labeller, embeddings: PhotoEmbeddings, qtbot: QtBot
) -> None:
    add(embeddings, 1)
    old, new = Classifier(7), Classifier(8)
    labeller.use(old, embeddings, 0)  # type: ignore[arg-type] - a stand-in
    qtbot.waitUntil(lambda: old.asked == [1])
    labeller.use(new, embeddings, 0)  # type: ignore[arg-type] - a stand-in
    new.let.set()
    with qtbot.waitSignal(labeller.idle):
        old.let.set()
    assert heard(labeller) == [([1], 8)]


def test_without_a_classifier_nothing_happens(labeller: Labeller, embeddings: PhotoEmbeddings) -> None:
    add(embeddings, 1)
    labeller.go_on()
    assert not labeller.busy
    classifier = Classifier(7)
    classifier.let.set()
    labeller.use(classifier, embeddings, 0)  # type: ignore[arg-type] - a stand-in
    labeller.stop()
    assert not labeller.busy
    labeller.go_on()
    assert not labeller.busy


def test_a_large_folder_is_handed_over_in_batches_with_every_photo_to_the_last_digit() -> None:
    rng, count = np.random.default_rng(0), 40_000
    probabilities = rng.dirichlet([0.5, 0.5, 0.5], count).astype(np.float32)
    familiarity = rng.random(count, np.float32)
    predictions = Predictions(np.array([3, 5, 9]), probabilities, familiarity, familiarity < 0.5)
    photo_ids = rng.permutation(count)
    batches = list(label_batches(photo_ids, predictions))
    assert max(len(batch.photo_ids) for batch in batches) < 20_000
    np.testing.assert_array_equal(np.concatenate([batch.photo_ids for batch in batches]), photo_ids)
    for place, wanted in enumerate(predictions.ranked()):
        np.testing.assert_array_equal(np.concatenate([batch.ranked[place] for batch in batches]), wanted)
    np.testing.assert_array_equal(np.concatenate([batch.familiarity for batch in batches]), familiarity)
    np.testing.assert_array_equal(np.concatenate([batch.stranger for batch in batches]), familiarity < 0.5)
