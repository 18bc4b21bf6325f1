"""Errors whose text is one sentence for the person at the screen."""

from pathlib import Path


class FewshotError(Exception):
    """Something went wrong that a person can act on.

    ``str(error)`` is one sentence: what happened, to which file, what to do. Everything else (the cause, the
    traceback) belongs in the log.
    """


class PhotoError(FewshotError):
    """One photo could not be read; the work goes on without it.

    Attributes:
        path: The file.
        reason: A short clause without the file name, such as "the file is cut off", fit for a table cell.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"“{path.name}” could not be read: {reason}.")
        self.path = path
        self.reason = reason


class NotEnoughExamplesError(FewshotError):
    """There are too few classes or examples to adapt to."""


class ProjectFileError(FewshotError):
    """A project file could not be opened, read or written."""


class EncoderError(FewshotError):
    """An encoder is unknown, missing, damaged, or could not be prepared."""


class DownloadError(FewshotError):
    """A download that the user asked for did not arrive whole."""


class Cancelled(Exception):  # noqa: N818 - not an error: the person asked for it
    """The person cancelled the running task. Never shown as a failure."""
