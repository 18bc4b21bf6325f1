"""Data sets on disk as the rows of episodes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.core.errors import Cancelled, FewshotError, NotEnoughExamplesError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache, encoder_spec
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.labelled_folders import LabelledFolders, read_labelled_folders
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import draw


@pytest.fixture
def alphabets(tmp_path: Path) -> Path:
    """Two alphabets of two characters, three drawings each."""
    for number, place in enumerate(("Greek/alpha", "Greek/beta", "Latin/a", "Latin/b")):
        for drawing in range(3):
            draw(tmp_path / "letters" / place / f"{drawing}.png", 10 * number + drawing)
    return tmp_path / "letters"


def read(source: EmbeddingSource, *folders: Path) -> LabelledFolders:
    return read_labelled_folders(folders, source, Unwatched())


def test_every_folder_with_photos_is_a_class_at_whatever_depth(source: EmbeddingSource, alphabets: Path) -> None:
    found = read(source, alphabets)
    assert found.data.class_names == ("Greek/alpha", "Greek/beta", "Latin/a", "Latin/b")
    assert set(found.data.sources) == {"letters"}
    assert np.bincount(found.data.labels).tolist() == [3] * 4
    assert found.data.rows.shape == (12, source.spec.dimension)
    assert np.isfinite(found.data.rows).all()
    assert (found.failures, found.skipped, found.notes) == ((), (), ())


def test_rows_are_those_of_their_class(source: EmbeddingSource, two_classes: Path) -> None:
    data = read(source, two_classes).data
    assert data.class_names == ("dark", "red")
    redness = data.rows.reshape(10, 3, -1)[:, 0].mean(axis=1)
    assert redness[data.labels == 0].max() < redness[data.labels == 1].min()


def test_several_data_sets_stay_apart_also_with_like_names(
    source: EmbeddingSource, alphabets: Path, two_classes: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere" / "letters"
    shutil.copytree(two_classes, other)
    found = read(source, alphabets, other, two_classes, alphabets)
    assert found.data.classes == 4 + 2 + 2
    assert set(found.data.sources) == {str(alphabets.resolve()), str(other.resolve()), "examples"}


def test_what_cannot_be_read_or_used_is_told(source: EmbeddingSource, alphabets: Path) -> None:
    (alphabets / "Greek" / "alpha" / "broken.png").write_bytes(b"x")
    draw(alphabets / "Latin" / "c" / "alone.png", 77)
    draw(alphabets / "no class.png", 78)
    found = read(source, alphabets)
    assert [failure.path.name for failure in found.failures] == ["broken.png"]
    assert found.notes == (
        "Photos of “letters” that lie in no class folder were left out: 1.",
        "“Latin/c” in “letters” was left out: it has fewer than two different photos.",
    )
    assert found.data.classes == 4


def test_copies_are_one_group(source: EmbeddingSource, alphabets: Path) -> None:
    folder = alphabets / "Greek" / "alpha"
    before = read(source, alphabets).data
    shutil.copy(folder / "0.png", folder / "copy.png")
    data = read(source, alphabets).data
    assert (data.labels == 0).sum() == (before.labels == 0).sum() + 1
    assert len(np.unique(data.groups)) == len(np.unique(before.groups))
    for number in (1, 2):
        shutil.copy(folder / "0.png", folder / f"{number}.png")
    assert "“Greek/alpha”" in read(source, alphabets).notes[0]


def test_drawings_on_white_paper_are_different_photos(cache: EmbeddingCache, tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        for number in range(4):
            pixels = np.full((28, 28), 255, np.uint8)
            pixels[3 * number : 3 * number + 2, 10:18] = 0
            Image.fromarray(pixels).save(tmp_path / place / f"{number}.png")
        shutil.copy(tmp_path / place / "0.png", tmp_path / place / "copy.png")
    data = read(EmbeddingSource(encoder_spec("pixels28"), cache), tmp_path).data
    assert data.rows.shape == (10, 28 * 28)
    assert [len(np.unique(data.groups[data.labels == one])) for one in (0, 1)] == [4, 4]


def test_too_few_classes_are_told(source: EmbeddingSource, alphabets: Path) -> None:
    shutil.rmtree(alphabets / "Latin")
    shutil.rmtree(alphabets / "Greek" / "beta")
    with pytest.raises(NotEnoughExamplesError, match="it has 1; unpack zip files first"):
        read(source, alphabets)
    with pytest.raises(FewshotError, match="No folder"):
        read(source)


def test_no_photos_at_all_are_told(source: EmbeddingSource, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FewshotError, match="No photos were found"):
        read(source, tmp_path / "empty")


def test_a_flat_folder_is_no_data_set(source: EmbeddingSource, alphabets: Path) -> None:
    with pytest.raises(NotEnoughExamplesError, match="it has 0"):
        read(source, alphabets / "Greek" / "alpha")


def test_the_person_may_cancel(source: EmbeddingSource, alphabets: Path) -> None:
    with pytest.raises(Cancelled):
        read_labelled_folders([alphabets], source, Watched(cancel_at_check=1))


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_the_same_folder_through_a_link_counts_once(source: EmbeddingSource, alphabets: Path) -> None:
    link = alphabets.with_name("link")
    link.symlink_to(alphabets, target_is_directory=True)
    assert read(source, alphabets, link).data.classes == 4
