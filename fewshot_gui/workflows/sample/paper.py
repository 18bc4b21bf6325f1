"""The herbarium sheet a leaf lies on, and what the scanner makes of both."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fewshot_gui.workflows.sample.drawing import (
    Colour,
    Field,
    Rng,
    Stencil,
    blob,
    blurred,
    lay,
    noise,
    relief,
    rgb,
    smooth_curve,
    stain,
    whole,
)

WIDTH, HEIGHT = 640, 480

_SHEETS: tuple[Colour, ...] = (
    rgb(243, 238, 224),
    rgb(238, 229, 207),
    rgb(232, 219, 190),
    rgb(240, 238, 232),
    rgb(225, 209, 177),
    rgb(231, 232, 226),
    rgb(208, 184, 148),
)
_SHEET_SHARES = (0.22, 0.22, 0.16, 0.16, 0.1, 0.08, 0.06)
_BACKGROUNDS: tuple[Colour, ...] = (rgb(46, 46, 48), rgb(206, 206, 204), rgb(120, 104, 84))


def sheet(rng: Rng) -> Field:
    """A fresh scan of an empty sheet, yellowed, grainy, perhaps folded, spotted or crooked, float32 (480, 640, 3)."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
    picture[:] = _SHEETS[rng.choice(len(_SHEETS), p=_SHEET_SHARES)]
    picture *= np.float32(rng.uniform(0.95, 1.02))
    _yellow(picture, rng)
    _grain(picture, rng)
    _fibres(picture, rng)
    if rng.uniform() < 0.35:
        _fox(picture, rng)
    if rng.uniform() < 0.3:
        _fold(picture, rng)
    if rng.uniform() < 0.28:
        _show_background(picture, rng)
    return picture


def water_stain(picture: Field, rng: Rng) -> None:
    """Stain ``picture`` in place with the brown-rimmed trace of a spilt drop and its splashes."""
    centre, radius = np.array([rng.uniform(150, 490), rng.uniform(110, 370)]), rng.uniform(60, 130)
    stencil = Stencil(whole(picture))
    for _ in range(3):
        x, y = centre + rng.normal(0, radius * 0.4, 2)
        stencil.polygon(blob(rng, (x, y), radius * rng.uniform(0.5, 0.9), 0.3, 36))
    for distance in rng.uniform(1.3, 2.4, int(rng.integers(2, 9))):
        angle = rng.uniform(0, 2 * math.pi)
        x, y = centre + radius * distance * np.array([math.cos(angle), math.sin(angle)])
        stencil.polygon(blob(rng, (x, y), rng.gamma(2, 2), 0.15))
    area = stencil.coverage()
    inner = blurred(area, 5)
    rim = np.clip(area * (1.05 - inner) * 2.2, 0, 1) * (0.75 + 0.25 * noise(rng, area.shape, 26))
    stain(picture, blurred(area, 1.2) * np.float32(rng.uniform(0.18, 0.4)), rgb(196, 160, 104))
    stain(picture, np.clip(blurred(rim, 0.9), 0, 1) * np.float32(rng.uniform(0.45, 0.8)), rgb(150, 104, 60))


def scanned(picture: Field, rng: Rng) -> NDArray[np.uint8]:
    """What a tired scanner makes of ``picture``: uneven light, colour cast, blur, noise; uint8 (480, 640, 3)."""
    row, column = _coordinates()
    x, y = column / WIDTH - 0.5, row / HEIGHT - 0.5
    angle = rng.uniform(0, 2 * math.pi)
    light = np.ones((HEIGHT, WIDTH), np.float32)
    light += rng.uniform(0.0, 0.16) * (x * math.cos(angle) + y * math.sin(angle))
    light -= rng.uniform(0.0, 0.28) * (x * x + y * y)
    if rng.uniform() < 0.2:
        # The lid was not quite closed, or the sheet lay against the frame: one side is dark.
        from_side = x + 0.5 if rng.uniform() < 0.5 else 0.5 - x
        light -= rng.uniform(0.08, 0.25) * np.exp(from_side / -0.06)
    cast = rng.uniform(0.965, 1.03, 3) * rng.uniform(0.9, 1.04)
    exposed = picture * light[:, :, None] * cast.astype(np.float32)
    image = Image.fromarray(np.clip(exposed * 255 + 0.5, 0, 255).astype(np.uint8))
    gamma = 255 * np.linspace(0, 1, 256) ** rng.uniform(0.88, 1.15)
    image = image.point(np.round(gamma).astype(int).tolist() * 3)
    image = image.filter(ImageFilter.GaussianBlur(float(rng.choice([0.25, 0.45, 0.7, 1.1], p=[0.4, 0.3, 0.2, 0.1]))))
    speckled = np.asarray(image, np.float32) + rng.uniform(0.6, 2.6) * noise(rng, (HEIGHT, WIDTH), 1)[:, :, None]
    return np.clip(speckled, 0, 255).astype(np.uint8)


