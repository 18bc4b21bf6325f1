"""The processor of this computer."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path


def core_count() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_name() -> str:
    """What the maker calls it, such as "AMD Ryzen 7 7700X"; its architecture where the system does not tell."""
    return _name() or platform.processor() or platform.machine()


def _name() -> str:
    try:
        if sys.platform == "win32":
            import winreg

            key = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as values:
                return str(winreg.QueryValueEx(values, "ProcessorNameString")[0]).strip()
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # as on macOS, which only tells through a program of its own
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
