from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.encoders.packing import pack, packed_size, rounded, unpack

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1.0, 1e9, 1e30])
def test_any_scale_survives_to_half_precision(scale: float) -> None:
    embeddings = (RNG.standard_normal((20, 33)) * scale).astype(np.float32)
    restored = unpack(pack(embeddings), 33)
    largest = np.abs(embeddings).max(axis=1, keepdims=True)
    assert restored.dtype == np.float32
    assert (np.abs(restored - embeddings) / largest).max() <= 1 / 2048


def test_size_is_two_bytes_a_value_and_four_more() -> None:
    blobs = pack(np.ones((3, 1280), np.float32))
    assert [len(blob) for blob in blobs] == [packed_size(1280)] * 3 == [2564] * 3


def test_zero_and_non_negative_stay_what_they_are() -> None:
    embeddings = np.abs(RNG.standard_normal((5, 8))).astype(np.float32)
    embeddings[2] = 0
    restored = unpack(pack(embeddings), 8)
    assert (restored >= 0).all()
    assert not restored[2].any()


def test_rounding_twice_changes_nothing_more() -> None:
    once = rounded(RNG.standard_normal((500, 64)).astype(np.float32))
    np.testing.assert_array_equal(rounded(once), once)


def test_none_is_allowed() -> None:
    assert unpack(pack(np.empty((0, 7), np.float32)), 7).shape == (0, 7)


def test_blobs_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="dimension 8"):
        unpack([b"too short"], 8)
