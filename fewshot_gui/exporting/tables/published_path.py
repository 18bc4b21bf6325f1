"""How other people find a photo: its path in the published data set, or its web address."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from fewshot_gui.exporting.tables.plain_text import plain_text

# What Camtrap DP forbids in a relative path: a beginning that leads elsewhere, two dots, ends of lines.
_FORBIDDEN = re.compile(r"^[./~]|(?<=\.)\.|[\x00-\x1f\x85\u2028\u2029]")


def published_path(relative: PurePosixPath, address: str) -> str:
    """The path of a photo, or its web address if the photos are on the web.

    Args:
        relative: From the labelled folder on.
        address: Of the folder of photos on the web, such as ``https://example.org/photos/``; empty if they go with
            the table.

    Returns:
        An address that is percent-encoded, or ``relative`` in which only what Camtrap DP forbids is so.
    """
    path = plain_text(str(relative))
    if address:
        path = f"{address.rstrip('/')}/{quote(str(relative), errors='surrogateescape')}"
    return _FORBIDDEN.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), path)
