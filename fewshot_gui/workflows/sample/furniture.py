"""What else lies on a herbarium sheet: labels, handwriting, tape, scale bars, stamps, colour charts, barcodes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from fewshot_gui.workflows.sample.drawing import (
    Box,
    Colour,
    Field,
    Points,
    Rng,
    Stencil,
    around,
    blurred,
    lay,
    noise,
    rgb,
    shifted,
    smooth_curve,
    stain,
)

_INKS: tuple[Colour, ...] = (rgb(38, 38, 46), rgb(40, 52, 96), rgb(78, 62, 50), rgb(92, 92, 94))
_STAMPS: tuple[Colour, ...] = (rgb(70, 72, 140), rgb(150, 52, 52), rgb(52, 96, 84), rgb(92, 60, 118))

# The letters of an unreadable hand: strokes in a cell one high, pen up is never needed.
_LETTERS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.1, 0.0), (0.25, 0.55), (0.35, 0.05), (0.55, 0.55), (0.7, 0.0)),
    ((0.1, 0.0), (0.4, 0.9), (0.3, 1.1), (0.2, 0.8), (0.35, 0.0)),
    ((0.5, 0.5), (0.2, 0.5), (0.15, 0.1), (0.45, 0.05), (0.5, 0.5), (0.55, 0.0)),
    ((0.5, 0.5), (0.2, 0.45), (0.25, 0.05), (0.5, 0.4), (0.45, -0.4), (0.2, -0.5), (0.6, 0.1)),
    ((0.1, 0.25), (0.35, 0.45), (0.2, 0.55), (0.12, 0.2), (0.3, 0.0), (0.5, 0.1)),
    ((0.1, 0.1), (0.25, 0.5), (0.28, 0.05), (0.4, 0.0)),
    ((0.1, 0.1), (0.25, 0.5), (0.25, 0.0), (0.45, 0.05), (0.55, 0.5), (0.55, 0.0)),
    ((0.1, 0.3), (0.3, 1.0), (0.3, 0.0), (0.3, 0.65), (0.5, 0.0)),
)


def furnish(picture: Field, rng: Rng) -> None:
    """Lay nought to three pieces on ``picture`` in place, near its edges, each kind at most once."""
    pieces: tuple[Callable[[Field, Rng, Points], None], ...] = (
        label, label, label, scale_bar, scale_bar, stamp, stamp, colour_chart, barcode, pencil_note,
    )  # fmt: skip
    spots = [np.array(spot, float) for spot in ((90, 66), (545, 64), (92, 414), (535, 410), (330, 446), (572, 236))]
    count = int(rng.choice(4, p=(0.14, 0.36, 0.34, 0.16)))
    used = []
    for spot in rng.permutation(len(spots))[:count]:
        piece = pieces[rng.integers(len(pieces))]
        if piece not in used:
            piece(picture, rng, spots[spot] + rng.normal(0, 8, 2))
            used.append(piece)


def label(picture: Field, rng: Rng, centre: Points) -> None:
    """A pasted label with a printed heading, ruled lines and handwriting."""
    width, height = rng.uniform(120, 185), rng.uniform(62, 100)
    slip = _Slip(centre, rng.normal(0, 0.035), width, height)
    box = around(slip.corners(), 8, picture)
    _paste(box.of(picture), rng, box, slip.corners(), (rgb(246, 243, 233), rgb(236, 226, 200))[rng.integers(2)])
    ink, pen = Stencil(box), Stencil(box)
    if rng.uniform() < 0.6:
        frame = slip.rectangle(4, 4, width - 4, height - 4)
        ink.line(np.concatenate([frame, frame[:1]]), 0.6)
    _print_line(ink, rng, slip, width * 0.2, 13, width * 0.8, 5.5)
    for row in np.arange(28, height - 8, rng.uniform(14, 18)):
        if rng.uniform() < 0.5:
            ink.line(slip.place(np.array([[10, row + 3], [width - 10, row + 3]])), 0.4, 0.5)
        _write_line(pen, rng, slip, 12, row, width - 14)
    view = box.of(picture)
    stain(view, ink.coverage() * np.float32(0.8), _INKS[0])
    stain(view, pen.coverage() * np.float32(rng.uniform(0.6, 0.9)), _INKS[rng.integers(len(_INKS))])


def pencil_note(picture: Field, rng: Rng, centre: Points) -> None:
    """A few words or a number in pencil straight on the sheet."""
    slip = _Slip(centre, rng.normal(0, 0.08), 120, 40)
    box = around(slip.corners(), 10, picture)
    pen = Stencil(box)
    for row in (14, 32)[: rng.integers(1, 3)]:
        _write_line(pen, rng, slip, 4, row, 112)
    stain(box.of(picture), pen.coverage() * np.float32(rng.uniform(0.4, 0.7)), _INKS[3])


def scale_bar(picture: Field, rng: Rng, centre: Points) -> None:
    """A printed ruler of alternating black and white centimetres."""
    marks, step = int(rng.integers(4, 7)), rng.uniform(22, 30)
    width = marks * step + 16
    upright = rng.uniform() < 0.25
    slip = _Slip(centre, rng.normal(0, 0.02) + (math.pi / 2 if upright else 0), width, 30)
    box = around(slip.corners(), 8, picture)
    _paste(box.of(picture), rng, box, slip.corners(), rgb(247, 247, 244))
    ink = Stencil(box)
    for mark in range(marks):
        left = 8 + mark * step
        ink.polygon(slip.rectangle(left, 6 if mark % 2 else 11, left + step, 11 if mark % 2 else 16))
        for tick in range(10):
            x = left + tick * step / 10
            ink.line(slip.place(np.array([[x, 17], [x, 21.0 if tick else 24]])), 0.5, 0.8)
    stain(box.of(picture), ink.coverage() * np.float32(0.88), _INKS[0])


def stamp(picture: Field, rng: Rng, centre: Points) -> None:
    """The oval or round stamp of a collection, unevenly inked."""
    radius, squash = rng.uniform(24, 38), rng.choice([1.0, 0.62])
    slip = _Slip(centre, rng.normal(0, 0.2), 0, 0)
    angle = np.linspace(0, 2 * math.pi, 72)
    ring = np.stack([np.cos(angle), squash * np.sin(angle)], axis=1)
    box = around(slip.place(ring * radius), 4, picture)
    ink = Stencil(box)
    ink.line(slip.place(ring * radius), 1.4)
    ink.line(slip.place(ring * radius * 0.68), 0.8)
    for at in np.linspace(0, 2 * math.pi, int(rng.integers(20, 28)), endpoint=False):
        ends = np.array([[math.cos(at), squash * math.sin(at)]]) * radius * np.array([[0.75], [0.92]])
        ink.line(slip.place(ends), 1.5, float(rng.uniform(0.4, 1)))
    _print_line(ink, rng, slip, -radius * 0.5, 3, radius * 0.5, 6)
    worn = np.clip(0.75 + 0.35 * noise(rng, box.shape, 9) + 0.15 * noise(rng, box.shape, 1.5), 0, 1)
    colour = _STAMPS[rng.integers(len(_STAMPS))]
    stain(box.of(picture), ink.coverage() * worn * np.float32(rng.uniform(0.5, 0.85)), colour)


def colour_chart(picture: Field, rng: Rng, centre: Points) -> None:
    """A strip of grey and coloured patches for checking the scanner's colours."""
    patches = [rgb(*values) for values in (
        (30, 30, 32), (96, 96, 98), (160, 160, 160), (232, 232, 230), (176, 52, 44), (222, 190, 54), (64, 128, 72),
        (48, 84, 150),
    )]  # fmt: skip
    side = rng.uniform(15, 20)
    slip = _Slip(centre, rng.normal(0, 0.02), side * len(patches) + 8, side + 8)
    box = around(slip.corners(), 8, picture)
    _paste(box.of(picture), rng, box, slip.corners(), rgb(244, 244, 240))
    for index, colour in enumerate(patches):
        patch = Stencil(box)
        patch.polygon(slip.rectangle(5 + index * side, 5, 3 + (index + 1) * side, 3 + side))
        lay(box.of(picture), patch.coverage(), colour)


