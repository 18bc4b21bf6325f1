"""An encoder without a network, and photos it can tell apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.encoders import DeviceChoice, EmbeddingCache, Encoder, EncoderSpec
from fewshot_gui.encoders.device import DeviceKind
from fewshot_gui.encoders.encoder import EncoderPart
from fewshot_gui.encoders.spec import Preprocess
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.embedding_source import EmbeddingSource

SIDE, TILES = 32, 4

TILE_COLOURS = EncoderSpec(
    id="tile-colours",
    title="Tile colours",
    help="For tests.",
    source="timm",
    dimension=3 * TILES**2,
    preprocess=Preprocess(SIDE, SIDE, "bilinear", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1),
    non_negative=True,
    licence="none",
    origin="here",
)


class TileColours:
    """An engine that embeds a photo as the mean colours of its tiles, and remembers the sizes of its batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.threads: set[str] = set()

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (n, 3, 32, 32) to float32 (n, 48)."""
        self.batches.append(len(batch))
        self.threads.add(threading.current_thread().name)
        tiles = batch.reshape(len(batch), 3, TILES, SIDE // TILES, TILES, SIDE // TILES)
        return tiles.mean(axis=(3, 5), dtype=np.float32).reshape(len(batch), -1)


class Opener:
    """Takes the place of ``open_encoder``: opens :class:`TileColours` on the device it is told."""

    def __init__(self) -> None:
        self.engine = TileColours()
        self.kind: DeviceKind = "cpu"
        self.opened = 0

    def choose_device(self, wanted: str) -> DeviceChoice:
        """Do not look for a GPU."""
        return DeviceChoice(self.kind, "Stand-in", f"Using the stand-in for {wanted}.")

    def open(self, encoder_id: str, *, device: DeviceChoice, **_progress: object) -> Encoder:
        """As ``open_encoder``."""
        self.opened += 1
        assert encoder_id == TILE_COLOURS.id
        return Encoder(TILE_COLOURS, device, [EncoderPart(TILE_COLOURS, self.engine)])


@pytest.fixture
def opener(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """What every source of the test opens."""
    stand_in = Opener()
    monkeypatch.setattr(embedding_source, "open_encoder", stand_in.open)
    monkeypatch.setattr(embedding_source, "choose_device", stand_in.choose_device)
    return stand_in


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddingCache]:
    """An empty cache."""
    with EmbeddingCache(tmp_path_factory.mktemp("cache") / "embeddings.sqlite") as empty:
        yield empty


@pytest.fixture
def source(opener: Opener, cache: EmbeddingCache) -> EmbeddingSource:
    """The stand-in encoder with an empty cache."""
    return EmbeddingSource(TILE_COLOURS, cache)


def draw(path: Path, seed: int, *, red: int = 128) -> Path:
    """A small photo of coloured squares, the redder the larger ``red``: it and ``seed`` fix the content."""
    squares = np.random.default_rng([seed, red]).uniform(0, 255, (4, 5, 3))
    squares[..., 0] *= red / 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.kron(squares, np.ones((10, 10, 1))).astype(np.uint8)).save(path, "PNG")
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Callable[..., list[Path]]:
    """Draws ``n`` different photos into a folder."""

    def make(n: int, folder: str = "photos", *, first: int = 0) -> list[Path]:
        return [draw(tmp_path / folder / f"{number}.png", number) for number in range(first, first + n)]

    return make


@pytest.fixture
def two_classes(tmp_path: Path) -> Path:
    """A folder with the classes “dark” and “red”, five examples each."""
    for number in range(5):
        draw(tmp_path / "examples" / "dark" / f"{number}.png", number, red=10)
        draw(tmp_path / "examples" / "red" / f"{number}.png", number, red=240)
    return tmp_path / "examples"
