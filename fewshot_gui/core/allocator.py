"""Memory that photo after photo uses again, instead of being returned to the system in between."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger(__name__)

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's ``mallopt``."""
_KEPT_BYTES = 256 << 20
_LARGEST_KEPT = 32 << 20
"""The most that glibc allows."""


def reuse_freed_memory() -> None:
    """Have glibc keep what was freed for whoever needs it next; elsewhere nothing is done.

    By itself it returns the tens of megabytes of every photo to the system, which then clears them page by page for
    the next one: a third of the time that a photo of 12 megapixels takes on two cores, where threads also wait for one
    another. Blocks above 32 MiB, and what is free beyond 256 MiB, are still returned.
    """
    if sys.platform != "linux":
        return
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        log.debug("this C library is not glibc", exc_info=True)
        return
    if not (mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT) and mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)):
        log.info("the C library did not take the settings of its memory")
