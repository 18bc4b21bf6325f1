"""The works of others that the program contains, with their licences.

From Python packages they are read from what is installed. A frozen application has no metadata of its packages, so its
recipe writes the list to a file beforehand (:func:`write_works`), which is read in its place.
"""

from __future__ import annotations

import json
import logging
import platform
import re
import sys
import sysconfig
from collections.abc import Collection, Iterator
from dataclasses import asdict
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import Final

from fewshot_gui.core.resources import resource
from fewshot_gui.encoders import encoder_specs
from fewshot_gui.workflows.bundled_work import BundledWork
from fewshot_gui.workflows.starting_points import starting_points
from fewshot_gui.workflows.system_works import system_works

log = logging.getLogger(__name__)

LIST_NAME: Final = "works.json"
"""The list's name below ``resources/licences``."""

_ROOT = "fewshot-gui"
_LICENCE_FILE: Final = re.compile(r"(licen[cs]e|copying|copyright|notice|authors)", re.IGNORECASE)
_CODE: Final = frozenset({".py", ".pyc", ".pyi", ".h", ".so", ".pyd"})
_REQUIREMENT: Final = re.compile(r"(?P<name>[\w.-]+)\s*(?:\[(?P<extras>[^\]]*)\])?(?P<rest>.*)")
_EXTRA: Final = re.compile(r"""extra\s*==\s*['"](?P<extra>[^'"]+)['"]""")
_QT: Final = frozenset({"pyside6-essentials", "shiboken6"})
_WITH_GPL: Final = frozenset({"pillow-heif"})
"""Packages whose files name libraries under the (L)GPL in them (libheif, libde265, x265), but not its text."""
_LONGEST_NAME = 80


def bundled_works() -> tuple[BundledWork, ...]:
    """Every work, those that are no packages first."""
    try:
        listed = resource(f"licences/{LIST_NAME}")
    except FileNotFoundError:  # no frozen application
        log.debug("reading the licences from the installed packages")
        return (*_other_works(), *_package_works(None))
    return tuple(BundledWork(**work) for work in json.loads(listed.read_text(encoding="utf-8")))


def write_works(path: Path, modules: Collection[str], libraries: Collection[Path] = ()) -> None:
    """Write the list that a frozen application reads.

    Args:
        path: A file called :data:`LIST_NAME`, to be collected into ``fewshot_gui/resources/licences``.
        modules: The names of the top-level modules and package folders in the application; a package that has none
            of them there was left out and is not listed.
        libraries: Files of the operating system in the application. Where it is a Debian or Ubuntu, the packages they
            are from are listed with the notes that Debian keeps on their licences.
    """
    works = (*_other_works(), *_package_works(frozenset(modules)), *system_works(libraries))
    path.write_text(json.dumps([asdict(work) for work in works], indent=1), encoding="utf-8")


def _other_works() -> Iterator[BundledWork]:
    """What is in the program and is no Python package."""
    yield BundledWork("Qt", "", "LGPL-3.0-only", _qt_text())
    yield BundledWork("Python", platform.python_version(), "PSF-2.0", _python_text())
    yield BundledWork("Lucide icons", "", "ISC", _shipped_text("lucide"))
    for spec in encoder_specs():
        if spec.source == "bundled" and not spec.base:
            text = f"The weights of the encoder “{spec.title}”, from {spec.origin}.\n\n{_shipped_text('apache-2.0')}"
            yield BundledWork(f"Encoder {spec.id}", "", spec.licence, text)
    for point in starting_points().installed:
        if point.is_shipped:
            facts = point.header.facts
            licence = facts.get("licence", "see its text")
            text = f"Learned by fewshot-gui from: {facts.get('data', 'no data named')}.\nLicence: {licence}."
            yield BundledWork(f"Starting point “{point.header.title}”", "", licence, text)


def _package_works(modules: Collection[str] | None) -> Iterator[BundledWork]:
    """What the program needs, and what that needs; only what has a module in ``modules``, unless that is ``None``."""
    found: dict[str, Distribution] = {}
    _gather(_ROOT, frozenset(), found)
    found.pop(_ROOT, None)
    for name in sorted(found):
        if modules is None or not _top_level(found[name]).isdisjoint(modules):
            yield _work_of(found[name])


