"""Opening an exported model, this program's or another's, to label photos with it.

:mod:`~fewshot_gui.exporting.model.reading.opened_model` is the way in; ``conventions`` knows how the tools of others
want their photos, ``label_files`` where they write the names of classes.
"""

from fewshot_gui.exporting.model.reading.model_input import PIXELS, ModelInput, Pixels
from fewshot_gui.exporting.model.reading.opened_model import OpenedModel, Scored, open_model
from fewshot_gui.exporting.model.reading.problems import LabelsMissingError, ModelFileError

__all__ = [
    "PIXELS",
    "LabelsMissingError",
    "ModelFileError",
    "ModelInput",
    "OpenedModel",
    "Pixels",
    "Scored",
    "open_model",
]
