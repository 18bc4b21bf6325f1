"""From support embeddings to classifiers: one method per file behind one protocol."""

from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.cross_validation import (
    Assessed,
    HeldOut,
    SelfAssessing,
    Split,
    adapt_held_out,
    leave_one_per_class_out,
    stratified_folds,
)
from fewshot_gui.learners.features import EmbeddingTransform, Projection, project_together
from fewshot_gui.learners.grouping import group_near_duplicates
from fewshot_gui.learners.persistence import classifier_from_arrays
from fewshot_gui.learners.protocol import Classifier, Learner
from fewshot_gui.learners.registry import AUTO, DEEP, LearnerSpec, learner, learner_specs
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint

__all__ = [
    "AUTO",
    "DEEP",
    "AffineClassifier",
    "Assessed",
    "Classifier",
    "EmbeddingTransform",
    "HeldOut",
    "Learner",
    "LearnerSpec",
    "NetworkSpec",
    "Projection",
    "SelfAssessing",
    "Split",
    "StartingPoint",
    "adapt_held_out",
    "classifier_from_arrays",
    "group_near_duplicates",
    "learner",
    "learner_specs",
    "leave_one_per_class_out",
    "project_together",
    "stratified_folds",
]
