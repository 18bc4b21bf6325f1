"""What kind of computer this is and which versions run on it: what support asks first. Nothing tells whose it is."""

from __future__ import annotations

import logging
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from fewshot_gui import __version__
from fewshot_gui.core.folders import cache_folder, data_folder
from fewshot_gui.core.processor import core_count, processor_name
from fewshot_gui.workflows.bundled_works import bundled_works

log = logging.getLogger(__name__)

_PACKAGES = (
    "PySide6-Essentials",
    "torch",
    "torchvision",
    "timm",
    "onnx",
    "onnxruntime",
    "numpy",
    "pillow",
    "pillow-heif",
    "rawpy",
)
_VARIABLES = ("QT_", "CUDA_", "OMP_", "MKL_", "LANG", "LC_ALL", "XDG_SESSION_TYPE", "WAYLAND_DISPLAY", "DISPLAY")
_OWN_VARIABLES = "FEWSHOT_GUI_"
_ASK_DRIVER = ("--query-gpu=name,driver_version,memory.total,compute_cap", "--format=csv,noheader")
_ASK_SECONDS = 10


def program_facts() -> dict[str, str]:
    """The versions of the program, Python and the libraries it stands on."""
    facts = {
        "fewshot-gui": __version__,
        "Python": platform.python_version(),
        "Installed as": "application" if getattr(sys, "frozen", False) else "Python package",
    }
    return facts | _versions() | {"ONNX Runtime uses": _providers()}


def machine_facts() -> dict[str, str]:
    """System, processor, memory, disk, graphics card and the variables that steer the libraries."""
    facts = {
        "System": _system(),
        "Processor": f"{processor_name()} ({platform.machine()})",
        "Cores in use": f"{core_count()} of {os.cpu_count()}",
        "Memory": _gigabytes(_memory),
        "Free for the cache": _gigabytes(lambda: shutil.disk_usage(cache_folder()).free),
        "Free for data": _gigabytes(lambda: shutil.disk_usage(data_folder()).free),
        "Graphics": graphics(),
    }
    for name in sorted(os.environ):
        if name.startswith(_OWN_VARIABLES):  # their values are folders
            facts[name] = "set"
        elif name.startswith(_VARIABLES):
            facts[name] = os.environ[name]
    return facts


def graphics() -> str:
    """The NVIDIA cards with driver and memory, as the driver tells; or why there is nothing to tell."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return "no NVIDIA driver"
    quiet = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # exists on Windows alone
    try:
        answer = subprocess.run(  # noqa: S603 - the driver's own program, found on the search path, fixed arguments
            [program, *_ASK_DRIVER],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            check=True,
            creationflags=quiet,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.info("nvidia-smi failed", exc_info=True)
        return f"the NVIDIA driver does not answer ({type(error).__name__})"
    return "; ".join(answer.stdout.split("\n")).strip("; ") or "the NVIDIA driver knows no card"


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            log.debug("%s has no metadata", name)
    if len(found) < len(_PACKAGES):  # an application has no metadata of its packages, but a list of them
        listed = {_key(work.name): work.version for work in bundled_works()}
        found |= {name: listed.get(_key(name), "not installed") for name in _PACKAGES if name not in found}
    return {name: found[name] for name in _PACKAGES}


def _key(name: str) -> str:
    return name.lower().replace("_", "-")


def _providers() -> str:
    try:
        import onnxruntime

        return ", ".join(onnxruntime.get_available_providers())
    except (ImportError, OSError) as error:
        log.info("ONNX Runtime cannot be loaded", exc_info=True)
        return f"cannot be loaded ({type(error).__name__})"


def _system() -> str:
    if sys.platform.startswith("linux"):
        try:
            return f"{platform.freedesktop_os_release().get('PRETTY_NAME', 'Linux')}, {platform.platform()}"
        except OSError:
            log.debug("no os-release", exc_info=True)
    return platform.platform()


def _memory() -> int:
    if sys.platform == "win32":
        return _windows_memory()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _windows_memory() -> int:
    """The ``ullTotalPhys`` that GlobalMemoryStatusEx tells; see MEMORYSTATUSEX of the Windows API."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("others", ctypes.c_ulonglong * 6),
        )

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined]  # Windows alone
        raise OSError("GlobalMemoryStatusEx failed")
    return int(status.total)


def _gigabytes(ask: Callable[[], int]) -> str:
    try:
        return f"{ask() / 1e9:.1f} GB"
    except (OSError, ValueError):
        log.debug("a size is unknown", exc_info=True)
        return "unknown"
