"""What a writer of labels says when it is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """A table or a package that was written.

    Attributes:
        photos: How many photos are in it.
        notes: What a person should know of it, one sentence each: what was left out, what was assumed.
    """

    photos: int
    notes: tuple[str, ...] = ()


def counted(count: int, one: str, many: str) -> str:
    """``count`` with its noun: "1 photo", "12,345 photos"."""
    return f"{count:,} {one if count == 1 else many}"
