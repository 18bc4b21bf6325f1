"""What answers are worth: calibrated confidence, familiarity, expected accuracy, evidence."""

from fewshot_gui.confidence.adapted import Adapted, adapt_calibrated
from fewshot_gui.confidence.evidence import nearest_examples
from fewshot_gui.confidence.expected_accuracy import Estimate
from fewshot_gui.confidence.familiarity import STRANGER_BELOW, Familiarity
from fewshot_gui.confidence.temperature import Temperature

__all__ = [
    "STRANGER_BELOW",
    "Adapted",
    "Estimate",
    "Familiarity",
    "Temperature",
    "adapt_calibrated",
    "nearest_examples",
]
