"""What can go wrong when a model is opened, each as one sentence for the person at the screen."""

from fewshot_gui.core.errors import FewshotError


class ModelFileError(FewshotError):
    """A model file is missing, damaged, unsafe, or no classifier of photos."""


class LabelsMissingError(ModelFileError):
    """A model does not say what its classes are called: ask the person for its label file."""
