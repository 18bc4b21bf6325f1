"""100,000 photos stay quick."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

import pytest

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.photo_edits import add_photos
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

PHOTOS = 100_000


@pytest.mark.slow
def test_100_000_photos(project: Project, reopened: Callable[[Project], Project]) -> None:
    paths = iter([f"{project.path.parent}/camera {n % 40}/DCIM/IMG_{n:06}.JPG" for n in range(PHOTOS)])
    started = time.perf_counter()
    while batch := list(islice(paths, 1000)):
        add_photos(project, batch)
    seconds = {"add 100,000 in batches of 1,000": time.perf_counter() - started}
    oak = int(add_class(project, "Oak").keys(Kind.CLASSES)[0])

    def measure(name: str, action: Callable[[], object]) -> object:
        started = time.perf_counter()
        result = action()
        seconds[name] = time.perf_counter() - started
        return result

    ids = project.photo_ids.tolist()
    measure("decide 10,000", lambda: decide(project, ids[:10_000], oak))
    measure("undo", project.undo)
    measure("redo", project.redo)
    measure("decide 1", lambda: decide(project, ids[-1:], oak))
    measure("decide 100,000", lambda: decide(project, ids, NONE_OF_THESE))
    measure("close", project.close)
    again = measure("open", lambda: reopened(project))
    assert isinstance(again, Project)
    assert len(again.photos) == len(again.decisions) == PHOTOS
    megabytes = again.path.stat().st_size / 1e6
    again.close()
    for name, value in seconds.items():  # shown by pytest -rP
        print(f"{name}: {value:.4f} s")
    print(f"file: {megabytes:.1f} MB")
    assert seconds["add 100,000 in batches of 1,000"] < 10
    assert seconds["decide 10,000"] < 1
    assert seconds["open"] < 2
