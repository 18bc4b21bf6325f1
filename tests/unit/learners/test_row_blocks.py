"""Embeddings block by block, on several processors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.learners import EmbeddingTransform, Projection, project_together, row_blocks
from fewshot_gui.learners.row_blocks import RowBlocks, in_parts

RNG = np.random.default_rng(0)
ALL_HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16)


Floats = NDArray[np.float32]


def collected(embeddings: NDArray[np.floating], *, square_root: bool) -> tuple[Floats, Floats]:
    blocks = [(rows.copy(), lengths) for _, rows, lengths in RowBlocks(embeddings, square_root=square_root)]
    return np.concatenate([rows for rows, _ in blocks]), np.concatenate([lengths for _, lengths in blocks])


@pytest.mark.parametrize("square_root", [False, True])
def test_every_half_is_read_as_the_same_number_in_single_precision(square_root: bool) -> None:
    halves = ALL_HALVES[np.isfinite(ALL_HALVES)].reshape(-1, 8)
    rows, lengths = collected(halves, square_root=square_root)
    wanted, wanted_lengths = collected(halves.astype(np.float32), square_root=square_root)
    np.testing.assert_array_equal(rows, wanted)
    np.testing.assert_array_equal(lengths, wanted_lengths)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_lengths_are_those_of_the_rows(dtype: type[np.floating]) -> None:
    embeddings = RNG.gamma(0.3, 1.0, (700, 33)).astype(dtype)
    embeddings[300] = 0
    rows, lengths = collected(embeddings, square_root=True)
    wanted = np.sqrt(embeddings.astype(np.float64))
    np.testing.assert_allclose(rows, wanted, rtol=1e-6)
    np.testing.assert_allclose(np.delete(lengths, 300), np.linalg.norm(np.delete(wanted, 300, axis=0), axis=1), 1e-5)
    assert lengths[300] == 1


def test_the_embeddings_are_not_touched_and_may_be_a_part_of_wider_rows() -> None:
    wide = RNG.gamma(0.3, 1.0, (40, 20)).astype(np.float16)
    before = wide.copy()
    rows, _ = collected(wide[:, 3:15], square_root=True)
    np.testing.assert_array_equal(rows, collected(np.ascontiguousarray(wide[:, 3:15]), square_root=True)[0])
    np.testing.assert_array_equal(wide, before)


@pytest.mark.parametrize("processors", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 4096, 4097, 20_000])
def test_every_row_is_in_one_part(processors: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_blocks, "core_count", lambda: processors)
    visits = np.zeros(count, np.int64)

    def visit(part: slice) -> None:
        visits[part] += 1

    in_parts(count, visit)
    assert (visits == 1).all()


def test_what_goes_wrong_in_a_part_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_blocks, "core_count", lambda: 2)

    def fail(part: slice) -> None:
        raise MemoryError(part.start)

    with pytest.raises(MemoryError):
        in_parts(10_000, fail)


@pytest.mark.parametrize("processors", [1, 3])
def test_many_photos_are_projected_as_in_double_precision(processors: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_blocks, "core_count", lambda: processors)
    embeddings = RNG.gamma(0.3, 1.0, (9_000, 64)).astype(np.float16)
    embeddings[4100] = 0
    centre = RNG.random(64).astype(np.float32) / 20
    plain, centred = EmbeddingTransform(square_root=True), EmbeddingTransform(square_root=True, centre=centre)
    directions = [RNG.normal(size=(64, width)).astype(np.float32) for width in (5, 3, 4)]
    projections = [Projection(each, on) for each, on in zip((plain, centred, centred), directions, strict=True)]

    units = np.sqrt(embeddings.astype(np.float64))
    units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    offsets = units - centre
    offsets /= np.linalg.norm(offsets, axis=1, keepdims=True)
    wanted = (units @ directions[0], offsets @ directions[1], offsets @ directions[2])
    for together, projection, expected in zip(
        project_together(embeddings, projections), projections, wanted, strict=True
    ):
        assert together.dtype == np.float32
        np.testing.assert_allclose(together, expected, atol=5e-6)
        alone = projection.transform.project(embeddings, projection.directions)
        np.testing.assert_allclose(together, alone, atol=5e-6)


def test_transforms_that_differ_are_each_followed() -> None:
    embeddings = RNG.random((50, 6), dtype=np.float32)
    directions = np.eye(6, 2, dtype=np.float32)
    transforms = EmbeddingTransform(square_root=True), EmbeddingTransform(square_root=False)
    together = project_together(embeddings, [Projection(each, directions) for each in transforms])
    for transform, projected in zip(transforms, together, strict=True):
        np.testing.assert_allclose(projected, transform.apply(embeddings)[:, :2], atol=1e-6)
