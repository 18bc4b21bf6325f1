"""Every colour, size and space of the window; nothing else names one.

A :class:`Theme` follows the system's light or dark setting and tells its listeners when that changes. Widgets are
dressed by one style sheet; what is painted by hand asks :attr:`Theme.tokens`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from fewshot_gui.core.resources import resource

SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24 = 4, 8, 12, 16, 24
RADIUS_6, RADIUS_8, RADIUS_10 = 6, 8, 10
FONT_11, FONT_12, FONT_13, FONT_15, FONT_24 = 11, 12, 13, 15, 24
HEADER_HEIGHT, TASK_BAR_HEIGHT = 60, 44
CLASSES_WIDTH, INSPECTOR_WIDTH, OVERLAY_BELOW = 272, 320, 1100
MOTION_MS = 120
MIN_CONTRAST = 4.5
"""WCAG 2.2 AA for text."""


@dataclass(frozen=True)
class Tokens:
    """The colours of one appearance, as #rrggbb."""

    background: str
    panel: str
    line: str
    text: str
    dim: str
    accent: str
    on_accent: str
    accent_soft: str
    track: str
    hover: str
    pressed: str
    warning: str
    decided: str
    stranger: str


LIGHT: Final = Tokens(
    background="#f6f7f9",
    panel="#ffffff",
    line="#e3e6eb",
    text="#1b1f27",
    dim="#5f6980",
    accent="#2f6fed",
    on_accent="#ffffff",
    accent_soft="#eaf1fe",
    track="#e3e6eb",
    hover="#eef0f4",
    pressed="#e3e6eb",
    warning="#a35200",
    decided="#1f8a4c",
    stranger="#7b8494",
)
DARK: Final = Tokens(
    background="#16181d",
    panel="#1e2127",
    line="#2e323b",
    text="#e8eaee",
    dim="#98a1b0",
    accent="#5b93ff",
    on_accent="#0d1524",
    accent_soft="#202b40",
    track="#343944",
    hover="#282c34",
    pressed="#323741",
    warning="#ffb366",
    decided="#2fa562",
    stranger="#8b94a3",
)

CLASS_COLOURS: Final = (
    "#0d6ff7",
    "#e27958",
    "#328e85",
    "#d01860",
    "#9ab008",
    "#402df7",
    "#f297cd",
    "#44d394",
    "#595a0a",
    "#f747d3",
)
"""Ten colours that stay apart for every kind of colour vision (tests/ui/test_theme.py simulates them)."""


@dataclass(frozen=True)
class ChipColours:
    """How a label chip is painted: a soft ground, text in the class colour with enough contrast on it."""

    ground: QColor
    text: QColor
    solid: QColor


