"""Text that every file format can hold."""

from __future__ import annotations


def plain_text(text: str) -> str:
    r"""``text``, in which bytes of a file name that are not UTF-8 are ``\udcXX`` escapes, as in the CSV table."""
    return text if text.isascii() else text.encode("utf-8", errors="backslashreplace").decode("utf-8")
