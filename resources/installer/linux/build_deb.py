"""Make a Debian package of the folder application: ``python build_deb.py dist/fewshot-gui --out dist``.

Needs the programs of Debian's ``dpkg-dev`` and the Python environment that built the application (for its icons). The
package has no scripts of its own: the menu, the file type and the icons are registered by Debian's own triggers, and
removing it removes every file it brought and none that a person made.
"""

# ruff: noqa: S603, S607, T201 - a program of developers: it runs the programs of dpkg and prints its result

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import md5
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

_HERE = Path(__file__).resolve().parent
_RESOURCES = _HERE.parent.parent
sys.path.insert(0, str(_HERE.parent))

from contents import EDITIONS, Edition  # noqa: E402 - lies in the folder named just before
from icons import picture  # noqa: E402

_APPLICATION = Path("usr/lib/fewshot-gui")
_ICON_SIDES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_PACKAGES = {"standard": "fewshot-gui", "gpu": "fewshot-gui-gpu"}
_NOTES = {
    "standard": "This is the standard edition, which computes on the processor.",
    "gpu": "This is the edition for NVIDIA graphics cards, with encoders to download.",
}


@dataclass(frozen=True)
class Release:
    """What a package says of itself.

    Attributes:
        version: As Debian writes versions.
        edition: Which one the application is.
        maintainer: ``Name <address>``.
        seconds: When it was made, since 1970; the same package can be made again.
    """

    version: str
    edition: Edition
    maintainer: str
    seconds: int

    @property
    def package(self) -> str:
        """Its name."""
        return _PACKAGES[self.edition]


def build(application: Path, out: Path, release: Release, *, compression: str) -> Path:
    """Make the package and return its path.

    Args:
        application: The folder that PyInstaller made.
        out: A folder for the package.
        release: What it says of itself.
        compression: As ``dpkg-deb -Z`` names it.

    Raises:
        subprocess.CalledProcessError: A program of dpkg failed and has said why.
    """
    with TemporaryDirectory() as scratch:
        root = Path(scratch) / "debian" / release.package
        _install_application(application, root)
        _install_desktop_files(root)
        _install_documents(root, release)
        _write_control(root, release, depends=_depends(Path(scratch), root))
        _fix_modes_and_times(root, release.seconds)
        out.mkdir(parents=True, exist_ok=True)
        target = out / f"{release.package}_{release.version}_{_architecture()}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", str(root), str(target)],
            check=True,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(release.seconds)},
        )
    return target


def _install_application(application: Path, root: Path) -> None:
    shutil.copytree(application, root / _APPLICATION, symlinks=True)
    link = root / "usr/bin/fewshot-gui"
    link.parent.mkdir(parents=True)
    link.symlink_to("../lib/fewshot-gui/fewshot-gui")


def _install_desktop_files(root: Path) -> None:
    share = root / "usr/share"
    _copy(_HERE / "fewshot-gui.desktop", share / "applications")
    _copy(_HERE / "fewshot-gui.xml", share / "mime/packages")
    drawings = {
        "apps/fewshot-gui": _RESOURCES / "icons" / "fewshot.svg",
        "mimetypes/application-x-fewshot": _HERE / "application-x-fewshot.svg",
    }
    for name, svg in drawings.items():
        scalable = share / "icons/hicolor/scalable" / f"{name}.svg"
        _copy(svg, scalable.parent, scalable.name)
        for side in _ICON_SIDES:
            target = share / f"icons/hicolor/{side}x{side}" / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            picture(svg, side).save(target)


def _install_documents(root: Path, release: Release) -> None:
    documents = root / "usr/share/doc" / release.package
    _copy(_HERE / "copyright", documents)
    change = (
        f"{release.package} ({release.version}) unstable; urgency=medium\n\n"
        "  * See https://keepachangelog.com and CHANGELOG.md of the sources.\n\n"
        f" -- {release.maintainer}  {formatdate(release.seconds)}\n"
    )
    _write_gzip(documents / "changelog.gz", change.encode())
    _write_gzip(root / "usr/share/man/man1/fewshot-gui.1.gz", (_HERE / "fewshot-gui.1").read_bytes())
    overrides = Template((_HERE / "lintian-overrides").read_text(encoding="utf-8"))
    target = root / "usr/share/lintian/overrides" / release.package
    target.parent.mkdir(parents=True)
    target.write_text(overrides.substitute(package=release.package), encoding="utf-8")


def _depends(scratch: Path, root: Path) -> str:
    """What every binary of the application needs of the system, as dpkg-shlibdeps finds out."""
    (root / "DEBIAN").mkdir()  # by which dpkg-shlibdeps knows which libraries the package brings itself
    (scratch / "debian" / "control").write_text("Source: fewshot-gui\n\nPackage: fewshot-gui\nArchitecture: any\n")
    binaries = [path for path in (root / _APPLICATION).rglob("*") if path.is_file() and _is_elf(path)]
    folders = {path.parent for path in binaries}
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0"]
    command += [f"-l/{folder.relative_to(root)}" for folder in sorted(folders)]
    command += [f"-e{path}" for path in sorted(binaries) if not path.is_symlink()]
    found = subprocess.run(command, cwd=scratch, check=True, stdout=subprocess.PIPE, text=True).stdout
    return found.strip().removeprefix("shlibs:Depends=")


def _write_control(root: Path, release: Release, *, depends: str) -> None:
    files = sorted(path for path in (root / "usr").rglob("*") if path.is_file() and not path.is_symlink())
    (other,) = set(_PACKAGES.values()) - {release.package}
    control = Template((_HERE / "control").read_text(encoding="utf-8")).substitute(
        package=release.package,
        version=release.version,
        architecture=_architecture(),
        maintainer=release.maintainer,
        installed_size=sum(path.stat().st_size for path in files) // 1024,
        depends=depends,
        other_package=other,
        edition_note=_NOTES[release.edition],
    )
    (root / "DEBIAN" / "control").write_text(control, encoding="utf-8")
    sums = "".join(f"{_md5(path)}  {path.relative_to(root)}\n" for path in files)
    (root / "DEBIAN" / "md5sums").write_text(sums, encoding="utf-8")


def _fix_modes_and_times(root: Path, seconds: int) -> None:
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            is_program = path.parent == root / _APPLICATION or path.name == "torch_shm_manager"
            path.chmod(0o755 if path.is_dir() or (path.is_file() and is_program) else 0o644)
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def _copy(source: Path, folder: Path, name: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / (name or source.name))


def _write_gzip(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, 9, mtime=0))


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _md5(path: Path) -> str:
    digest = md5(usedforsecurity=False)  # what dpkg --verify reads; it protects against damage, not against people
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Make a Debian package of the folder application.")
    parser.add_argument("application", type=Path, help="the folder that PyInstaller made")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="the folder for the package")
    parser.add_argument("--edition", choices=EDITIONS, default="standard")
    parser.add_argument("--compression", choices=("xz", "zstd", "gzip", "none"), default="xz")
    parser.add_argument("--maintainer", default="The Fewshot project <packages@fewshot-gui.invalid>")
    given = parser.parse_args()
    from fewshot_gui import __version__

    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    release = Release(__version__, given.edition, given.maintainer, seconds)
    print(build(given.application, given.out, release, compression=given.compression))


if __name__ == "__main__":
    main()
