"""The end of the process, which no thread may hold up."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

log = logging.getLogger(__name__)


def end_process(code: int) -> NoReturn:
    """End now with this exit code. To be called by the entry point alone, when all files are closed.

    Python by itself waits for threads that are in the middle of something long which cannot be interrupted, such as
    decoding a large photo or converting an encoder, or takes the ground from under them. They are left behind instead
    (docs/decisions/0013-ending-without-waiting.md): what they make is a draft until it is whole.

    Raises:
        SystemExit: No thread is left, so that Python ends as usual.
    """
    left = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
    if not left:
        sys.exit(code)
    log.info("ending while these threads are at work: %s", ", ".join(left))
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # as in a program of Windows that has a window only
            with suppress(OSError):  # nobody reads it any more
                stream.flush()
    os._exit(code)
