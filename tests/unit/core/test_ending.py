"""The end of the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_without_threads_python_ends_as_usual() -> None:
    code = (  # in a process of its own, since a thread that another test left behind would end this one for good
        "import atexit\n"
        "from fewshot_gui.core.ending import end_process\n"
        "atexit.register(print, 'tidied up', end='')\n"
        "end_process(3)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], timeout=60, stdout=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (3, "tidied up")


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_that_cannot_be_interrupted_holds_nobody_up(daemon: bool, tmp_path: Path) -> None:
    code = (
        "import logging, sys, threading\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from fewshot_gui.core.ending import end_process\n"
        "logging.basicConfig(filename=sys.argv[1], level='INFO')\n"
        f"threading.Thread(target=threading.Event().wait, name='stuck', daemon={daemon}).start()\n"
        "ThreadPoolExecutor(1).submit(threading.Event().wait)\n"
        "print('said', end='')\n"
        "end_process(5)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "log")], timeout=60, stdout=subprocess.PIPE, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (5, "said")
    assert "stuck" in (tmp_path / "log").read_text(encoding="utf-8")
