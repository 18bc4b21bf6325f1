"""How long work tells its caller how far it is and hears that it should stop."""

from typing import Protocol


class Progress(Protocol):
    """What a workflow is handed so that it can be watched, paused and cancelled.

    Implementations must allow calls from any thread.
    """

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is.

        Args:
            done: Finished steps.
            total: Steps in all, or ``None`` while it is not known.
            note: A few words on what is being done now, such as "Preparing the encoder".
        """

    def check(self) -> None:
        """Return at once while the work may go on; wait while it is paused.

        Raises:
            Cancelled: The person cancelled. Call this at least every 0.2 s of work.
        """


class Unwatched:
    """The progress of work nobody watches: reports go nowhere and it is never cancelled."""

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Do nothing."""

    def check(self) -> None:
        """Do nothing."""
