"""The learners on offer, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.auto import AutoLearner
from fewshot_gui.learners.closed_form import ClosedFormLearner
from fewshot_gui.learners.dual import LinearRule
from fewshot_gui.learners.lda import LdaRule
from fewshot_gui.learners.protocol import Learner
from fewshot_gui.learners.prototypes import CosinePrototypeRule, PrototypeRule
from fewshot_gui.learners.ridge import RidgeRule

AUTO = "auto"
"""The name of the method that chooses by itself."""


@dataclass(frozen=True)
class LearnerSpec:
    """What the list of methods says of a learner.

    Attributes:
        name: How the command line and the project file call it.
        title: How people call it.
        help: One sentence: when it pays.
    """

    name: str
    title: str
    help: str


@dataclass(frozen=True)
class _ClosedForm(LearnerSpec):
    rule: LinearRule


_AUTO = LearnerSpec(
    AUTO,
    "Auto",
    "Blends the methods below by how well they label examples they have not seen; right for almost everyone.",
)
_CLOSED_FORMS = (
    _ClosedForm(
        "prototypes",
        "Prototypes",
        "Gives a photo the class whose average example is nearest; steady with one or two examples per class.",
        PrototypeRule(),
    ),
    _ClosedForm(
        "prototypes-cosine",
        "Cosine prototypes",
        "Like prototypes, but a class with very varied examples is not at an advantage.",
        CosinePrototypeRule(),
    ),
    _ClosedForm(
        "ridge",
        "Ridge",
        "Weighs the features that tell the classes apart; pays from about three examples per class.",
        RidgeRule(),
    ),
    _ClosedForm(
        "lda",
        "LDA",
        "Ignores what varies within every class, such as pose or light; pays when examples of a class look different.",
        LdaRule(),
    ),
)


def learner_specs() -> tuple[LearnerSpec, ...]:
    """Every learner on offer."""
    return (_AUTO, *_CLOSED_FORMS)


def learner(name: str, *, seed: int = 0) -> Learner:
    """The learner of this name.

    Args:
        name: One of :func:`learner_specs`.
        seed: Fixes every random choice.

    Raises:
        FewshotError: There is no such learner.
    """
    if name == AUTO:
        return AutoLearner(AUTO, _AUTO.title, _AUTO.help, seed)
    for spec in _CLOSED_FORMS:
        if spec.name == name:
            return ClosedFormLearner(spec.name, spec.title, spec.help, spec.rule)
    names = ", ".join(spec.name for spec in learner_specs())
    raise FewshotError(f"There is no method called “{name}”; choose one of {names}.")
