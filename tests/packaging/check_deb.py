"""Try a Debian package in a clean root: ``sudo python tests/packaging/check_deb.py dist/fewshot-gui_0.1.0_amd64.deb``.

The root is made by debootstrap, from the mirror that this computer itself uses. In it, without a network, as an
ordinary user, the program is installed, tested, opened in a window of Xvfb and removed; the window's own computer
(Xvfb, xdotool) stays outside, so that the root holds what the package asks for and nothing else. Needs root rights and
debootstrap, xvfb and xdotool; ImageMagick for ``--screenshot``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

PROGRAMS = ("debootstrap", "Xvfb", "xdotool", "unshare", "chroot")
DISPLAY = ":97"
HOME = "/home/person"
PROJECT = f"{HOME}/leaves/Pressed leaves.fewshot"
LARGEST_MB = 300
LARGEST_UNPACKED_MB = 900
SLOWEST_WINDOW_SECONDS = 2.5
_PATIENCE_SECONDS = 60
_STARTS = 5

# Own mounts, no network: what is mounted goes away with the process, and the program has nobody to talk to.
_ENTER = """
mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
mkdir -p "$0/tmp/.X11-unix" && mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix" &&
exec chroot "$@"
"""
_PERSON = ("--userspec=1000:1000",)
_ENVIRONMENT = ("env", "-i", f"HOME={HOME}", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8")


class CheckFailedError(Exception):
    """Something is not as it should be."""


@dataclass(frozen=True)
class Source:
    """Where the packages of a clean root come from."""

    mirror: str
    suite: str
    components: str


def own_source() -> Source:
    """The distribution that this computer itself is installed from, as apt knows it.

    Raises:
        CheckFailedError: apt knows of none.
    """
    form = "$(ORIGIN)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)"
    listed = _output(["apt-get", "indextargets", "--format", form, "Created-By: Packages"])
    rows = [line.split("\t") for line in listed.splitlines()]
    for origin, mirror, suite, _ in rows:
        if origin in {"Debian", "Ubuntu"} and "-" not in suite:
            components = {row[3] for row in rows if row[1:3] == [mirror, suite]}
            return Source(mirror, suite, ",".join(sorted(components)))
    raise CheckFailedError("apt knows of no mirror: name one with --mirror and --suite")


class CleanRoot:
    """A freshly installed system in a folder."""

    def __init__(self, folder: Path) -> None:
        """Take over ``folder``, which :meth:`install_system` fills."""
        self.folder = folder

    def install_system(self, source: Source) -> None:
        """The smallest system there is, and a person who uses it."""
        components = f"--components={source.components}"
        _run(["debootstrap", "--variant=minbase", components, source.suite, str(self.folder), source.mirror])
        self.as_root("useradd", "--uid", "1000", "--user-group", "--create-home", "--home-dir", HOME, "person")

    def as_root(self, *command: str, network: bool = False) -> str:
        """Run a command as the administrator; returns its output."""
        return _output(self._entering([], ["env", "DEBIAN_FRONTEND=noninteractive", *command], network=network))

    def as_person(self, *command: str) -> str:
        """Run a command as an ordinary user, without a network or a screen; returns its output."""
        return _output(self._entering(_PERSON, [*_ENVIRONMENT, *command], network=False))

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program as an ordinary user on the display, without a network."""
        entering = self._entering(_PERSON, [*_ENVIRONMENT, f"DISPLAY={DISPLAY}", *command], network=False)
        return subprocess.Popen(entering, start_new_session=True)

    def _entering(self, user: Sequence[str], command: Sequence[str], *, network: bool) -> list[str]:
        spaces = ["--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        return ["unshare", *spaces, "sh", "-c", _ENTER, str(self.folder), *user, str(self.folder), *command]


def check(package: Path, root: CleanRoot, screenshot: Path | None) -> None:
    """Install, test, open, remove.

    Raises:
        CheckFailedError: Something is not as it should be.
        subprocess.CalledProcessError: A command failed.
    """
    name = _output(["dpkg-deb", "--field", str(package), "Package"]).strip()
    _check_size(package)
    _install(package, root)
    _say(root.as_person("fewshot-gui", "self-test"))
    _expect(_menu_knows(root), "the menu and the file type are registered")
    root.as_person("fewshot-gui", "sample", f"{HOME}/leaves")
    with _display():
        _check_window(root, screenshot)
    root.as_root("apt-get", "purge", "-y", "-q", name)
    left = [path for path in _paths(root.folder) if "fewshot" in path.lower() and not path.startswith(HOME)]
    _expect(not left, f"nothing of the program is left after removing it {left or ''}")
    _expect(not _menu_knows(root), "the menu and the file type are gone")
    _expect(root.folder.joinpath(PROJECT.lstrip("/")).is_file(), "the person's project is still there")


def _check_size(package: Path) -> None:
    packed = package.stat().st_size / 1e6
    unpacked = int(_output(["dpkg-deb", "--field", str(package), "Installed-Size"])) * 1024 / 1e6
    small = packed <= LARGEST_MB and unpacked <= LARGEST_UNPACKED_MB
    _expect(small, f"{packed:.0f} MB packed and {unpacked:.0f} MB unpacked are within bounds")


def _install(package: Path, root: CleanRoot) -> None:
    root.as_root("apt-get", "update", "-q", network=True)
    # Every desktop has these two, which register menus and file types.
    needed = ("desktop-file-utils", "shared-mime-info")
    root.as_root("apt-get", "install", "-y", "-q", "--no-install-recommends", *needed, network=True)
    shutil.copy(package, root.folder / "tmp" / "package.deb")
    started = time.monotonic()
    command = ("apt-get", "install", "-y", "-q", "--no-install-recommends", "/tmp/package.deb")
    root.as_root(*command, network=True)
    _say(f"installed in {time.monotonic() - started:.0f} s, with what it depends on")
    (root.folder / "tmp" / "package.deb").unlink()


def _menu_knows(root: CleanRoot) -> bool:
    menu = root.folder / "usr/share/applications/mimeinfo.cache"
    types = root.folder / "usr/share/mime/globs2"
    return (
        menu.is_file()
        and "application/x-fewshot=fewshot-gui.desktop;" in menu.read_text(encoding="utf-8")
        and "application/x-fewshot:*.fewshot" in types.read_text(encoding="utf-8")
    )


def _check_window(root: CleanRoot, screenshot: Path | None) -> None:
    seconds = []
    for _ in range(_STARTS):
        with _window(root, "Fewshot", "fewshot-gui") as waited:
            seconds.append(waited)
    _say(f"the window is there after {', '.join(f'{each:.1f}' for each in seconds)} s")
    _expect(min(seconds[1:]) <= SLOWEST_WINDOW_SECONDS, f"warm, within {SLOWEST_WINDOW_SECONDS} s")
    with _window(root, "Pressed leaves – Fewshot", "fewshot-gui", PROJECT):
        _say("a project named as an argument is open")
        if screenshot is not None:
            time.sleep(_PATIENCE_SECONDS / 4)  # for the photos to be labelled
            _run(["import", "-display", DISPLAY, "-window", "root", str(screenshot)])


@contextmanager
def _window(root: CleanRoot, title: str, *command: str) -> Iterator[float]:
    """A window of the program, shut again at the end; the seconds until it was there."""
    started = time.monotonic()
    program = root.start(*command)
    try:
        _wait_for_window(title, until=started + _PATIENCE_SECONDS)
        yield time.monotonic() - started
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait(_PATIENCE_SECONDS)


def _wait_for_window(title: str, *, until: float) -> None:
    """Ask often: what xdotool does by itself is to ask twice a second."""
    search = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
    environment = os.environ | {"DISPLAY": DISPLAY}
    while subprocess.run(search, env=environment, check=False, capture_output=True).returncode:
        if time.monotonic() > until:
            raise CheckFailedError(f"there is no window “{title}” after {_PATIENCE_SECONDS} s")
        time.sleep(0.05)


@contextmanager
def _display() -> Iterator[None]:
    Path("/tmp/.X11-unix").mkdir(exist_ok=True)
    server = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1440x900x24", "-ac"], stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        yield
    finally:
        server.terminate()
        server.wait()


def _paths(folder: Path) -> list[str]:
    skipped = {"proc", "sys", "dev"}
    found = []
    for place, folders, files in os.walk(folder):
        inside = "/" + os.path.relpath(place, folder).removeprefix(".")
        if inside == "/":
            folders[:] = [name for name in folders if name not in skipped]
        found += [os.path.join(inside, name) for name in (*folders, *files)]  # noqa: PTH118 - thousands of them
    return found


def _expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise CheckFailedError(f"not so: {sentence}")
    _say(sentence)


def _say(text: str) -> None:
    print(text.rstrip(), flush=True)


def _run(command: Sequence[str]) -> None:
    _output(command)


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise CheckFailedError(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def main() -> None:
    """Read the command line and check."""
    parser = argparse.ArgumentParser(description="Try a Debian package in a clean root.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--mirror", help="where to get the system from; that of this computer by default")
    parser.add_argument("--suite", help="which release, such as bookworm")
    parser.add_argument("--components", default="main")
    parser.add_argument("--screenshot", type=Path, help="where to put a picture of the window")
    given = parser.parse_args()
    source = Source(given.mirror, given.suite, given.components) if given.mirror and given.suite else own_source()
    folder = Path(mkdtemp(prefix="clean-root-"))
    folder.chmod(0o755)
    try:
        root = CleanRoot(folder)
        root.install_system(source)
        check(given.package, root, given.screenshot)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
