"""What the page on this computer shows, and the same as plain text for support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.ui import wording
from fewshot_gui.workflows.kept_photos import KeptPhotos

_CAPTIONS = (
    ("all told", "Photos read and encoded per second, as when a folder is labelled"),
    ("read", "Photos per second that could be read from their files, with nothing else to do"),
    ("encoded", "Photos per second that the encoder could look at, had they all been read"),
)


@dataclass(frozen=True)
class AttemptState:
    """One thing that was tried.

    Attributes:
        title: What.
        sentence: What came of it.
        used: It labels photos, or helps to.
        usable: It could.
    """

    title: str
    sentence: str
    used: bool
    usable: bool

    @property
    def verdict(self) -> str:
        """The same in a word or two."""
        if self.used:
            return "in use"
        return "works, not in use" if self.usable else "not in use"


@dataclass(frozen=True)
class SpeedState:
    """Photos of 12 megapixels per second: read, encoded, and all told."""

    read: float
    encoded: float
    all_told: float


@dataclass(frozen=True)
class DeviceState:
    """Which device labels photos and why, and what else was tried."""

    title: str
    reason: str
    attempts: tuple[AttemptState, ...]


def speed_figures(speed: SpeedState | None) -> Iterator[tuple[str, str, str]]:
    """Figure, caption and explanation of each rate; a dash stands for what has not been measured."""
    rates = (speed.all_told, speed.read, speed.encoded) if speed is not None else (None, None, None)
    for rate, (caption, tip) in zip(rates, _CAPTIONS, strict=True):
        yield _per_second(rate) if rate is not None else "–", caption, tip


def room_words(kept: KeptPhotos) -> str:
    """How much room it takes: "1.2 GB of at most 2.1 GB, 1.3 GB on the disk"."""
    sizes = [wording.file_size(size) for size in (kept.kept_bytes, kept.most_bytes, kept.disk_bytes)]
    return f"{sizes[0]} of at most {sizes[1]}, {sizes[2]} on the disk"


def computer_facts(device: DeviceState | None, speed: SpeedState | None) -> dict[str, str]:
    """What is known of the device, by name."""
    facts = {}
    if device is not None:
        facts = {"Labelled by": device.title, "Because": device.reason}
        facts |= {f"Tried: {one.title}": f"{one.verdict}. {one.sentence}" for one in device.attempts}
    if speed is not None:
        rates = ", ".join(f"{figure} {caption}" for figure, caption, _ in speed_figures(speed))
        facts["12 megapixels, per second"] = rates
    return facts


def computer_text(device: DeviceState | None, speed: SpeedState | None, kept: KeptPhotos | None) -> str:
    """All that the page shows. Where files are is told from the person's folder on, whose name may be theirs."""
    facts = computer_facts(device, speed)
    if kept is not None:
        facts["Kept of photos"] = f"{room_words(kept)}, in {_from_home(kept.folder)}"
    return "".join(f"{name}: {value}\n" for name, value in facts.items())


def _per_second(rate: float) -> str:
    return wording.count(round(rate)) if rate >= 9.95 else f"{rate:.1f}"


def _from_home(folder: Path | None) -> str:
    if folder is None:
        return "no folder: nothing can be kept"
    home = Path.home()
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else str(folder)
