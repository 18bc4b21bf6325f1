"""The growing matrix of embeddings."""

from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings

DIMENSION = 5


def rows(n: int, seed: int = 0) -> np.ndarray:
    """float32 that float16 holds exactly."""
    return np.random.default_rng([n, seed]).integers(-100, 100, (n, DIMENSION)).astype(np.float32)


def test_an_empty_one() -> None:
    empty = PhotoEmbeddings(DIMENSION)
    assert len(empty) == 0
    assert empty.matrix.shape == (0, DIMENSION)
    assert empty.ids.shape == (0,)
    assert empty.mean is None
    assert 1 not in empty
    here, found = empty.of([1, 2])
    assert (here, found.shape) == ([], (0, DIMENSION))


def test_rows_are_found_by_photo() -> None:
    photos = PhotoEmbeddings(DIMENSION)
    matrix = rows(6)
    photos.append([10, 20, 30, 40], matrix[:4])
    photos.append([7, 8], matrix[4:])
    assert photos.ids.tolist() == [10, 20, 30, 40, 7, 8]
    np.testing.assert_array_equal(photos.matrix, matrix)
    assert photos.matrix.dtype == np.float16
    here, found = photos.of([8, 99, 20])
    assert here == [8, 20]
    np.testing.assert_array_equal(found, matrix[[5, 1]])
    assert 30 in photos
    assert 99 not in photos


@pytest.mark.parametrize("batch", [1, 37, 5000])
def test_it_grows_and_earlier_views_stay_as_they_were(batch: int) -> None:
    photos = PhotoEmbeddings(DIMENSION)
    matrix = rows(5000)
    views: list[tuple[np.ndarray, np.ndarray]] = []
    for start in range(0, 5000, batch):
        photos.append(range(start, min(start + batch, 5000)), matrix[start : start + batch])
        if len(views) < 40:
            views.append((photos.matrix, photos.ids))
    np.testing.assert_array_equal(photos.matrix, matrix)
    assert photos.ids.tolist() == list(range(5000))
    for view, ids in views:
        np.testing.assert_array_equal(view, matrix[: len(view)])
        assert ids.tolist() == list(range(len(view)))


def test_views_are_no_copies() -> None:
    photos = PhotoEmbeddings(DIMENSION)
    photos.append([1, 2], rows(2))
    assert np.shares_memory(photos.matrix, photos.matrix)
    assert np.shares_memory(photos.ids, photos.ids)


def test_room_may_be_made_beforehand() -> None:
    photos = PhotoEmbeddings(DIMENSION)
    matrix = rows(3000)
    photos.append(range(10), matrix[:10])
    photos.reserve(3000)
    before = photos.matrix
    photos.append(range(10, 3000), matrix[10:])
    assert np.shares_memory(before, photos.matrix)
    np.testing.assert_array_equal(photos.matrix, matrix)
    photos.reserve(5)
    assert len(photos) == 3000


def test_the_mean_is_that_of_all_photos() -> None:
    photos = PhotoEmbeddings(DIMENSION)
    matrix = np.random.default_rng(0).normal(50, 1, (4000, DIMENSION)).astype(np.float32)
    for start in range(0, 4000, 128):
        photos.append(range(start, min(start + 128, 4000)), matrix[start : start + 128])
    assert photos.mean is not None
    assert photos.mean.dtype == np.float32
    np.testing.assert_allclose(photos.mean, matrix.mean(axis=0, dtype=np.float64), rtol=1e-6)


def test_a_batch_of_no_photos_changes_nothing() -> None:
    photos = PhotoEmbeddings(DIMENSION)
    photos.append([1], rows(1))
    photos.append([], np.empty((0, DIMENSION), np.float32))
    assert len(photos) == 1


def test_ids_and_rows_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="broadcast"):
        PhotoEmbeddings(DIMENSION).append([1, 2, 3], rows(2))


def test_a_photo_with_other_content_gets_another_row() -> None:
    photos = PhotoEmbeddings(DIMENSION)
    matrix = rows(3)
    photos.append([10, 20], matrix[:2])
    view = photos.matrix
    photos.retire([20, 99])
    assert 20 not in photos
    assert photos.ids.tolist() == [10, 0]
    np.testing.assert_allclose(photos.mean, matrix[0])
    photos.append([20], matrix[2:])
    assert photos.ids.tolist() == [10, 0, 20]
    assert len(photos) == 3
    np.testing.assert_array_equal(photos.of([20])[1], matrix[2:])
    np.testing.assert_allclose(photos.mean, matrix[[0, 2]].mean(axis=0))
    np.testing.assert_array_equal(view, matrix[:2])
    photos.retire([10, 20])
    assert photos.mean is None


def test_rows_move_to_a_larger_matrix_bit_by_bit_and_views_stay_valid() -> None:
    photos, matrix = PhotoEmbeddings(DIMENSION), rows(9000)
    views, most_moved = [], 0
    for start in range(0, 9000, 90):
        photos.reserve(start + 500)
        before = photos._moved
        photos.append(list(range(start + 1, start + 91)), matrix[start : start + 90])
        most_moved = max(most_moved, photos._moved - before)
        views.append(photos.matrix)
        assert len(photos._matrix) >= len(photos)
    np.testing.assert_array_equal(photos.matrix, matrix)
    assert photos.ids.tolist() == list(range(1, 9001))
    for number, view in enumerate(views, 1):
        np.testing.assert_array_equal(view, matrix[: 90 * number])
    assert most_moved < 1000, "of 9,000"


def test_who_reserves_nothing_gets_room_all_the_same() -> None:
    photos, matrix = PhotoEmbeddings(DIMENSION), rows(5000)
    photos.append([1], matrix[:1])
    photos.append(list(range(2, 5001)), matrix[1:].astype(np.float16))
    np.testing.assert_array_equal(photos.matrix, matrix)
    assert photos.mean == pytest.approx(matrix.mean(axis=0), abs=1e-2)