def barcode(picture: Field, rng: Rng, centre: Points) -> None:
    """A catalogue sticker with bars and a printed number."""
    width, height = rng.uniform(96, 120), rng.uniform(34, 44)
    slip = _Slip(centre, rng.normal(0, 0.04), width, height)
    box = around(slip.corners(), 8, picture)
    _paste(box.of(picture), rng, box, slip.corners(), rgb(250, 250, 249))
    ink = Stencil(box)
    x = 8.0
    while x < width - 10:
        bar = float(rng.choice([0.9, 1.4, 2.2]))
        ink.polygon(slip.rectangle(x, 5, x + bar, height - 13))
        x += bar + float(rng.choice([0.9, 1.5, 2.3]))
    _print_line(ink, rng, slip, 16, height - 4, width - 16, 5)
    stain(box.of(picture), ink.coverage() * np.float32(0.9), _INKS[0])


def tape(picture: Field, rng: Rng, centre: Points, across: float) -> None:
    """A strip of gummed tape laid over the leaf at ``centre``; ``across`` is its direction in radians."""
    width, height = rng.uniform(34, 62), rng.uniform(9, 15)
    slip = _Slip(centre, across + rng.normal(0, 0.12), width, height)
    box = around(slip.corners(), 8, picture)
    stencil = Stencil(box)
    stencil.polygon(slip.corners())
    strip = stencil.coverage()
    view = box.of(picture)
    stain(view, shifted(blurred(strip, 1.4), 1, 1) * (1 - strip) * np.float32(0.3), (0.3, 0.26, 0.2))
    linen, opacity = ((rgb(240, 234, 216), 0.86), (rgb(226, 206, 150), 0.5), (rgb(236, 236, 234), 0.72))[
        rng.integers(3)
    ]
    lay(view, strip * np.float32(opacity), linen)
    sheen = 1 + 0.03 * noise(rng, box.shape, 2.5) + 0.02 * noise(rng, box.shape, 9)
    edge = 1 - 0.14 * strip * np.clip(1.9 - 2 * blurred(strip, 0.8), 0, 1)
    view *= np.where(strip > 0.02, sheen * edge, 1)[:, :, None].astype(np.float32)


