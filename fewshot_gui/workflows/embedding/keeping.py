"""Putting into the cache what a run has found out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fewshot_gui.workflows.embedding.board import Leftover
from fewshot_gui.workflows.embedding.records import Origin, Outcome

if TYPE_CHECKING:
    from fewshot_gui.workflows.embedding_source import EmbeddingSource


def keep(outcomes: Sequence[Outcome], source: EmbeddingSource) -> None:
    """Remember embeddings and the content of files, and let other runs have the photos."""
    contents, embeddings, claimed = {}, {}, []
    for outcome in outcomes:
        photo = outcome.photo
        if outcome.stamp is None or outcome.origin is Origin.KNOWN:
            continue
        claimed.append(photo.path)
        if photo.fingerprint is not None and photo.embedding is not None:
            contents[outcome.stamp] = photo.fingerprint
            if outcome.origin is Origin.FRESH:
                embeddings[photo.fingerprint] = photo.embedding
    try:
        if contents:
            source.keep(contents, embeddings)
    finally:
        source.claims.release(claimed)


def see_to(left: Leftover, source: EmbeddingSource) -> None:
    """Keep what was left after the end of a run, and let other runs have the rest."""
    keep(left.outcomes, source)
    source.claims.release(photo.file.stamp.path for photo in left.given_up)
