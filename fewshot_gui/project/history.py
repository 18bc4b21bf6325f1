"""The edits that can be undone and redone, newest last."""

from collections import deque

from fewshot_gui.project.edits import Edit

DEPTH = 500
"""How many edits can be undone."""


class History:
    """Two stacks of edits. It never applies them: the project does, and then tells the history."""

    def __init__(self) -> None:
        self._done: deque[Edit] = deque(maxlen=DEPTH)
        self._undone: list[Edit] = []

    @property
    def next_undo(self) -> Edit | None:
        """The edit that Undo takes back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Edit | None:
        """The edit that Redo applies again."""
        return self._undone[-1] if self._undone else None

    def push(self, edit: Edit) -> None:
        """A new edit was applied; what was undone before can no longer be redone."""
        self._done.append(edit)
        self._undone.clear()

    def stepped_back(self) -> None:
        """:attr:`next_undo` was taken back."""
        self._undone.append(self._done.pop())

    def stepped_forward(self) -> None:
        """:attr:`next_redo` was applied again."""
        self._done.append(self._undone.pop())
