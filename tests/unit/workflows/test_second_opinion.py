"""The second opinion on files: activations only where they are needed, and labels by them where it wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, FewshotError, NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import DeviceChoice, EmbeddingCache, Encoder, EncoderSpec
from fewshot_gui.encoders.encoder import EncoderPart
from fewshot_gui.imaging import read_photo
from fewshot_gui.learners import NetworkSpec
from fewshot_gui.learners import deep as deep_module
from fewshot_gui.learners.protocol import reads_activations
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.adapting import AdaptRequest, adapt_and_label
from fewshot_gui.workflows.embed_folder import embed_folder
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_folder import LabelledFolder, label_folder
from fewshot_gui.workflows.second_opinion import activations_source, ask_second_opinion, label_with_activations
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, TILES, TileColours, draw

COLD = replace(TILE_COLOURS, id="cold", title="Cold", dimension=2 * TILES**2)
"""Sees green and blue only, so it cannot tell dark from red."""
WITH_RED = replace(COLD, id="cold@deep", base="cold", activations=TILES**2, dimension=3 * TILES**2)
"""Beside that, red as its activations."""
DARK, RED = 1, 2


class Channels:
    """The tiles of some channels, those of the embedding first."""

    def __init__(self, channels: list[int]) -> None:
        self.photos = 0
        self._channels = channels

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.photos += len(batch)
        tiles = TileColours().encode(batch).reshape(len(batch), 3, TILES**2)
        return tiles[:, self._channels].reshape(len(batch), -1)


class Engines:
    """Opens the cold encoder and its variant."""

    def __init__(self) -> None:
        self.by_id = {COLD.id: Channels([1, 2]), WITH_RED.id: Channels([1, 2, 0])}

    def open(self, encoder_id: str, *, device: DeviceChoice, **_progress: object) -> Encoder:
        spec: EncoderSpec = {COLD.id: COLD, WITH_RED.id: WITH_RED}[encoder_id]
        return Encoder(spec, device, [EncoderPart(spec, self.by_id[encoder_id])])

    @property
    def activations_computed(self) -> int:
        return self.by_id[WITH_RED.id].photos


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    def small(support: SupportSet) -> NetworkSpec | None:
        inputs = support.activations.shape[1]
        return NetworkSpec("adapter", inputs, 8) if inputs else None

    made = Engines()
    monkeypatch.setattr(embedding_source, "open_encoder", made.open)
    monkeypatch.setattr(embedding_source, "choose_device", lambda _: DeviceChoice("cpu", "Stand-in", ""))
    monkeypatch.setattr(embedding_source, "variant_with_activations", {COLD.id: WITH_RED}.get)
    monkeypatch.setattr(deep_module, "tail_of", small)
    return made


@pytest.fixture
def cold(engines: Engines, cache: EmbeddingCache) -> EmbeddingSource:
    return EmbeddingSource(COLD, cache)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        draw(tmp_path / "photos" / f"dark {number}.png", 100 + number, red=10)
        draw(tmp_path / "photos" / f"red {number}.png", 200 + number, red=240)
    return tmp_path / "photos"


@pytest.fixture
def request_of(two_classes: Path) -> Callable[..., AdaptRequest]:
    def make(per_class: int = 5) -> AdaptRequest:
        kinds = {DARK: sorted((two_classes / "dark").iterdir()), RED: sorted((two_classes / "red").iterdir())}
        return AdaptRequest(
            examples=tuple((kind, path) for kind, paths in kinds.items() for path in paths[:per_class]),
            decided=(),
            decided_embeddings=np.empty((0, COLD.dimension), np.float16),
            photos=np.empty((0, COLD.dimension), np.float16),
            folder_mean=None,
            method="auto",
        )

    return make


def labels(result: LabelledFolder) -> list[bool]:
    return [row.photo.startswith(row.label or "?") for row in result.rows]


def test_where_it_wins_photos_are_labelled_by_their_activations(
    engines: Engines, cold: EmbeddingSource, folder: Path, request_of: Callable[..., AdaptRequest]
) -> None:
    outcome = ask_second_opinion(request_of(), cold, Unwatched())
    assert outcome.wins
    assert engines.activations_computed == 10, "those of the examples only, so far"
    assert outcome.support.activations.shape == (10, WITH_RED.activations)
    assert [kind for kind, _ in outcome.origins] == outcome.support.labels.tolist()
    photos = sorted(folder.iterdir())
    labelled = label_with_activations(outcome.adapted, photos, cold, Unwatched())
    assert labelled.rows.tolist() == list(range(12))
    assert labelled.predictions.ranked().first.tolist() == [DARK] * 6 + [RED] * 6
    assert ((labelled.predictions.familiarity >= 0) & (labelled.predictions.familiarity <= 1)).all()
    label_with_activations(outcome.adapted, photos, cold, Unwatched())
    assert engines.activations_computed == 22, "the second time they come from the cache"


def test_a_photo_that_cannot_be_read_is_told_and_left_out(
    cold: EmbeddingSource, folder: Path, request_of: Callable[..., AdaptRequest]
) -> None:
    outcome = ask_second_opinion(request_of(), cold, Unwatched())
    (folder / "broken.png").write_bytes(b"x" * 40)
    photos = [folder / "dark 0.png", folder / "broken.png", folder / "red 0.png"]
    labelled = label_with_activations(outcome.adapted, photos, cold, Unwatched())
    assert labelled.rows.tolist() == [0, 2]
    assert labelled.predictions.ranked().first.tolist() == [DARK, RED]
    assert [failure.path.name for failure in labelled.failures] == ["broken.png"]


def test_it_can_be_cancelled(cold: EmbeddingSource, request_of: Callable[..., AdaptRequest]) -> None:
    for checks in (1, 40):
        with pytest.raises(Cancelled):
            ask_second_opinion(request_of(), cold, Watched(cancel_at_check=checks))


def test_an_encoder_without_activations_says_so(engines: Engines, cache: EmbeddingCache) -> None:
    with pytest.raises(FewshotError, match="“Tile colours” cannot be adapted itself; choose “Fast”"):
        activations_source(EmbeddingSource(TILE_COLOURS, cache))


def test_an_example_that_vanished_is_told(
    cold: EmbeddingSource, request_of: Callable[..., AdaptRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fewshot_gui.workflows import second_opinion

    request = request_of()
    original = second_opinion.request_support

    def then_delete(*arguments: object) -> object:
        support = original(*arguments)
        request.examples[0][1].unlink()
        return support

    monkeypatch.setattr(second_opinion, "request_support", then_delete)
    with pytest.raises(PhotoError, match=r"0\.png"):
        ask_second_opinion(request, cold, Unwatched())


def test_label_with_method_deep_uses_it_where_it_wins(cold: EmbeddingSource, two_classes: Path, folder: Path) -> None:
    result = label_folder(two_classes, folder, cold, Unwatched(), method="deep")
    assert all(labels(result))
    assert result.adapted.method.startswith("deep+")
    assert reads_activations(result.adapted.classifier)
    assert "Adapting the encoder itself" in result.adapted.reason
    assert (result.stats.photos, result.stats.failed) == (12, 0)
    assert all(0 <= row.familiarity <= 1 for row in result.rows if row.familiarity is not None)
    assert {row.encoder for row in result.rows} == {"cold"}


def test_auto_is_quick_unless_it_gets_a_budget(
    engines: Engines, cold: EmbeddingSource, two_classes: Path, folder: Path
) -> None:
    quick = label_folder(two_classes, folder, cold, Unwatched())
    assert engines.activations_computed == 0
    assert not all(labels(quick))
    given = label_folder(two_classes, folder, cold, Unwatched(), budget=600)
    assert all(labels(given))
    assert "s of the 600 s allowed" in given.adapted.reason


def test_too_small_a_budget_gives_what_auto_gives(
    engines: Engines, cold: EmbeddingSource, two_classes: Path, folder: Path
) -> None:
    quick = label_folder(two_classes, folder, cold, Unwatched())
    denied = label_folder(two_classes, folder, cold, Unwatched(), budget=1e-6)
    assert denied.rows == quick.rows
    assert "would take about" in denied.adapted.reason
    assert engines.activations_computed == 10, "no photo's"


def test_deep_with_an_encoder_that_cannot_be_adapted_is_auto(
    cold: EmbeddingSource, two_classes: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_source, "variant_with_activations", lambda _: None)
    deep = label_folder(two_classes, folder, cold, Unwatched(), method="deep")
    auto = label_folder(two_classes, folder, cold, Unwatched(), method="auto")
    assert deep.rows == auto.rows
    assert "cannot be adapted" in deep.adapted.reason


def test_a_folder_with_activations_passes_them_on_and_keeps_embeddings(cold: EmbeddingSource, folder: Path) -> None:
    seen: dict[int, NDArray[np.float32]] = {}
    variant = activations_source(cold)
    embedded = embed_folder(
        folder, variant, Unwatched(), note="", on_rows=lambda rows, matrix: seen.update(zip(rows, matrix, strict=True))
    )
    assert embedded.embeddings.shape == (12, COLD.dimension)
    assert sorted(seen) == list(range(12))
    for row, whole in seen.items():
        assert whole.shape == (WITH_RED.dimension,)
        np.testing.assert_allclose(embedded.embeddings[row], whole[: COLD.dimension], rtol=1e-3)
        fresh = variant.encoder(Unwatched()).embed([read_photo(embedded.paths[row])])[0]
        np.testing.assert_allclose(whole, fresh, rtol=1e-3, atol=1e-3)
    assert embed_folder(folder, variant, Unwatched(), note="").embeddings.shape == (12, WITH_RED.dimension)


def test_examples_that_came_with_a_model_have_no_photos_to_ask_about(
    engines: Engines, cold: EmbeddingSource, request_of: Callable[..., AdaptRequest]
) -> None:
    carried = SupportSet(np.ones((2, COLD.dimension), np.float32), np.array([DARK, RED]))
    with pytest.raises(FewshotError, match="some of yours came with a model without theirs"):
        ask_second_opinion(replace(request_of(), carried=carried), cold, Unwatched())
    assert engines.activations_computed == 0


def test_a_method_that_reads_activations_does_without_carried_examples(
    cold: EmbeddingSource, request_of: Callable[..., AdaptRequest]
) -> None:
    source, nothing = activations_source(cold), np.empty((0, WITH_RED.dimension), np.float16)
    carried = SupportSet(np.ones((2, COLD.dimension), np.float32), np.array([DARK, RED]))
    request = replace(request_of(), carried=carried, method="ridge", photos=nothing, decided_embeddings=nothing)
    outcome = adapt_and_label(request, source, Unwatched())
    assert len(outcome.support) == len(outcome.origins) == 10
    assert outcome.support.activations.shape == (10, WITH_RED.activations)
    with pytest.raises(NotEnoughExamplesError, match="needs the photos of examples, and yours came with a model"):
        adapt_and_label(replace(request, examples=request.examples[:3]), source, Unwatched())
