"""The program's icon in the sizes and formats that each system wants, drawn from its one SVG."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_WINDOWS_SIDES = (16, 20, 24, 32, 40, 48, 64, 256)
_MACOS_SIDE = 1024


def picture(svg: Path, side: int) -> Image.Image:
    """The drawing as RGBA of ``side`` x ``side`` pixels on nothing.

    Raises:
        ValueError: It cannot be drawn.
    """
    renderer = QSvgRenderer(str(svg))
    canvas = QImage(side, side, QImage.Format.Format_RGBA8888)
    canvas.fill(0)
    painter = QPainter(canvas)
    renderer.render(painter)
    painter.end()
    if not renderer.isValid():
        raise ValueError(f"{svg} cannot be drawn")
    return Image.frombuffer("RGBA", (side, side), bytes(canvas.constBits()))


def write_ico(svg: Path, target: Path) -> Path:
    """The icon of a Windows program; every size is drawn by itself, not shrunk."""
    pictures = [picture(svg, side) for side in _WINDOWS_SIDES]
    sizes = [(side, side) for side in _WINDOWS_SIDES]
    pictures[-1].save(target, "ICO", sizes=sizes, append_images=pictures[:-1])
    return target


def write_icns(svg: Path, target: Path) -> Path:
    """The icon of a macOS program."""
    picture(svg, _MACOS_SIDE).save(target, "ICNS")
    return target
