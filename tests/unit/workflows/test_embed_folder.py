"""A folder of photos as embeddings, and as a file of arrays."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows.embed_folder import EmbeddedFolder, embed_folder, write_embeddings
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import draw

Photos = Callable[..., list[Path]]


def embed(folder: Path, source: EmbeddingSource) -> EmbeddedFolder:
    return embed_folder(folder, source, Unwatched(), note="Embedding")


def test_rows_are_in_the_order_of_the_folder(source: EmbeddingSource, tmp_path: Path) -> None:
    names = ["2.png", "10.png", "a/1.png", "a/é ñ/🦊.png"]
    for number, name in enumerate(names[::-1]):
        draw(tmp_path / name, number)
    (tmp_path / "notes.txt").write_text("no photo")
    folder = embed(tmp_path, source)
    assert [folder.name(row) for row in range(4)] == names
    encoder = source.encoder(Unwatched())
    alone = np.concatenate([encoder.embed([read_photo(tmp_path / name)]) for name in names])
    assert folder.embeddings.dtype == np.float16
    np.testing.assert_allclose(folder.embeddings, alone, rtol=1 / 1024)
    assert (folder.errors, folder.skipped) == ({}, ())


def test_unreadable_photos_are_rows_without_numbers(source: EmbeddingSource, photos: Photos, tmp_path: Path) -> None:
    photos(3)
    (tmp_path / "photos" / "1a.png").touch()
    stats = EmbeddingStats()
    folder = embed_folder(tmp_path / "photos", source, Unwatched(), note="x", stats=stats)
    assert list(folder.errors) == [2]
    assert folder.errors[2].reason == "the file is empty"
    assert folder.readable.tolist() == [0, 1, 3]
    assert np.isnan(folder.embeddings[2]).all()
    assert np.isfinite(folder.embeddings[folder.readable]).all()
    assert (stats.photos, stats.failed) == (4, 1)


def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_goes_on(
    source: EmbeddingSource, photos: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos(2)
    locked = tmp_path / "photos" / "locked"
    locked.mkdir()
    _lock(locked, monkeypatch)
    folder = embed(tmp_path / "photos", source)
    assert len(folder.paths) == 2
    assert folder.skipped == (f"“{locked}” was skipped: you may not read it.",)


def test_a_folder_without_photos_is_no_success(source: EmbeddingSource, tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="choose a folder that holds image files"):
        embed(tmp_path, source)


def test_nothing_found_because_nothing_may_be_read(
    source: EmbeddingSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lock(tmp_path, monkeypatch)
    with pytest.raises(FewshotError, match=r"No photos were found in .*was skipped: you may not read it\.$"):
        embed(tmp_path, source)


def _lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder unreadable, also for an administrator."""
    scandir = os.scandir

    def refuse(path: os.PathLike[str]) -> object:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("fewshot_gui.imaging.scan.os.scandir", refuse)


def test_progress_hears_of_every_photo_and_may_cancel(source: EmbeddingSource, photos: Photos, tmp_path: Path) -> None:
    photos(40)
    progress = Watched()
    embed_folder(tmp_path / "photos", source, progress, note="Embedding")
    assert progress.reports[-1] == (40, 40, "Embedding")
    assert sorted(progress.reports) == progress.reports
    with pytest.raises(Cancelled):
        embed_folder(tmp_path / "photos", source, Watched(cancel_at_check=1), note="Embedding")


class TestFile:
    def test_arrays_are_read_without_running_code_from_the_file(
        self, source: EmbeddingSource, photos: Photos, tmp_path: Path
    ) -> None:
        photos(3)
        (tmp_path / "photos" / "ä 🦊.png").touch()
        folder = embed(tmp_path / "photos", source)
        out = tmp_path / "new" / "e.npz"
        write_embeddings(folder, out)
        with np.load(out, allow_pickle=False) as file:
            assert sorted(file.files) == ["embeddings", "errors", "paths"]
            assert file["paths"].tolist() == ["0.png", "1.png", "2.png", "ä 🦊.png"]
            assert file["errors"].tolist() == ["", "", "", "the file is empty"]
            assert file["embeddings"].dtype == np.float32
            np.testing.assert_array_equal(file["embeddings"], folder.embeddings.astype(np.float32))
            assert np.isnan(file["embeddings"][3]).all()
        assert [path.name for path in out.parent.iterdir()] == ["e.npz"]

    @pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
    def test_names_that_are_no_text_come_back_as_they_were(self, source: EmbeddingSource, tmp_path: Path) -> None:
        name = os.fsdecode(b"bad\xff.png")
        draw(tmp_path / "photos" / name, 1)
        write_embeddings(embed(tmp_path / "photos", source), tmp_path / "e.npz")
        with np.load(tmp_path / "e.npz", allow_pickle=False) as file:
            assert (tmp_path / "photos" / str(file["paths"][0])).is_file()

    def test_a_place_that_cannot_be_written_is_one_sentence(
        self, source: EmbeddingSource, photos: Photos, tmp_path: Path
    ) -> None:
        photos(1)
        folder = embed(tmp_path / "photos", source)
        (tmp_path / "file").touch()
        with pytest.raises(FewshotError, match=r"could not be written \(.*\); choose another place\.$"):
            write_embeddings(folder, tmp_path / "file" / "e.npz")


def test_a_single_photo_is_its_own_folder(source: EmbeddingSource, tmp_path: Path) -> None:
    path = draw(tmp_path / "one.png", 1)
    folder = embed(path, source)
    assert folder.name(0) == "one.png"
