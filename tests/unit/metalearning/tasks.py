"""A small world of classes to meta-learn, made in a moment."""

from __future__ import annotations

import numpy as np

from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.prototypes import PrototypicalMethod
from fewshot_gui.learners.starting_point import NetworkSpec
from fewshot_gui.metalearning.episode_rows import PlainRows
from fewshot_gui.metalearning.labelled_rows import LabelledRows, split_classes
from fewshot_gui.metalearning.outer_loop import TrainingEpisodes
from fewshot_gui.metalearning.samplers import FixedSampler

INPUTS, TELLING = 16, 4


def blobs(classes: int = 24, members: int = 12, seed: int = 0) -> LabelledRows:
    """Classes that differ in their first values only, among others that are loud and say nothing."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), members)
    rows = rng.normal(0, 1.0, (len(labels), INPUTS))
    rows[:, :TELLING] = rng.normal(0, 0.5, (classes, TELLING))[labels] + rng.normal(0, 0.1, (len(labels), TELLING))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    names = tuple(f"class {number}" for number in range(classes))
    return LabelledRows(rows.astype(np.float16), labels, np.arange(len(labels)), names, ("blobs",) * classes)


def blob_episodes(ways: int = 4, shots: int = 1) -> TrainingEpisodes:
    """Episodes of 4 classes, the validation on others than the training."""
    train, validation, _ = split_classes(blobs(), (0.7, 0.3, 0.0))
    return TrainingEpisodes(
        train=FixedSampler(train, ways, shots, 4),
        validation=FixedSampler(validation, ways, shots, 4),
        train_rows=PlainRows(train.rows),
        validation_rows=PlainRows(validation.rows),
        frozen_rows=PlainRows(validation.rows),
    )


def small_method(seed: int = 0) -> PrototypicalMethod:
    """Prototypes on an adapter that has hardly any parameters."""
    return PrototypicalMethod(build_network(NetworkSpec("adapter", INPUTS, 8), seed=seed))