def _coordinates() -> tuple[Field, Field]:
    """The row numbers (480, 1) and column numbers (1, 640)."""
    return np.arange(HEIGHT, dtype=np.float32)[:, None], np.arange(WIDTH, dtype=np.float32)[None, :]


def _yellow(picture: Field, rng: Rng) -> None:
    """Age from the edges inwards, unevenly."""
    y, x = _coordinates()
    to_edge = np.minimum(np.minimum(x, WIDTH - x), np.minimum(y, HEIGHT - y)) / HEIGHT
    clouds = noise(rng, (HEIGHT, WIDTH), 150) * 0.5 + noise(rng, (HEIGHT, WIDTH), 48) * 0.25
    amount = rng.uniform(0, 0.5) * np.exp(-to_edge / rng.uniform(0.04, 0.14)) + rng.uniform(0.02, 0.10) * (1 + clouds)
    stain(picture, np.clip(amount, 0, 0.8), rgb(214, 178, 118))


def _grain(picture: Field, rng: Rng) -> None:
    """The tooth of the paper, lit from one side."""
    shape = (HEIGHT, WIDTH)
    fine = noise(rng, shape, 1)
    height = 0.5 * fine + 0.7 * noise(rng, shape, 2.3) + 0.8 * noise(rng, shape, 6)
    lit = relief(height, rng.uniform(0, 2 * math.pi))
    picture *= (1 + np.float32(rng.uniform(0.004, 0.012)) * lit)[:, :, None]
    picture += np.float32(rng.uniform(0.002, 0.009)) * fine[:, :, None]


def _fibres(picture: Field, rng: Rng) -> None:
    """Short pale and dark fibres."""
    for colour, strength in ((rgb(120, 96, 66), 0.22), (rgb(255, 252, 244), 0.35)):
        stencil = Stencil(whole(picture))
        for _ in range(int(rng.integers(10, 70))):
            start = np.array([rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)])
            steps = rng.normal(0, 3.5, (3, 2)) + rng.normal(0, 3, 2)
            line = smooth_curve(start + np.cumsum(steps, axis=0), 4)
            stencil.line(line, 0.4, rng.uniform(0.3, 1.0))
        lay(picture, stencil.coverage() * np.float32(strength), colour)


def _fox(picture: Field, rng: Rng) -> None:
    """Foxing: rusty freckles of old paper."""
    stencil = Stencil(whole(picture))
    for _ in range(int(rng.integers(6, 40))):
        centre = (rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT))
        stencil.polygon(blob(rng, centre, min(rng.gamma(1.4, 1.5), 9.0), 0.3), rng.uniform(0.25, 1))
    marks = stencil.coverage()
    soft = blurred(marks, 2.4) * 0.6 + blurred(marks, 0.8) * 0.4
    stain(picture, soft * np.float32(rng.uniform(0.3, 0.6)), rgb(170, 112, 62))


def _fold(picture: Field, rng: Rng) -> None:
    """One crease across the sheet: a bright and a dark line, and a faint step in the light."""
    y, x = _coordinates()
    upright = rng.uniform() < 0.5
    angle = rng.normal(0, 0.03) + (0 if upright else math.pi / 2)
    across = (x - rng.uniform(0.2, 0.8) * WIDTH) * math.cos(angle) + (y - rng.uniform(0.2, 0.8) * HEIGHT) * math.sin(
        angle
    )
    across += 0.7 * noise(rng, across.shape, 40)
    wear = np.clip(0.7 + 0.35 * noise(rng, across.shape, 14), 0, 1.4)
    crease = np.exp(-((across / 1.1) ** 2)) * 0.09 - np.exp(-(((across - 2.2) / 1.5) ** 2)) * 0.12
    slope = np.exp(-np.abs(across) / 28) * np.sign(across) * rng.uniform(-0.03, 0.03)
    picture *= (1 + crease * wear * np.float32(rng.uniform(0.6, 1.3)) + slope)[:, :, None].astype(np.float32)


def _show_background(picture: Field, rng: Rng) -> None:
    """Put the sheet down crookedly, so that the bed of the scanner shows at one or two edges."""
    angle = rng.normal(0, 0.022)
    left, right = (rng.uniform(4, 26) if rng.uniform() < 0.5 else -40 for _ in range(2))
    top, bottom = (rng.uniform(4, 20) if rng.uniform() < 0.4 else -40 for _ in range(2))
    corners = np.array([[left, top], [WIDTH - right, top], [WIDTH - right, HEIGHT - bottom], [left, HEIGHT - bottom]])
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    stencil = Stencil(whole(picture))
    stencil.polygon((corners - middle) @ turn + middle)
    paper = stencil.coverage()
    bed = np.empty_like(picture)
    bed[:] = _BACKGROUNDS[rng.integers(len(_BACKGROUNDS))]
    bed *= (1 - 0.5 * blurred(paper, 4))[:, :, None]
    lay(picture, 1 - paper, bed)
