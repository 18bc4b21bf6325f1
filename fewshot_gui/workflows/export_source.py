"""What an export from the command line is made of: a project, or folders of examples and photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting import LabelSet
from fewshot_gui.learners import AUTO, DEEP
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.example_classes import ExampleClasses, read_example_classes
from fewshot_gui.workflows.exporting_model import ModelRequest
from fewshot_gui.workflows.label_folder import label_folder
from fewshot_gui.workflows.labelled_project import label_project, require_classifier
from fewshot_gui.workflows.second_opinion import weigh_deep, with_activations
from fewshot_gui.workflows.starting_points import method_choice


@dataclass(frozen=True, eq=False)
class ExportSource:
    """Everything that can be exported.

    Attributes:
        labels: Of the photos; ``None``: there are only examples.
        model: What a model is made of; a function, because there may be no classifier.
        source: The encoder.
        failures: Photos and examples that could not be read.
        skipped: Folders that could not be read, each as a sentence.
    """

    labels: LabelSet | None
    model: Callable[[], ModelRequest]
    source: EmbeddingSource
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]

    def require_labels(self) -> LabelSet:
        """The labels.

        Raises:
            FewshotError: There are no photos.
        """
        if self.labels is None or not self.labels.photos:
            raise FewshotError("There are no photos to export the labels of: give a folder of photos.")
        return self.labels


def project_source(path: Path, source_of: Callable[[str], EmbeddingSource], progress: Progress) -> ExportSource:
    """A project file; see :func:`~fewshot_gui.workflows.labelled_project.label_project`."""
    labelled = label_project(path, source_of, progress)

    def model() -> ModelRequest:
        outcome = require_classifier(labelled)
        readable = [photo.path for photo in labelled.labels.photos if not photo.row.error]
        examples = [example for _, example in outcome.origins if example is not None]  # a model's own have no file
        return ModelRequest(
            outcome.adapted, outcome.support, labelled.classes, _distinct(readable, examples), labelled.labels.name
        )

    return ExportSource(labelled.labels, model, labelled.source, labelled.failures, ())


def folder_source(
    examples: Path, photos: Path | None, source: EmbeddingSource, progress: Progress, *, method: str, seed: int
) -> ExportSource:
    """A folder per class with examples, and a folder of photos; without photos there is a model only.

    Raises:
        FewshotError: There is nothing to adapt to, nothing to label, or the encoder cannot be used.
        Cancelled: The person cancelled.
    """
    if photos is None:
        classes = read_example_classes(examples, source, progress)
        adapted = _adapt(classes, source, progress, method=method, seed=seed)
        request = _request(adapted, classes, (), examples.resolve().name)
        return ExportSource(None, lambda: request, source, classes.failures, classes.skipped)
    labelled = label_folder(examples, photos, source, progress, method=method, seed=seed)
    readable = tuple(photo.path for photo in labelled.labels.photos if not photo.row.error)
    request = _request(labelled.adapted, labelled.classes, readable, labelled.labels.name)
    return ExportSource(labelled.labels, lambda: request, source, labelled.failures, labelled.skipped)


def _request(adapted: Adapted, classes: ExampleClasses, photos: tuple[Path, ...], title: str) -> ModelRequest:
    return ModelRequest(adapted, classes.support, classes.names, _distinct(photos, classes.paths), title)


def _adapt(classes: ExampleClasses, source: EmbeddingSource, progress: Progress, *, method: str, seed: int) -> Adapted:
    """As ``label`` would adapt if there were no photos."""
    choice = method_choice(method, source.base_spec.id)
    if choice.name == DEEP and source.with_activations() is not None:
        support = with_activations(classes.support, classes.paths, source, progress)
        adapted, opinion = weigh_deep(support, starting_point=choice.on_activations, progress=progress, seed=seed)
        if opinion.share:
            return adapted
    return adapt_calibrated(
        AUTO if choice.name == DEEP else choice.name,
        classes.support,
        starting_point=choice.on_embeddings,
        progress=progress,
        seed=seed,
    )


def _distinct(photos: tuple[Path, ...] | list[Path], examples: tuple[Path, ...] | list[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys((*photos, *examples)))
