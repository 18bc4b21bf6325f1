"""A work of others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BundledWork:
    """A work of others that ships with the program.

    Attributes:
        name: What it is called.
        version: Its version, or empty.
        licence: The short name of its licence, such as "Apache-2.0".
        text: The licence in full.
    """

    name: str
    version: str
    licence: str
    text: str