def _gather(name: str, extras: frozenset[str], found: dict[str, Distribution]) -> None:
    """Put a package, and all that it requires with these extras, into ``found``; what is not installed is left out."""
    key = _key(name)
    if key in found and not extras:
        return
    try:
        package = distribution(name)
    except PackageNotFoundError:  # needed on other systems only
        log.debug("%s is not installed", name)
        return
    found[key] = package
    for line in package.requires or []:
        requirement = _REQUIREMENT.match(line)
        if requirement is None:
            continue
        wanted = _EXTRA.search(requirement["rest"])
        if wanted is None or wanted["extra"] in extras:
            asked = frozenset(one.strip() for one in (requirement["extras"] or "").split(",") if one.strip())
            _gather(requirement["name"], asked, found)


def _key(name: str) -> str:
    """A package's name in the one form in which all its spellings are equal (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _top_level(package: Distribution) -> set[str]:
    """The names that a package takes up among the modules: its folders, and its modules without their suffix."""
    return {PurePosixPath(file).parts[0].partition(".")[0] for file in package.files or []}


def _work_of(package: Distribution) -> BundledWork:
    metadata = package.metadata
    short = _short_licence(metadata)
    key = _key(package.name)
    if key in _QT:
        return BundledWork(package.name, package.version, "LGPL-3.0-only", _qt_text())
    texts = [text.strip() for file in _licence_files(package) if (text := package.read_text(file))]
    texts += [text.strip() for text in _texts_in_folders(package)]
    if key in _WITH_GPL:
        texts += [_shipped_text("lgpl-3.0"), _shipped_text("gpl-3.0")]
    full = "\n\n----\n\n".join(dict.fromkeys(texts)) or _one(metadata, "License")
    if "apache" in short.lower() and len(full) < _LONGEST_NAME:
        full = _shipped_text("apache-2.0")
    page = next(iter(metadata.get_all("Home-page") or metadata.get_all("Project-URL") or []), "").rpartition(" ")[2]
    return BundledWork(package.name, package.version, short, full or f"The licence is on its page: {page}")


def _short_licence(metadata: PackageMetadata) -> str:
    for words in (_one(metadata, "License-Expression"), _one(metadata, "License").partition("\n")[0].strip()):
        if words and words != "UNKNOWN" and len(words) <= _LONGEST_NAME:
            return words
    classifiers = metadata.get_all("Classifier") or []
    named = next((line.rsplit(" :: ", 1)[-1] for line in classifiers if line.startswith("License ::")), "")
    return named or "see its text"


def _licence_files(package: Distribution) -> list[str]:
    """The licences in the metadata folder, by their names there."""
    names = []
    for file in package.files or []:
        parts = PurePosixPath(file).parts
        if len(parts) > 1 and parts[0].endswith(".dist-info") and _is_licence(file):
            names.append("/".join(parts[1:]))
    return sorted(names, key=lambda name: ("authors" in name.lower(), name.count("/"), name))


def _texts_in_folders(package: Distribution) -> Iterator[str]:
    """Licences that a package keeps beside its code."""
    for file in package.files or []:
        parts = PurePosixPath(file).parts
        if len(parts) == 2 and not parts[0].endswith(".dist-info") and ".." not in parts and _is_licence(file):
            path = Path(str(package.locate_file(file)))
            if path.is_file():
                yield path.read_text(encoding="utf-8", errors="replace")


def _is_licence(file: PurePosixPath) -> bool:
    name = PurePosixPath(file)
    return name.suffix not in _CODE and ("licenses" in name.parts or bool(_LICENCE_FILE.search(name.name)))


def _one(metadata: PackageMetadata, field: str) -> str:
    # The metadata of an installed package promises no get().
    return next(iter(metadata.get_all(field) or []), "")


def _python_text() -> str:
    """What came with the interpreter, since builds for Windows contain works of others; else the licence alone."""
    for folder in (Path(sys.base_prefix), Path(sysconfig.get_path("stdlib"))):
        if (folder / "LICENSE.txt").is_file():
            return (folder / "LICENSE.txt").read_text(encoding="utf-8", errors="replace")
    return _shipped_text("python")


def _qt_text() -> str:
    return "\n\n".join(_shipped_text(name) for name in ("qt", "lgpl-3.0", "gpl-3.0"))


def _shipped_text(name: str) -> str:
    return resource(f"licences/{name}.txt").read_text(encoding="utf-8")
