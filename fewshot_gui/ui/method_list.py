"""The methods on offer, in groups, each with when it pays and followed by the starting points it can begin from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import encoder_spec, variant_with_activations
from fewshot_gui.learners import LearnerSpec, learner_specs
from fewshot_gui.learners.registry import DEEP
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.workflows.starting_points import InstalledStartingPoint

ADD_STARTING_POINT: Final = "+"
"""The choice that asks for a file instead of being chosen; no method is called so."""

_GROUPS: Final = {
    "Chooses by itself": ("auto",),
    "Quick and steady": ("prototypes", "prototypes-cosine", "ridge", "lda", "logistic", "propagation"),
    "Compares with the examples": ("matching", "siamese", "memory"),
    "Learns from the examples": ("maml", "fomaml", "anil", "protomaml", "reptile", "hypernetwork", "deep"),
}
_OTHERS = "More"
_NOT_ADAPTED = "This encoder cannot be adapted itself; choose the encoder “Fast” for that."
_ADD = Choice(
    ADD_STARTING_POINT,
    "Add a starting point…",
    "Take what a method has learned elsewhere from a file.",
    group="Starting points",
    is_command=True,
)


def method_choices(encoder_id: str, points: Sequence[InstalledStartingPoint]) -> tuple[Choice, ...]:
    """Every method and starting point, those of a group next to one another.

    Args:
        encoder_id: The encoder in use; what does not fit it cannot be chosen and says why.
        points: The starting points at hand.
    """
    places = [*_GROUPS, _OTHERS]
    specs = sorted(learner_specs(), key=lambda spec: places.index(_group_of(spec.name)))
    return tuple(choice for spec in specs for choice in _choices_of(spec, encoder_id, points))


def project_choices(encoder_id: str, points: Sequence[InstalledStartingPoint], current: str) -> tuple[Choice, ...]:
    """What a project can choose from, with the command that adds a starting point.

    Args:
        encoder_id: The encoder in use.
        points: The starting points at hand.
        current: The method in use; it is on the list even if its starting point is not on this computer.
    """
    choices = method_choices(encoder_id, points)
    if current not in {choice.id for choice in choices}:
        title = f"{title_of(current.partition(':')[0])} · not on this computer"
        missing = "The starting point is not on this computer; add its file, or choose another method."
        choices = (*choices, Choice(current, title, missing, group=_OTHERS))
    return (*choices, _ADD)


def teachable_choices() -> tuple[Choice, ...]:
    """The methods that can be taught; deep starts from the encoder's own weights."""
    names = {spec.name for spec in learner_specs() if spec.takes_starting_point} - {DEEP}
    return tuple(choice for choice in method_choices("", ()) if choice.id in names)


def title_of(method: str) -> str:
    """What a method is called in the window; a blend such as "ridge+lda" by each of its parts."""
    titles = {spec.name: spec.title for spec in learner_specs()}
    return " + ".join(titles.get(part, part) for part in method.split("+"))


def why_it_does_not_fit(point: InstalledStartingPoint, encoder_id: str) -> str:
    """Why a starting point cannot be used with this encoder, one sentence; empty if it can."""
    if point.fits(encoder_id):
        return ""
    return f"It was taught on another encoder, “{encoder_title(point.header.encoder)}”."


def encoder_title(encoder_id: str) -> str:
    """What people call an encoder; its id if this version does not know it."""
    try:
        return encoder_spec(encoder_id).title
    except FewshotError:
        return encoder_id


def _choices_of(spec: LearnerSpec, encoder_id: str, points: Sequence[InstalledStartingPoint]) -> Iterator[Choice]:
    group = _group_of(spec.name)
    fits = spec.name != DEEP or not encoder_id or variant_with_activations(encoder_id) is not None
    yield Choice(spec.name, spec.title, spec.help, group=group, why_not="" if fits else _NOT_ADAPTED)
    for point in points:
        if point.method == spec.name:
            yield Choice(
                point.reference,
                f"{spec.title} · {point.header.title}",
                point.header.facts.get("evaluation", "") or "A starting point.",
                group=group,
                why_not=why_it_does_not_fit(point, encoder_id),
            )


def _group_of(method: str) -> str:
    """The heading that a method, by its name, stands under."""
    return next((group for group, names in _GROUPS.items() if method in names), _OTHERS)
