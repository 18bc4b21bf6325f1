"""The sample: drawn pictures as a project, ready to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.folders import data_folder
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting import write_csv
from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.photo_edits import add_photos, add_source
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_folder import label_folder
from fewshot_gui.workflows.sample import SampleFiles, write_sample

PROJECT_NAME = "Pressed leaves"
_PROJECT_FILE = f"{PROJECT_NAME}.fewshot"


@dataclass(frozen=True)
class SampleProject:
    """The sample on disk: its pictures and its project file."""

    files: SampleFiles
    project: Path


def make_sample_project(folder: Path, progress: Progress, *, seed: int = 0) -> SampleProject:
    """Draw the pictures into ``folder`` and make a project of them, unless the project is there already.

    Raises:
        FewshotError: The folder holds something else, or cannot be written.
        Cancelled: The person cancelled.
    """
    files = write_sample(folder, seed=seed, progress=progress)
    path = files.folder / _PROJECT_FILE
    if not path.exists():
        _make_project(path, files)
    return SampleProject(files, path)


def _make_project(path: Path, files: SampleFiles) -> None:
    try:
        with create_project(path, PROJECT_NAME) as project:
            for name, examples in files.examples.items():
                add_class_with_examples(project, name, read_files(examples).files)
            add_source(project, files.folder / "photos")
            add_photos(project, files.photos)
    except BaseException:
        path.unlink(missing_ok=True)  # half a project would be taken for the whole one the next time
        raise


def own_sample_project(progress: Progress) -> Path:
    """The project file of the sample that the program keeps for itself, drawn only the first time."""
    path = _own_folder() / _PROJECT_FILE
    return path if path.is_file() else make_sample_project(_own_folder(), progress).project


def _own_folder() -> Path:
    return data_folder() / "sample"


def label_sample(source: EmbeddingSource, progress: Progress, table: Path) -> tuple[int, Path]:
    """Label the sample without a window.

    Returns:
        How many photos the table has, and the folder of the sample.

    Raises:
        FewshotError: The sample or the table cannot be written.
    """
    folder = own_sample_project(progress).parent
    result = label_folder(folder / "examples", folder / "photos", source, progress)
    return write_csv(table, result.rows), folder
