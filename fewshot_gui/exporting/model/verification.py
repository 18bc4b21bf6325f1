"""Whether an exported model answers as the program does: both label the same photos, and the answers are compared."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError

log = logging.getLogger(__name__)

_WORST = 5
"""Photos named in a report."""


class ModelMismatchError(FewshotError):
    """An exported model does not answer as the program does."""


@dataclass(frozen=True)
class Limits:
    """What an exported model must keep to.

    Attributes:
        most_difference: Largest difference of any probability of any photo.
        least_agreement: Smallest share of clear photos with the same label.
        clear_from: Photos whose two best classes the program tells apart by less than this are ties: there the
            smallest rounding may choose the other class.
    """

    most_difference: float
    least_agreement: float
    clear_from: float


EXACT = Limits(most_difference=0.02, least_agreement=0.995, clear_from=0.02)
"""For a model in the program's own precision."""

WHOLE = Limits(most_difference=0.1, least_agreement=0.95, clear_from=0.1)
"""What is told, not asked, of a model that is handed photos in full size: the program decodes large ones smaller."""

ROUNDED = Limits(most_difference=0.25, least_agreement=0.95, clear_from=0.1)
"""For a model in 8 bits."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What somebody makes of n photos.

    Attributes:
        probabilities: float32 (n, c).
        familiarity: float32 (n,).
    """

    probabilities: NDArray[np.float32]
    familiarity: NDArray[np.float32]


@dataclass(frozen=True)
class WorstPhoto:
    """A photo on which program and model differ most.

    Attributes:
        photo: Its file name.
        program: The label the program gives.
        model: The label the model gives.
        difference: Of the probabilities, the largest over the classes.
    """

    photo: str
    program: str
    model: str
    difference: float


@dataclass(frozen=True)
class Verification:
    """How a model compares with the program.

    Attributes:
        photos: How many were labelled by both.
        agreeing: How many of them got the same label.
        clear: How many are no ties for the program.
        clear_agreeing: How many of these got the same label.
        largest_difference: Of a probability, over all photos and classes.
        median_difference: Over the photos, each with its largest over the classes.
        largest_familiarity_difference: Over all photos.
        worst: The photos with the largest differences, the worst first.
        limits: What was asked for.
    """

    photos: int
    agreeing: int
    clear: int
    clear_agreeing: int
    largest_difference: float
    median_difference: float
    largest_familiarity_difference: float
    worst: tuple[WorstPhoto, ...]
    limits: Limits

    @property
    def agreement(self) -> float:
        """The share of photos with the same label, ties included."""
        return self.agreeing / self.photos

    @property
    def passed(self) -> bool:
        """Whether the model keeps to the limits."""
        enough = self.clear_agreeing >= self.limits.least_agreement * self.clear
        return enough and self.largest_difference <= self.limits.most_difference

    def require_passed(self) -> None:
        """Refuse a model that answers otherwise.

        Raises:
            ModelMismatchError: It does not keep to the limits.
        """
        if not self.passed:
            raise ModelMismatchError(
                f"The exported model labels {self.photos - self.agreeing} of {self.photos} photos otherwise than the "
                f"program, with probabilities up to {self.largest_difference:.3f} apart, so it was not saved: choose "
                "another method or encoder, and report this."
            )


def require_sound(path: Path) -> None:
    """Refuse a file that is not valid ONNX, by the full check of the standard's own checker.

    Raises:
        ModelMismatchError: It is not.
    """
    import onnx

    try:
        onnx.checker.check_model(path, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        log.exception("the exported model is not valid ONNX")
        raise ModelMismatchError(
            "The exported model is not valid, so it was not saved: choose another method, and report this."
        ) from error


def compare(
    photos: Sequence[str], class_names: Sequence[str], program: Answers, model: Answers, limits: Limits
) -> Verification:
    """Compare what program and model make of the same photos.

    Args:
        photos: Their file names, n of them, at least one.
        class_names: In the order of the probabilities.
        program: The program's answers.
        model: The model's.
        limits: What will be asked of the model.

    Returns:
        The figures; whatever is not a number counts as the largest difference there is.
    """
    difference = np.nan_to_num(np.abs(program.probabilities - model.probabilities), nan=1.0).max(axis=1)
    labels, its_labels = (answers.probabilities.argmax(axis=1) for answers in (program, model))
    same = labels == its_labels
    clear = _margins(program.probabilities) >= limits.clear_from
    familiarity = np.nan_to_num(np.abs(program.familiarity - model.familiarity), nan=1.0)
    return Verification(
        photos=len(photos),
        agreeing=int(same.sum()),
        clear=int(clear.sum()),
        clear_agreeing=int((same & clear).sum()),
        largest_difference=float(difference.max()),
        median_difference=float(np.median(difference)),
        largest_familiarity_difference=float(familiarity.max()),
        worst=tuple(
            WorstPhoto(photos[row], class_names[labels[row]], class_names[its_labels[row]], float(difference[row]))
            for row in np.argsort(-difference, kind="stable")[:_WORST]
        ),
        limits=limits,
    )


class AnsweringModel(Protocol):
    """An exported model, read back from its files and ready to label photos."""

    def answers(self, photo: NDArray[np.uint8]) -> tuple[NDArray[np.float32], np.float32]:
        """Probabilities float32 (c,) and familiarity of one upright photo, uint8 (h, w, 3).

        Raises:
            ModelMismatchError: It failed.
        """


class WrittenModel:
    """A model in ONNX, run by ONNX Runtime on the processor; an :class:`AnsweringModel`."""

    def __init__(self, path: Path) -> None:
        """Load the file.

        Raises:
            ModelMismatchError: ONNX Runtime cannot load it.
        """
        import onnxruntime

        try:
            self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors have no other class in common
            log.exception("ONNX Runtime cannot load the exported model")
            raise ModelMismatchError(
                "The exported model could not be run, so it was not saved: choose another method, and report this."
            ) from error

    def answers(self, photo: NDArray[np.uint8]) -> tuple[NDArray[np.float32], np.float32]:
        """Probabilities float32 (c,) and familiarity of one upright photo, uint8 (h, w, 3).

        Raises:
            ModelMismatchError: ONNX Runtime failed.
        """
        try:
            probabilities, familiarity = self._session.run(
                ["probabilities", "familiarity"], {"image": photo[np.newaxis]}
            )
        except Exception as error:  # as above
            log.exception("ONNX Runtime failed on a photo of shape %s", photo.shape)
            raise ModelMismatchError(
                "The exported model failed on a photo, so it was not saved: close other programs and try again."
            ) from error
        return probabilities[0], familiarity[0]


def stacked(answers: Sequence[tuple[NDArray[np.float32], np.float32]]) -> Answers:
    """The answers to single photos as one."""
    return Answers(
        np.array([probabilities for probabilities, _ in answers], np.float32),
        np.array([familiarity for _, familiarity in answers], np.float32),
    )


def _margins(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    best = np.sort(probabilities, axis=1)
    margins: NDArray[np.float32] = best[:, -1] - best[:, -2]
    return margins
