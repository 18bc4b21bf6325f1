"""Freed memory is used again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from fewshot_gui.core.allocator import reuse_freed_memory

_FAULTS = """
import resource, sys, threading
from fewshot_gui.core.allocator import reuse_freed_memory
if sys.argv[1] == "reuse":
    reuse_freed_memory()
def photos():
    for _ in range(50):
        blocks = [bytes(3 << 20) for _ in range(4)]
thread = threading.Thread(target=photos)
thread.start()
thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has these settings")
def test_photo_after_photo_uses_the_same_memory() -> None:
    def faults(how: str) -> int:
        command = [sys.executable, "-c", _FAULTS, how]
        return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    assert faults("reuse") < faults("leave") / 2


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    reuse_freed_memory()
