"""Whether a window can be shown on this machine, found out without loading Qt.

Qt ends the whole process when it cannot reach a display or lacks a system library, so we look first.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import socket
import sys
from pathlib import Path

_DEBIAN = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-xkb1 libxkbcommon-x11-0 libegl1 libgl1"


def why_no_screen() -> str | None:
    """The reason why no window can be shown, as a clause such as "this computer has no display"; ``None`` if one can.

    On Windows and macOS there is always a window system. ``QT_QPA_PLATFORM`` set by the person is taken at its word.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    if _wayland_answers():
        return None
    if not os.environ.get("DISPLAY"):
        return "this computer has no display"
    if not _x11_answers(os.environ["DISPLAY"]):
        return f"the display “{os.environ['DISPLAY']}” does not answer"
    missing = _missing_library()
    if missing is not None:
        return f"the system library {missing} is missing (on Debian and Ubuntu, “sudo apt install {_DEBIAN}” adds it)"
    return None


def _wayland_answers() -> bool:
    name, runtime = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("XDG_RUNTIME_DIR")
    return bool(name and runtime) and _connects(socket.AF_UNIX, str(Path(runtime or "") / (name or "")))


def _x11_answers(display: str) -> bool:
    match = re.fullmatch(r"(?P<host>[^:]*):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return False
    host, number = match["host"], int(match["number"])
    if host in {"", "unix"}:
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - the path that the X Window System fixes
        # An X server may listen on the abstract address alone, as in some containers.
        return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, f"\0{path}")
    return _connects(socket.AF_INET, (host, 6000 + number))


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(address)
        except (OSError, OverflowError, UnicodeError):  # the latter two: no such port, no such host name
            return False
    return True


def _missing_library() -> str | None:
    """A library that Qt's X11 plugin needs and this machine lacks, such as "libxcb-cursor.so.0"."""
    qt = importlib.util.find_spec("PySide6")
    for place in qt.submodule_search_locations or () if qt is not None else ():
        plugin = Path(place) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.is_file():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return str(error).partition(":")[0]
    return None
