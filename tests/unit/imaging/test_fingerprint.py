from pathlib import Path

import pytest
import xxhash

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import fingerprint


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_it_is_the_hash_of_the_whole_content(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    (tmp_path / "a.jpg").write_bytes(content)
    assert fingerprint(tmp_path / "a.jpg") == xxhash.xxh3_128_hexdigest(content)


def test_it_does_not_depend_on_the_name(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.png"):
        (tmp_path / name).write_bytes(b"same")
    assert fingerprint(tmp_path / "a.jpg") == fingerprint(str(tmp_path / "b.png"))


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no longer there"):
        fingerprint(tmp_path / "gone.jpg")
    with pytest.raises(PhotoError, match="not a file"):
        fingerprint(tmp_path)
