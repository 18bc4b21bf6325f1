"""What the page on this computer says."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.ui.computer.computer_state import (
    AttemptState,
    DeviceState,
    SpeedState,
    computer_facts,
    computer_text,
    room_words,
    speed_figures,
)
from fewshot_gui.workflows.kept_photos import KeptPhotos

DEVICE = DeviceState(
    "Processor",
    "Using the processor: no NVIDIA GPU was found.",
    (
        AttemptState("NVIDIA GPU", "It is not used because no NVIDIA GPU was found.", used=False, usable=False),
        AttemptState("Processor", "It reads and encodes photos on 2 cores.", used=True, usable=True),
    ),
)


def test_rates_are_as_exact_as_they_are_worth() -> None:
    figures = [(figure, caption) for figure, caption, _ in speed_figures(SpeedState(1234.5, 133.4, 2.55))]
    assert figures == [("2.5", "all told"), ("1,234", "read"), ("133", "encoded")]
    assert {figure for figure, _, _ in speed_figures(None)} == {"–"}


@pytest.mark.parametrize(
    ("used", "usable", "verdict"),
    [(True, True, "in use"), (False, True, "works, not in use"), (False, False, "not in use")],
)
def test_a_verdict_in_words(used: bool, usable: bool, verdict: str) -> None:
    assert AttemptState("OpenVINO", "", used=used, usable=usable).verdict == verdict


def test_the_text_for_support_has_everything_but_the_name_of_the_person(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "Anneliese Muster"
    monkeypatch.setattr(Path, "home", lambda: home)
    kept = KeptPhotos(1_200_000_000, 2 << 30, 1_310_000_000, home / ".cache" / "fewshot-gui")
    text = computer_text(DEVICE, SpeedState(37.2, 133.4, 29.3), kept)
    assert text.splitlines() == [
        "Labelled by: Processor",
        "Because: Using the processor: no NVIDIA GPU was found.",
        "Tried: NVIDIA GPU: not in use. It is not used because no NVIDIA GPU was found.",
        "Tried: Processor: in use. It reads and encodes photos on 2 cores.",
        "12 megapixels, per second: 29 all told, 37 read, 133 encoded",
        "Kept of photos: 1.2 GB of at most 2.1 GB, 1.3 GB on the disk, in ~/.cache/fewshot-gui",
    ]


def test_what_is_not_known_is_not_said() -> None:
    assert computer_text(None, None, None) == ""
    assert computer_facts(None, SpeedState(1, 2, 3)) == {
        "12 megapixels, per second": "3.0 all told, 1.0 read, 2.0 encoded"
    }
    nowhere = KeptPhotos(0, 2 << 30, 0, None)
    assert "nothing can be kept" in computer_text(None, None, nowhere)
    assert room_words(nowhere) == "0 B of at most 2.1 GB, 0 B on the disk"
