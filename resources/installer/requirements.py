"""Print what an edition is built from, a requirement a line: ``python requirements.py --edition standard``.

For the standard edition, torch is to be installed first, in its build for processors.
"""

# ruff: noqa: T201 - a program of developers that prints its result

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

from contents import EDITIONS, Edition

_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
_NOT_TO_INSTALL = {"standard": {"timm", "torchvision"}, "gpu": set[str]()}
"""Where torchvision is not installed, no other build of torch can come with it."""


def requirements(edition: Edition) -> list[str]:
    """The needs of the project that ``edition`` has, and PyInstaller."""
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    tools = [line for line in project["optional-dependencies"]["dev"] if _name(line) == "pyinstaller"]
    return [line for line in project["dependencies"] if _name(line) not in _NOT_TO_INSTALL[edition]] + tools


def _name(requirement: str) -> str:
    return re.split(r"[\s<>=!~\[;]", requirement, maxsplit=1)[0].lower()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print what an edition is built from.")
    parser.add_argument("--edition", choices=EDITIONS, default="standard")
    print("\n".join(requirements(parser.parse_args().edition)))
