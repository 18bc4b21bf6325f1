"""How photos are prepared for somebody else's model, as choices for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.exporting.model.reading import PIXELS, ModelInput
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox

_AS_IT_SAYS = "said"
_PIXELS = {
    "0 to 255": "Brightness as it stands in the file.",
    "0 to 1": "As Lobe, Custom Vision and Ultralytics want it.",
    "-1 to 1": "As Teachable Machine and many Keras models want it.",
    "ImageNet": "Less the mean of a million photos, as torchvision, timm and Hugging Face want it.",
}
_ORDERS = (
    Choice("rgb", "Red first", "As nearly all models want it."),
    Choice("bgr", "Blue first", "As models made with OpenCV or Caffe want it."),
)
_FITS = (
    Choice("crop", "The middle", "The edges of the long side are cut off, as most tools do."),
    Choice("stretch", "Stretched", "The whole photo, squeezed into the model's proportions, as Custom Vision does."),
    Choice("pad", "With black edges", "The whole photo in its own proportions, with black beside it."),
)
_FIT_OF: dict[str, Literal["crop", "pad", "stretch"]] = {"crop": "crop", "pad": "pad", "stretch": "stretch"}


class InputChoices(QObject):
    """Three boxes that begin with what was recognised.

    Attributes:
        pixels, order, fit: The boxes.

    Signals:
        changed: another choice was made.
    """

    changed = Signal()

    def __init__(self, theme: Theme, recognised: ModelInput, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recognised = recognised
        named = {pixels: name for name, pixels in PIXELS.items()}
        self._range = named.get(recognised.pixels, _AS_IT_SAYS)
        said = () if recognised.pixels in named else (Choice(_AS_IT_SAYS, "As the model says", "It brings its own."),)
        self.pixels, self.order, self.fit = ChoiceBox(theme), ChoiceBox(theme), ChoiceBox(theme)
        self.pixels.set_choices((*said, *(Choice(name, name, words) for name, words in _PIXELS.items())), self._range)
        self.pixels.setEnabled(recognised.element != "uint8")  # whole numbers are 0..255
        self._order = "bgr" if recognised.bgr else "rgb"
        self.order.set_choices(_ORDERS, self._order)
        self._fit: str = recognised.fit
        self.fit.set_choices(_FITS, self._fit)
        self.pixels.chosen.connect(self._choose_pixels)
        self.order.chosen.connect(self._choose_order)
        self.fit.chosen.connect(self._choose_fit)

    @property
    def input(self) -> ModelInput:
        """What was chosen; equal to what was recognised as long as nothing was."""
        pixels = self._recognised.pixels if self._range == _AS_IT_SAYS else PIXELS[self._range]
        return replace(self._recognised, pixels=pixels, bgr=self._order == "bgr", fit=_FIT_OF[self._fit])

    @Slot(str)
    def _choose_pixels(self, choice: str) -> None:
        self._range = choice
        self.pixels.select(choice)
        self.changed.emit()

    @Slot(str)
    def _choose_order(self, choice: str) -> None:
        self._order = choice
        self.order.select(choice)
        self.changed.emit()

    @Slot(str)
    def _choose_fit(self, choice: str) -> None:
        self._fit = choice
        self.fit.select(choice)
        self.changed.emit()
