"""Encoders that take photos in batches, and those that decode JPEGs themselves."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import DeviceChoice, Encoder
from fewshot_gui.encoders.encoder import EncoderPart
from fewshot_gui.encoders.preprocess import prepare_batch
from fewshot_gui.imaging import JpegFile, read_photo
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.workflows.conftest import TILE_COLOURS, Opener, TileColours
from tests.unit.workflows.embedding.conftest import Decoded, Photos, embed, matrix, reference


class TestBatches:
    @pytest.fixture(autouse=True)
    def on_a_device(self, opener: Opener) -> None:
        opener.kind = "cuda"

    def test_one_thread_encodes_what_others_have_decoded(
        self, source: EmbeddingSource, opener: Opener, photos: Photos
    ) -> None:
        paths, stats = photos(200), EmbeddingStats()
        embedded = embed(paths, source, stats)
        size = source.encoder(Unwatched()).batch_size
        assert sum(opener.engine.batches) == 200
        assert max(opener.engine.batches) == size > 1
        assert len(opener.engine.threads) == 1
        assert 0 < stats.encode_core_seconds < math.inf
        assert 0 < stats.decode_core_seconds < math.inf
        opener.kind = "cpu"
        np.testing.assert_array_equal(matrix(embedded), reference(paths, source))

    def test_a_few_photos_do_not_wait_for_a_whole_batch(self, source: EmbeddingSource, photos: Photos) -> None:
        assert len(embed(photos(3), source)) == 3


def test_on_the_processor_each_is_encoded_by_a_thread_that_decodes(
    source: EmbeddingSource, opener: Opener, photos: Photos
) -> None:
    embed(photos(30), source)
    assert set(opener.engine.batches) == {1}
    assert all(name.startswith("decode") for name in opener.engine.threads)


@dataclass(frozen=True, eq=False)
class OnDevice:
    """Takes the place of a photo in the memory of a device."""

    pixels: NDArray[np.uint8]


class JpegEncoder(Encoder):
    """Decodes every second JPEG itself, as it is named, and refuses the others."""

    def __init__(self, device: DeviceChoice, engine: TileColours) -> None:
        super().__init__(TILE_COLOURS, device, [EncoderPart(TILE_COLOURS, engine)])
        self.taken: list[int] = []
        self.embedded_on_device = 0

    @property
    def takes_jpeg(self) -> bool:
        return True

    def decode(self, jpegs: Sequence[JpegFile]) -> list[OnDevice | None]:  # type: ignore[override]  # a stand-in
        self.taken.append(len(jpegs))
        return [OnDevice(_pixels(jpeg)) if len(jpeg.content) % 2 == 0 else None for jpeg in jpegs]

    def embed(self, photos: Sequence[object]) -> NDArray[np.float32]:
        self.embedded_on_device += sum(isinstance(photo, OnDevice) for photo in photos)
        return super().embed([photo.pixels if isinstance(photo, OnDevice) else photo for photo in photos])


def _pixels(jpeg: JpegFile) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(jpeg.content)).convert("RGB"))


@pytest.fixture
def encoder(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> JpegEncoder:
    """What every source of the test opens."""
    opener.kind = "cuda"
    stand_in = JpegEncoder(opener.choose_device("auto"), opener.engine)
    monkeypatch.setattr(embedding_source, "open_encoder", lambda *_, **__: stand_in)
    return stand_in


@pytest.fixture
def jpegs(tmp_path: Path) -> list[Path]:
    """Twenty JPEGs, every second of an even length in bytes, then a PNG and a JPEG that is cut off."""
    paths = []
    for number in range(20):
        path = tmp_path / f"{number:02d}.jpg"
        squares = np.random.default_rng(number).uniform(0, 255, (4, 5, 3))
        Image.fromarray(np.kron(squares, np.ones((16, 16, 1))).astype(np.uint8)).save(path, "JPEG")
        content = path.read_bytes()
        if len(content) % 2 != number % 2:  # a comment of one more byte
            path.write_bytes(content[:2] + b"\xff\xfe\x00\x03x" + content[2:])
        paths.append(path)
    Image.open(paths[0]).save(tmp_path / "x.png")
    (tmp_path / "cut.jpg").write_bytes(paths[1].read_bytes()[:300])
    return [*paths, tmp_path / "x.png", tmp_path / "cut.jpg"]


def test_what_the_device_refuses_is_read_by_the_others(
    source: EmbeddingSource, encoder: JpegEncoder, jpegs: list[Path], decoded: Decoded
) -> None:
    source.encoder(Unwatched())
    stats = EmbeddingStats()
    embedded = embed(jpegs, source, stats)
    assert embedded.pop(21).error == "the file is cut off"
    # Before the pipeline knows the encoder, the first may have been decoded already.
    assert sum(encoder.taken) + len(decoded) >= 20
    assert encoder.embedded_on_device <= 10
    assert {path.suffix for path in set(decoded) - set(jpegs[:20])} == {".png", ".jpg"}
    wanted = [TileColours().encode(_prepared(path)) for path in jpegs[:21]]
    np.testing.assert_allclose(matrix(embedded), np.concatenate(wanted), atol=0.01)
    assert (stats.photos, stats.failed, stats.cached) == (22, 1, 0)


def _prepared(path: Path) -> NDArray[np.float32]:
    return prepare_batch([read_photo(path)], TILE_COLOURS.preprocess)
