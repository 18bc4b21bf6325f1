"""Variants of a widget's font for what is painted by hand."""

from __future__ import annotations

from PySide6.QtGui import QFont


def sized(font: QFont, pixels: int) -> QFont:
    """``font`` in another size, one of the FONT constants of :mod:`fewshot_gui.ui.theme`."""
    other = QFont(font)
    other.setPixelSize(pixels)
    return other


def strong(font: QFont) -> QFont:
    """``font`` in the weight of names and titles."""
    other = QFont(font)
    other.setWeight(QFont.Weight.DemiBold)
    return other
