"""What copying into class folders is going to do, in words; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.exporting.folders import PlannedCopy, SortingPlan, Step
from fewshot_gui.ui import wording

STEP_WORDS = {
    Step.LEAVE_OUT: "Left out",
    Step.COPY: "Copy",
    Step.LINK: "Link",
    Step.RENEW: "New label",
    Step.IN_PLACE: "There already",
}
"""In the order in which a list shows them: what a person wants to know first."""


@dataclass(frozen=True, eq=False)
class PlanWords:
    """A plan as it is shown. Made in the background: to count 20,000 copies takes longer than a blink.

    Attributes:
        plan: What it is about.
        sentence: What will happen.
        room: The space it takes, one sentence; empty if it takes none.
        fits: Whether there is space enough.
        button: What the button that begins says; empty if there is nothing to do.
        copies: One for each photo, in the order of :data:`STEP_WORDS`.
    """

    plan: SortingPlan
    sentence: str
    room: str
    fits: bool
    button: str
    copies: tuple[PlannedCopy, ...]

    @classmethod
    def of(cls, plan: SortingPlan) -> PlanWords:
        """Put ``plan`` into words."""
        counts = {step: plan.count(step) for step in STEP_WORDS}
        order = list(STEP_WORDS)
        return cls(
            plan=plan,
            sentence=_sentence(plan, counts),
            room=_room(plan),
            fits=plan.fits,
            button=_button(counts),
            copies=tuple(sorted(plan.copies, key=lambda copy: order.index(copy.step))),
        )


def _sentence(plan: SortingPlan, counts: dict[Step, int]) -> str:
    new = wording.counted(counts[Step.COPY] + counts[Step.LINK], "photo")
    made = "linked" if plan.options.hard_links else "copied"
    has_new = counts[Step.COPY] or counts[Step.LINK]
    parts = [f"{new} will be {made} to “{plan.target}”" if has_new else f"Nothing is missing in “{plan.target}”"]
    for step, words in (
        (Step.RENEW, "will get a new label"),
        (Step.IN_PLACE, "there already"),
        (Step.LEAVE_OUT, "left out, for the reasons below"),
    ):
        if counts[step]:
            parts.append(f"{wording.count(counts[step])} {words}")
    return "; ".join(parts) + "."


def _button(counts: dict[Step, int]) -> str:
    if counts[Step.LINK]:
        return f"Link {wording.counted(counts[Step.LINK] + counts[Step.COPY], 'photo')}"
    if counts[Step.COPY]:
        return f"Copy {wording.counted(counts[Step.COPY], 'photo')}"
    return f"Renew {wording.counted(counts[Step.RENEW], 'label')}" if counts[Step.RENEW] else ""


def _room(plan: SortingPlan) -> str:
    if not plan.needed_bytes:
        return ""
    needed, free = wording.file_size(plan.needed_bytes), wording.file_size(plan.free_bytes)
    if plan.fits:
        return f"The copies take {needed}; the disk has {free} left."
    return f"The copies need {needed} and the disk has only {free} left: make room, or choose another disk."
