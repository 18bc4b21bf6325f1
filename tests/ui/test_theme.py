"""The window's colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from fewshot_gui.ui.theme import CLASS_COLOURS, DARK, LIGHT, MIN_CONTRAST, Theme, contrast


def test_text_is_readable_in_both_appearances() -> None:
    for tokens in (LIGHT, DARK):
        for ink in (tokens.text, tokens.dim, tokens.warning):
            for ground in (tokens.background, tokens.panel):
                assert contrast(QColor(ink), QColor(ground)) >= MIN_CONTRAST, (ink, ground)
        assert contrast(QColor(tokens.on_accent), QColor(tokens.accent)) >= MIN_CONTRAST


def test_every_chip_is_readable(theme: Theme) -> None:
    for appearance in ("light", "dark"):
        theme.set_appearance(appearance)
        for index in [None, *range(12)]:
            chip = theme.chip(index)
            assert contrast(chip.text, chip.ground) >= MIN_CONTRAST


# Machado, Oliveira, Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1.0, on linear RGB.
_VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def _cielab(linear_rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    scaled = linear_rgb @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(scaled > 0.008856, np.cbrt(np.maximum(scaled, 1e-9)), 7.787 * scaled + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def test_class_colours_stay_apart_for_every_kind_of_colour_vision() -> None:
    srgb = np.array([QColor(colour).getRgbF()[:3] for colour in CLASS_COLOURS])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    for vision, matrix in _VISION.items():
        lab = _cielab(np.clip(linear @ matrix.T, 0, 1))
        distance = np.linalg.norm(lab[:, None] - lab[None], axis=-1)[np.triu_indices(len(lab), 1)]
        # A colour difference of 2.3 is just noticeable side by side; bars and dots apart from each other need far more.
        assert distance.min() > 14, vision
