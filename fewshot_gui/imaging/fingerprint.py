"""What identifies a photo wherever it is moved to: a hash of its content."""

import os
from pathlib import Path

import xxhash

from fewshot_gui.imaging.opening import open_file

_BLOCK_BYTES = 1 << 20


def fingerprint(path: str | os.PathLike[str]) -> str:
    """The XXH3-128 hash of a file's bytes, 32 hexadecimal digits. Not a defence against deliberate collisions.

    Raises:
        PhotoError: The file cannot be read.
    """
    digest = xxhash.xxh3_128()
    with open_file(Path(path)) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
