"""Whether a window can be shown, told without Qt."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from fewshot_gui.core import screen
from fewshot_gui.core.screen import why_no_screen

really_missing_library = screen._missing_library

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")


@contextmanager
def listening(address: str | tuple[str, int], family: int = socket.AF_UNIX) -> Iterator[int]:
    """A display server that only lets people connect; gives its port, if it has one."""
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen()
        yield server.getsockname()[1] if family == socket.AF_INET else 0


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Linux computer without any display, whose libraries are complete."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(screen, "_missing_library", lambda: None)


def unused_display() -> int:
    """A display number that no server on this computer has."""
    taken = {path.name for path in Path("/tmp/.X11-unix").glob("X*")}
    return next(number for number in range(500, 60_000) if f"X{number}" not in taken)


def test_no_display() -> None:
    assert why_no_screen() == "this computer has no display"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_have_a_window_system(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert why_no_screen() is None


def test_the_person_is_taken_at_their_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_screen() is None


class TestWayland:
    def test_a_server_that_listens_is_enough(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # the address of a socket has 108 bytes at most
        monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        with listening("wayland-7"):
            assert why_no_screen() is None

    def test_a_socket_left_behind_is_no_display(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        with listening("wayland-7"):
            pass
        assert (tmp_path / "wayland-7").exists()
        assert why_no_screen() == "this computer has no display"

    @pytest.mark.parametrize("runtime", [None, "x" * 200])
    def test_a_name_that_leads_nowhere(self, runtime: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        if runtime is not None:
            monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        assert why_no_screen() == "this computer has no display"

    def test_behind_it_an_x_server_is_tried_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WAYLAND_DISPLAY", "gone")
        monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
        display = unused_display()
        monkeypatch.setenv("DISPLAY", f":{display}")
        with listening(f"\0/tmp/.X11-unix/X{display}"):
            assert why_no_screen() is None


class TestX11:
    @pytest.mark.parametrize("host", ["", "unix"])
    @pytest.mark.parametrize("ending", ["", ".0"])
    def test_a_server_on_this_computer(self, host: str, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
        display = unused_display()
        monkeypatch.setenv("DISPLAY", f"{host}:{display}{ending}")
        with listening(f"\0/tmp/.X11-unix/X{display}"):  # abstract: leaves no file in a folder of the system
            assert why_no_screen() is None
        assert why_no_screen() == f"the display “{host}:{display}{ending}” does not answer"

    def test_a_server_over_the_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with listening(("127.0.0.1", 0), socket.AF_INET) as port:
            monkeypatch.setenv("DISPLAY", f"127.0.0.1:{port - 6000}")
            assert why_no_screen() is None
        assert why_no_screen() == f"the display “127.0.0.1:{port - 6000}” does not answer"

    @pytest.mark.parametrize(
        "display", ["nonsense", ":", ":x", "a:b:0", "127.0.0.1:99999", "x" * 100 + ".org:0", "::1", ":٣"]
    )
    def test_an_address_that_is_none(self, display: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DISPLAY", display)
        assert why_no_screen() == f"the display “{display}” does not answer"


class TestLibraries:
    @pytest.fixture(autouse=True)
    def with_x(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """An X server answers, and the libraries are really looked at."""
        monkeypatch.setattr(screen, "_missing_library", really_missing_library)
        display = unused_display()
        monkeypatch.setenv("DISPLAY", f":{display}")
        with listening(f"\0/tmp/.X11-unix/X{display}"):
            yield

    @staticmethod
    def _qt_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        spec = ModuleSpec("PySide6", None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        monkeypatch.setattr(screen.importlib.util, "find_spec", lambda _name: spec)
        plugin = folder / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        plugin.parent.mkdir(parents=True)
        return plugin

    def test_the_missing_library_is_named_with_the_remedy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plugin = self._qt_in(tmp_path, monkeypatch)
        plugin.touch()

        def load(_name: str) -> None:
            raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

        monkeypatch.setattr(screen.ctypes, "CDLL", load)
        reason = why_no_screen()
        assert reason is not None
        assert reason.startswith("the system library libxcb-cursor.so.0 is missing (on Debian and Ubuntu, “sudo apt")
        assert "libxcb-cursor0" in reason

    def test_a_plugin_that_loads_is_fine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._qt_in(tmp_path, monkeypatch).touch()
        monkeypatch.setattr(screen.ctypes, "CDLL", lambda _name: object())
        assert why_no_screen() is None

    def test_without_qt_there_is_nothing_to_say_of_its_plugin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(screen.importlib.util, "find_spec", lambda _name: None)
        assert why_no_screen() is None

    def test_a_build_of_qt_that_keeps_its_plugins_elsewhere(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._qt_in(tmp_path, monkeypatch)
        assert why_no_screen() is None


def test_qt_itself_is_not_loaded() -> None:
    code = "import sys; from fewshot_gui.core.screen import why_no_screen as w; w(); print('PySide6' in sys.modules)"
    environment = os.environ | {"QT_QPA_PLATFORM": "", "DISPLAY": ":54321"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() == "False"