class Theme(QObject):
    """The appearance in use.

    Signals:
        changed: light became dark, or the other way round; repaint.
    """

    changed = Signal()

    def __init__(self, application: QApplication, *, appearance: str = "system") -> None:
        """Dress ``application``; ``appearance`` is "system", "light" or "dark"."""
        super().__init__(application)
        self._application = application
        self._appearance = appearance
        self._dark = False
        self._chips: dict[int | None, ChipColours] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._dress()

    @property
    def dark(self) -> bool:
        """Whether the dark appearance is in use."""
        return self._dark

    @property
    def appearance(self) -> str:
        """What was asked for: "system", "light" or "dark"."""
        return self._appearance

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return DARK if self._dark else LIGHT

    @property
    def animates(self) -> bool:
        """Whether the system allows motion."""
        return self._application.isEffectEnabled(Qt.UIEffect.UI_General)

    def set_appearance(self, appearance: str) -> None:
        """Choose "system", "light" or "dark"."""
        self._appearance = appearance
        self._dress()

    def colour(self, token: str) -> QColor:
        """The colour of a field of :class:`Tokens`."""
        return QColor(getattr(self.tokens, token))

    def class_colour(self, index: int | None) -> QColor:
        """The solid colour of the class with this colour index; ``None`` stands for "none of these"."""
        if index is None:
            return self.colour("stranger")
        return QColor(CLASS_COLOURS[index % len(CLASS_COLOURS)])

    def chip(self, index: int | None) -> ChipColours:
        """The chip colours of the class with this colour index; ``None`` stands for "none of these"."""
        if index not in self._chips:
            solid = self.class_colour(index)
            ground = _mixed(solid, self.colour("panel"), 0.20 if self._dark else 0.16)
            self._chips[index] = ChipColours(ground, _legible(solid, ground), solid)
        return self._chips[index]

    def icon(self, name: str, ink: str = "text") -> QIcon:
        """The shipped icon ``name`` drawn in the colour of the token ``ink``; grey while disabled."""
        key = (name, ink)
        if key not in self._icons:
            icon = QIcon()
            source = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
            for mode, colour in (
                (QIcon.Mode.Normal, self.colour(ink)),
                (QIcon.Mode.Disabled, self.colour("stranger")),
            ):
                renderer = QSvgRenderer(source.replace("currentColor", colour.name()).encode())
                for side in (16, 20, 24, 32, 48, 64):
                    icon.addPixmap(_rendered(renderer, side), mode)
            self._icons[key] = icon
        return self._icons[key]

    @Slot()
    def _system_changed(self) -> None:
        self._dress()

    def _dress(self) -> None:
        hints = self._application.styleHints()
        system_dark = hints.colorScheme() == Qt.ColorScheme.Dark
        self._dark = self._appearance == "dark" or (self._appearance == "system" and system_dark)
        self._chips.clear()
        self._icons.clear()
        self._application.setPalette(_palette(self.tokens))
        self._application.setStyleSheet(_style_sheet(self.tokens))
        self.changed.emit()


def contrast(one: QColor, other: QColor) -> float:
    """The WCAG 2.2 contrast ratio of two opaque colours, 1..21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    def blend(a: float, b: float) -> float:
        return a * share + b * (1 - share)

    return QColor.fromRgbF(
        blend(colour.redF(), ground.redF()),
        blend(colour.greenF(), ground.greenF()),
        blend(colour.blueF(), ground.blueF()),
    )


def _legible(colour: QColor, ground: QColor) -> QColor:
    """The nearest shade of ``colour`` that can be read on ``ground``."""
    towards = QColor("#000000") if _luminance(ground) > 0.18 else QColor("#ffffff")
    for step in range(21):
        shade = _mixed(towards, colour, step / 20)
        if contrast(shade, ground) >= MIN_CONTRAST:
            return shade
    return towards


def _rendered(renderer: QSvgRenderer, side: int) -> QPixmap:
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    return pixmap


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for where, colour in (
        (role.Window, tokens.background),
        (role.Base, tokens.panel),
        (role.AlternateBase, tokens.background),
        (role.Button, tokens.panel),
        (role.ToolTipBase, tokens.text),
        (role.ToolTipText, tokens.panel),
        (role.Text, tokens.text),
        (role.WindowText, tokens.text),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.on_accent),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Link, tokens.accent),
        (role.PlaceholderText, tokens.dim),
        (role.Mid, tokens.line),
        (role.Midlight, tokens.line),
        (role.Dark, tokens.line),
        (role.Light, tokens.panel),
    ):
        palette.setColor(where, QColor(colour))
    for where in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(tokens.stranger))
    return palette


def _style_sheet(tokens: Tokens) -> str:
    sheet = resource("style.qss").read_text(encoding="utf-8")
    for field in fields(tokens):
        sheet = sheet.replace(f"@{field.name}@", getattr(tokens, field.name))
    shade = "light" if tokens is DARK else "dark"
    for name, icon in (("@chevron@", f"chevron-down-{shade}"), ("@chevron_up@", f"chevron-up-{shade}")):
        sheet = sheet.replace(name, resource(f"icons/{icon}.svg").as_posix())
    return sheet.replace("@check@", resource(f"icons/check-on-{shade}.svg").as_posix())
