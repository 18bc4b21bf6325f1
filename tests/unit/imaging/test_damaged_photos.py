"""Whatever the file holds, the answer is pixels or a PhotoError with a plain reason."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import threading
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import fingerprint, photo_details, read_photo, thumbnail

READERS = [read_photo, photo_details, lambda path: thumbnail(path, 64)]
ENCODINGS = {
    "jpg": ("JPEG", {}),
    "progressive.jpg": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "gif": ("GIF", {}),
    "webp": ("WEBP", {}),
    "tif": ("TIFF", {}),
    "lzw.tif": ("TIFF", {"compression": "tiff_lzw"}),
    "bmp": ("BMP", {}),
    "avif": ("AVIF", {}),
    "heic": ("HEIF", {}),
}


def encoded(kind: str) -> bytes:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8))
    pillow_format, options = ENCODINGS[kind]
    buffer = io.BytesIO()
    if pillow_format == "HEIF":
        import pillow_heif

        pillow_heif.from_pillow(image).save(buffer)
    else:
        image.save(buffer, pillow_format, **options)
    return buffer.getvalue()


def reason(path: Path) -> str:
    with pytest.raises(PhotoError) as error:
        read_photo(path)
    assert error.value.path == path
    assert path.name in str(error.value)
    return error.value.reason


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
@pytest.mark.parametrize("kind", ENCODINGS)
def test_a_file_that_is_cut_off_is_an_error_and_not_half_a_photo(tmp_path: Path, kind: str, share: float) -> None:
    path = tmp_path / f"cut.{kind}"
    data = encoded(kind)
    path.write_bytes(data[: int(len(data) * share)])
    assert reason(path) == "the file is cut off"


@pytest.mark.parametrize("kind", ENCODINGS)
def test_the_suffix_does_not_matter(tmp_path: Path, kind: str) -> None:
    for suffix in (".jpg", ".png", ".heic", ""):
        path = tmp_path / f"wrong{suffix}"
        path.write_bytes(encoded(kind))
        assert read_photo(path).shape == (60, 80, 3)
        assert photo_details(path).format == ENCODINGS[kind][0]


@pytest.mark.parametrize("kind", ENCODINGS)
@pytest.mark.provokes_logs
def test_random_damage_never_escapes_as_another_error(tmp_path: Path, kind: str) -> None:
    original = encoded(kind)
    random = np.random.default_rng(2)
    path = tmp_path / f"damaged.{kind}"
    for _ in range(40):
        data = bytearray(original)
        # Half of the damage goes into the header, where it hurts.
        for _ in range(random.integers(1, 6)):
            end = len(data) if random.random() < 0.5 else min(200, len(data))
            data[random.integers(end)] = random.integers(256)
        path.write_bytes(data)
        for read in READERS:
            with contextlib.suppress(PhotoError):
                result = read(path)
                assert not isinstance(result, np.ndarray) or (result.ndim, result.dtype) == (3, np.uint8)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert reason(tmp_path / "a.jpg") == "the file is empty"


@pytest.mark.parametrize(
    "content",
    [
        b"hello, I am a text",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"8BPS\x00\x01" + b"\x00" * 40,
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\x00" * 500,
        b"x",
    ],
)
def test_other_files_are_refused_before_any_decoder_sees_them(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    assert reason(tmp_path / "a.jpg") == "it is not an image of a kind this program reads"


def test_a_header_that_claims_too_many_pixels(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 20_000, 8, 2, 0, 0, 0))
    (tmp_path / "a.png").write_bytes(header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
    assert "600 megapixels" in reason(tmp_path / "a.png")

    # So many that Pillow itself refuses first.
    (tmp_path / "b.gif").write_bytes(b"GIF89a\xff\xff\xff\xff" + encoded("gif")[10:])
    assert "too large" in reason(tmp_path / "b.gif")


def test_missing_folder_and_pipe(tmp_path: Path) -> None:
    assert reason(tmp_path / "gone.jpg") == "it is no longer there"
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    assert reason(tmp_path / "link.jpg") == "it is no longer there"
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    assert reason(tmp_path / "loop.jpg") == "it is a link that leads back to itself"
    (tmp_path / "folder.jpg").mkdir()
    assert reason(tmp_path / "folder.jpg") == "it is not a file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert reason(tmp_path / "pipe.jpg") == "it is not a file"
    with pytest.raises(PhotoError):
        fingerprint(tmp_path / "pipe.jpg")


def test_a_photo_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded("jpg"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert reason(tmp_path / "a.jpg") == "you may not read it"


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (MemoryError(), "there is not enough memory to open it"),
        (OSError(5, "Input/output error"), "the disk or the network failed while reading it"),
        (struct.error("unpack"), "the file is damaged, or of a rare kind this program does not read"),
        (OverflowError(), "the file is damaged, or of a rare kind this program does not read"),
    ],
)
def test_what_decoders_raise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, expected: str) -> None:
    (tmp_path / "a.png").write_bytes(encoded("png"))

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(Image, "open", fail)
    assert reason(tmp_path / "a.png") == expected


def test_remarks_of_pillow_do_not_reach_the_terminal(tmp_path: Path, scene: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(scene).save(path, exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x05\x00")
    with pytest.warns(UserWarning, match="Corrupt EXIF"), Image.open(path) as image:
        image.getexif()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert read_photo(path).shape == scene.shape

    assert not caught


def test_reading_in_many_threads(tmp_path: Path) -> None:
    paths = []
    for kind in ENCODINGS:
        paths.append(tmp_path / f"a.{kind}")
        paths[-1].write_bytes(encoded(kind))
    expected = [read_photo(path) for path in paths]
    start = threading.Barrier(4)

    def read_all(_: int) -> list[NDArray[np.uint8]]:
        start.wait()
        return [read_photo(path) for path in paths]

    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(read_all, range(4)):
            for got, want in zip(result, expected, strict=True):
                np.testing.assert_array_equal(got, want)
