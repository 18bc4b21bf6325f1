"""A folder of classes as a support set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.workflows.embed_folder import skipped_sentence
from fewshot_gui.workflows.embedding_examples import embed_examples, support_set
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.example_folders import find_example_folders


@dataclass(frozen=True, eq=False)
class ExampleClasses:
    """The examples, ready to adapt to, and what stood in the way of others.

    Attributes:
        names: By class id, from 1 in the order of the folders.
        support: The examples that could be read, n of them.
        paths: Their files, n.
        failures: Of the others.
        skipped: Folders that could not be read, each as a sentence.
    """

    names: Mapping[int, str]
    support: SupportSet
    paths: tuple[Path, ...]
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]


def read_example_classes(examples: Path, source: EmbeddingSource, progress: Progress) -> ExampleClasses:
    """Embed the photos in the folders in ``examples``, a folder per class.

    Raises:
        FewshotError: There are no such folders, or the encoder cannot be used.
        NotEnoughExamplesError: Fewer than two classes have a readable example.
        Cancelled: The person cancelled.
    """
    skipped: list[str] = []
    found = find_example_folders(examples, on_problem=lambda path, why: skipped.append(skipped_sentence(path, why)))
    wanted = [(number, path) for number, folder in enumerate(found, start=1) for path in folder.photos]
    embedded = embed_examples([path for _, path in wanted], source, progress)
    return ExampleClasses(
        names={number: folder.name for number, folder in enumerate(found, start=1)},
        support=support_set(embedded.embeddings, [wanted[row][0] for row in embedded.rows], embedded.failures),
        paths=tuple(wanted[row][1] for row in embedded.rows),
        failures=embedded.failures,
        skipped=tuple(skipped),
    )