class _Slip:
    """A rectangle ``width`` x ``height`` around ``centre``, turned by ``angle``; points are given from its corner."""

    def __init__(self, centre: Points, angle: float, width: float, height: float) -> None:
        self._centre, self._half = centre, np.array([width / 2, height / 2])
        cosine, sine = math.cos(angle), math.sin(angle)
        self._matrix = np.array([[cosine, sine], [-sine, cosine]])

    def place(self, points: Points) -> Points:
        placed: Points = (points - self._half) @ self._matrix + self._centre
        return placed

    def rectangle(self, left: float, top: float, right: float, bottom: float) -> Points:
        return self.place(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float))

    def corners(self) -> Points:
        return self.rectangle(0, 0, *(2 * self._half))


def _paste(view: Field, rng: Rng, box: Box, corners: Points, colour: Colour) -> None:
    """Glue a piece of ``colour`` paper on, with its shadow and a little grain."""
    stencil = Stencil(box)
    stencil.polygon(corners)
    piece = stencil.coverage()
    stain(view, shifted(blurred(piece, 1.6), 2, 1) * np.float32(0.35), (0.35, 0.3, 0.24))
    grain = 1 + 0.012 * noise(rng, box.shape, 1) + 0.012 * noise(rng, box.shape, 18)
    lay(view, piece, grain[:, :, None] * np.asarray(colour, np.float32))


def _print_line(ink: Stencil, rng: Rng, slip: _Slip, left: float, base: float, right: float, height: float) -> None:
    """A line of print too small to read: upright dashes grouped into words."""
    x = left
    while x < right:
        if rng.uniform() < 0.13:
            x += height * 0.6
        tall = height * rng.uniform(0.6, 1.0)
        ink.polygon(slip.rectangle(x, base - tall, x + height * 0.32, base), float(rng.uniform(0.45, 0.85)))
        x += height * rng.uniform(0.5, 0.75)


def _write_line(pen: Stencil, rng: Rng, slip: _Slip, left: float, base: float, right: float) -> None:
    """A line of joined handwriting that means nothing, one stroke for each word."""
    size, slant = rng.uniform(7.5, 10.5), rng.uniform(0.15, 0.45)
    x = left
    while x < right - 25 and (x == left or rng.uniform() < 0.8):
        word = []
        for _ in range(int(rng.integers(3, 9))):
            if x > right - size:
                break
            letter = np.array(_LETTERS[rng.integers(len(_LETTERS))]) + rng.normal(0, 0.05, 2)
            word.append(
                np.stack([x + size * (letter[:, 0] + slant * letter[:, 1]), base - size * letter[:, 1]], axis=1)
            )
            x += size * float(letter[:, 0].max()) * rng.uniform(0.8, 1.0)
        if word:
            pen.line(slip.place(smooth_curve(np.concatenate(word), 5)), 0.85, float(rng.uniform(0.7, 1)))
        x += size * rng.uniform(0.5, 0.9)
