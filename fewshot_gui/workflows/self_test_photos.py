"""Pictures made up on the spot, of kinds that any encoder tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KINDS = {"broad stripes": 3, "fine stripes": 1, "stripes": 2}
"""What the classes are called, and which colour and stripe width they have."""

PER_KIND = 5
"""Examples, and photos to label, of each."""


@dataclass(frozen=True)
class MadeUpFolders:
    """Files to try the program on.

    Attributes:
        examples: A folder per kind.
        photos: All in one folder; each name begins with that of its kind.
    """

    examples: Path
    photos: Path


def striped_pictures(rng: np.random.Generator, *, kind: int, count: int) -> list[NDArray[np.uint8]]:
    """Striped pictures, uint8 (240, 320, 3): ``kind`` fixes colour and stripe width, the rest varies."""
    y, x = np.mgrid[:240, :320]
    pictures = []
    for _ in range(count):
        angle = rng.uniform(0, np.pi)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) / (2.0 + 4.0 * kind))
        colour = np.roll([200.0, 90.0, 40.0], kind)
        noise = rng.normal(0, 12, (240, 320, 1))
        picture = colour * (0.6 + 0.4 * wave[..., None]) + noise
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    return pictures


def write_photos(folder: Path) -> MadeUpFolders:
    """Draw the examples and the photos into ``folder``.

    Raises:
        OSError: They cannot be written there.
    """
    from PIL import Image

    made = MadeUpFolders(folder / "examples", folder / "photos")
    rng = np.random.default_rng(0)
    made.photos.mkdir()
    for name, kind in KINDS.items():
        (made.examples / name).mkdir(parents=True)
        for number, picture in enumerate(striped_pictures(rng, kind=kind, count=PER_KIND)):
            Image.fromarray(picture).save(made.examples / name / f"{number}.png")
        for number, picture in enumerate(striped_pictures(rng, kind=kind, count=PER_KIND)):
            Image.fromarray(picture).save(made.photos / f"{name} {number}.png")
    return made
