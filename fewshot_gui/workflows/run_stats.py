"""What a run cost, for people who compare machines."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.processor import core_count
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_source import EmbeddingSource

_LINUX_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class RunStats:
    """The figures of one labelling run, as ``--stats`` writes them.

    Attributes:
        photos: Image files found.
        failed: Those that could not be read.
        cached: Those whose embedding was known.
        seconds: Wall time of the whole run.
        photos_per_second: ``photos / seconds``.
        decode_core_seconds: Processor time spent reading and decoding.
        encode_core_seconds: Processor time spent in the encoder.
        bound_photos_per_second: What the cores could do at best: cores / core-seconds per decoded photo; ``None`` when
            every photo was known.
        adapt_seconds: Wall time of adapting to the examples.
        score_seconds: Wall time of scoring all embeddings.
        peak_rss_mb: Most memory held so far, in MiB; ``None`` where the system does not tell.
        device: What encoded the photos, "cpu" or "cuda"; "cpu" when every photo was known.
        encoder: The encoder's id.
        method: The learner that was used in the end.
    """

    photos: int
    failed: int
    cached: int
    seconds: float
    photos_per_second: float
    decode_core_seconds: float
    encode_core_seconds: float
    bound_photos_per_second: float | None
    adapt_seconds: float
    score_seconds: float
    peak_rss_mb: float | None
    device: str
    encoder: str
    method: str


def run_stats(
    work: EmbeddingStats, *, seconds: float, adapt: float, score: float, source: EmbeddingSource, method: str
) -> RunStats:
    """The figures of a run by embeddings; times in seconds."""
    return figures(
        work,
        seconds=seconds,
        adapt=adapt,
        score=score,
        device=source.device_used,
        encoder=source.spec.id,
        method=method,
    )


def figures(
    work: EmbeddingStats, *, seconds: float, adapt: float, score: float, device: str, encoder: str, method: str
) -> RunStats:
    """Put the figures of a run together; times in seconds."""
    fresh = work.photos - work.cached
    core_seconds = work.decode_core_seconds + work.encode_core_seconds
    return RunStats(
        photos=work.photos,
        failed=work.failed,
        cached=work.cached,
        seconds=seconds,
        photos_per_second=work.photos / seconds if seconds > 0 else 0.0,
        decode_core_seconds=work.decode_core_seconds,
        encode_core_seconds=work.encode_core_seconds,
        bound_photos_per_second=core_count() * fresh / core_seconds if core_seconds > 0 else None,
        adapt_seconds=adapt,
        score_seconds=score,
        peak_rss_mb=peak_memory_mb(),
        device=device,
        encoder=encoder,
        method=method,
    )


def peak_memory_mb() -> float | None:
    """The most resident memory this process has held, in MiB, or ``None`` where the system does not tell."""
    if sys.platform == "win32":
        return None
    if _LINUX_STATUS.exists():  # getrusage would count what the program held that started this one
        lines = _LINUX_STATUS.read_text(encoding="ascii", errors="replace").splitlines()
        return next((int(line.split()[1]) / 2**10 for line in lines if line.startswith("VmHWM:")), None)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10  # other systems count in KiB, macOS in bytes
