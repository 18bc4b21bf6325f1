"""The learners on offer, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.auto import AutoLearner
from fewshot_gui.learners.closed_form import ClosedFormLearner
from fewshot_gui.learners.deep import DeepLearner
from fewshot_gui.learners.dual import LinearRule
from fewshot_gui.learners.episodic_learner import EpisodicLearner
from fewshot_gui.learners.lda import LdaRule
from fewshot_gui.learners.logistic import LogisticRule
from fewshot_gui.learners.protocol import Learner
from fewshot_gui.learners.prototypes import CosinePrototypeRule, PrototypeRule
from fewshot_gui.learners.ridge import RidgeRule

AUTO = "auto"
"""The name of the method that chooses by itself."""
DEEP = "deep"
"""The name of the method that also adapts the encoder itself."""


@dataclass(frozen=True)
class LearnerSpec:
    """What the list of methods says of a learner.

    Attributes:
        name: How the command line and the project file call it.
        title: How people call it.
        help: One sentence: when it pays.
        takes_starting_point: Whether it can start from meta-learned parameters.
    """

    name: str
    title: str
    help: str
    takes_starting_point: bool = False


@dataclass(frozen=True)
class _ClosedForm(LearnerSpec):
    rule: LinearRule = field(kw_only=True)


_AUTO = LearnerSpec(
    AUTO,
    "Auto",
    "Blends prototypes, ridge and LDA by how well they label examples they have not seen; right for almost everyone.",
)
_CLOSED_FORMS = (
    _ClosedForm(
        "prototypes",
        "Prototypes",
        "Gives a photo the class whose average example is nearest; steady with one or two examples per class.",
        takes_starting_point=True,
        rule=PrototypeRule(),
    ),
    _ClosedForm(
        "prototypes-cosine",
        "Cosine prototypes",
        "Like prototypes, but a class with very varied examples is not at an advantage.",
        rule=CosinePrototypeRule(),
    ),
    _ClosedForm(
        "ridge",
        "Ridge",
        "Weighs the features that tell the classes apart; pays from about three examples per class.",
        takes_starting_point=True,
        rule=RidgeRule(),
    ),
    _ClosedForm(
        "lda",
        "LDA",
        "Ignores what varies within every class, such as pose or light; pays when examples of a class look different.",
        takes_starting_point=True,
        rule=LdaRule(),
    ),
    _ClosedForm(
        "logistic",
        "Logistic",
        "Draws the border between classes by the examples nearest to it; pays from about five examples per class.",
        takes_starting_point=True,
        rule=LogisticRule(),
    ),
)


_EPISODIC = (
    LearnerSpec(
        "matching",
        "Matching",
        "Compares a photo with every single example; pays when a class has looks that differ a lot, such as front and "
        "back.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "siamese",
        "Siamese",
        "Asks of every example whether the photo shows the same; pays with a starting point that has practised this on "
        "similar photos.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "maml",
        "MAML",
        "Fine-tunes a small network on the examples in a few steps; pays with a starting point that has practised this "
        "on similar photos.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "fomaml",
        "First-order MAML",
        "Works like MAML, but its starting points are trained in half the time; pays when you train one yourself.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "anil",
        "ANIL",
        "Works like MAML, but only the last layer changes; quicker, and as good when the starting point suits the "
        "photos.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "protomaml",
        "ProtoMAML",
        "Fine-tunes prototypes in a few steps; pays with a starting point and five or more examples per class.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "reptile",
        "Reptile",
        "Works like MAML with the simplest training of all; pays when you train a starting point on a slow computer.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "memory",
        "Memory",
        "Remembers the examples beside classes it has met before; pays with a starting point from projects like this "
        "one.",
        takes_starting_point=True,
    ),
    LearnerSpec(
        "hypernetwork",
        "Hypernetwork",
        "Guesses from the examples how the finished classifier would look; pays with a starting point, at one or two "
        "examples per class.",
        takes_starting_point=True,
    ),
)
_DEEP = LearnerSpec(
    DEEP,
    "Deep",
    "Also adapts the encoder itself, and keeps that if it labels examples it has not seen better; takes half a minute, "
    "and pays for pictures unlike everyday photos, such as hand signs or letters.",
    takes_starting_point=True,
)


def learner_specs() -> tuple[LearnerSpec, ...]:
    """Every learner on offer."""
    return (_AUTO, *_CLOSED_FORMS, *_EPISODIC, _DEEP)


def deep_learner(*, seed: int = 0, budget: float | None = None) -> DeepLearner:
    """The learner that weighs adapting the encoder itself.

    Args:
        seed: Fixes every random choice.
        budget: Seconds it may take; ``None``: no limit.
    """
    return DeepLearner(_DEEP.name, _DEEP.title, _DEEP.help, seed, budget)


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
    if name == DEEP:
        return deep_learner(seed=seed)
    for closed_form in _CLOSED_FORMS:
        if closed_form.name == name:
            return ClosedFormLearner(closed_form.name, closed_form.title, closed_form.help, closed_form.rule)
    for episodic in _EPISODIC:
        if episodic.name == name:
            return EpisodicLearner(episodic.name, episodic.title, episodic.help, seed)
    names = ", ".join(spec.name for spec in learner_specs())
    raise FewshotError(f"There is no method called “{name}”; choose one of {names}.")
