"""Where the files that ship with the program are."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """The path of a shipped file or folder such as ``icons/plus.svg``.

    A wheel and a frozen app carry ``resources/`` inside the package; a checkout, and so an editable install, has it
    beside the package.

    Raises:
        FileNotFoundError: There is no such resource; the installation is damaged.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {name!r} is missing from this installation")
