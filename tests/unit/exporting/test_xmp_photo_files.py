"""XMP inside photo files: the picture stays what it was, bit for bit."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from fewshot_gui.exporting.xmp.photo_file import can_hold_packet, with_changed_packet
from fewshot_gui.exporting.xmp.tree import UnreadableXmpError
from tests.unit.exporting.folder_photos import packet_of, picture

_NEW, _ODD = b"<new-one/>", b"<new-one />"
_LONG = b"<long/>" + b" " * 5000


def _saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    image = Image.effect_noise((37, 21), 90).convert(mode)
    if "A" in mode:
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _pages(**options: object) -> bytes:
    file = io.BytesIO()
    pages = [Image.effect_noise((30 + page, 20), 90) for page in range(3)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], **options)
    return file.getvalue()


def _motorola_tiff() -> bytes:
    """A grey picture of 2 by 2 pixels in the byte order that Pillow does not write."""
    entries = [(256, 3, 2), (257, 3, 2), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 3, 2), (279, 4, 4)]
    body = b"MM\0*" + struct.pack(">I", 12) + b"\x10\x20\x30\x40" + struct.pack(">H", len(entries))
    for tag, kind, value in entries:
        body += struct.pack(">HHI", tag, kind, 1) + (
            struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">I", value)
        )
    return body + bytes(4)


def _png_with_compressed_packet() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", "<old/>", zip=True)
    info.add_text("Title", "kept")
    return _saved("PNG", pnginfo=info)


FILES = {
    "jpeg.jpg": _saved("JPEG"),
    "jpeg with xmp.jpg": _saved("JPEG", xmp=b"<old/>"),
    "jpeg with exif.jpg": _saved(
        "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", comment=b"kept", progressive=True
    ),
    "jpeg in cmyk.jpg": _saved("JPEG", "CMYK"),
    "jpeg with a tail.jpg": _saved("JPEG") + b"a film behind the photo",
    "png.png": _saved("PNG", "RGBA"),
    "png with xmp.png": _png_with_compressed_packet(),
    "webp.webp": _saved("WEBP"),
    "webp with alpha.webp": _saved("WEBP", "LA", lossless=True, exact=True),
    "webp with xmp.webp": _saved("WEBP", xmp=b"<old/>", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "tiff.tif": _saved("TIFF"),
    "tiff with lzw.tif": _saved("TIFF", compression="tiff_lzw"),
    "tiff with pages.tif": _pages(),
    "tiff of motorola.tif": _motorola_tiff(),
    "big tiff.tif": _pages(big_tiff=True),
    "wrong suffix.png": _saved("JPEG"),
}


def _pixels(data: bytes) -> list[tuple[str, tuple[int, int], bytes]]:
    image = Image.open(io.BytesIO(data))
    found = []
    for page in range(getattr(image, "n_frames", 1)):
        image.seek(page)
        found.append((image.mode, image.size, image.tobytes()))
    return found


def _embedded(data: bytes, name: str, packet: bytes) -> bytes:
    return with_changed_packet(data, Path(name).suffix, lambda _old: packet)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packet", [_NEW, _ODD, _LONG], ids=["even", "odd", "long"])
def test_a_packet_goes_in_and_the_picture_stays(name: str, packet: bytes) -> None:
    data = FILES[name]
    changed = _embedded(data, name, packet)
    assert packet_of(changed, Path(name).suffix) == packet
    assert _pixels(changed) == _pixels(data)
    xmp = Image.open(io.BytesIO(changed)).info.get("xmp")
    assert xmp == packet


@pytest.mark.parametrize("name", FILES)
def test_another_packet_replaces_it_and_the_same_changes_nothing(name: str) -> None:
    data = FILES[name]
    once = _embedded(data, name, _NEW)
    assert _embedded(once, name, _NEW) == once
    assert _embedded(_embedded(data, name, _LONG), name, _NEW) == once
    assert with_changed_packet(data, Path(name).suffix, lambda _old: None) is data


@pytest.mark.parametrize("name", [name for name in FILES if "with xmp" in name])
def test_the_packet_that_there_was_is_handed_over(name: str) -> None:
    assert packet_of(FILES[name], Path(name).suffix) == b"<old/>"


def test_every_other_byte_of_a_jpeg_file_stays() -> None:
    data = FILES["jpeg with exif.jpg"]
    changed = _embedded(data, "x.jpg", _NEW)
    segment = b"\xff\xe1" + struct.pack(">H", 2 + 29 + len(_NEW)) + b"http://ns.adobe.com/xap/1.0/\0" + _NEW
    assert changed.count(segment) == 1
    assert changed.replace(segment, b"") == data
    assert changed.index(b"Exif\0") < changed.index(segment) < changed.index(b"kept")


def test_every_other_byte_of_a_png_file_stays_and_the_checksum_is_right() -> None:
    data = FILES["png.png"]
    changed = _embedded(data, "x.png", _NEW)
    start = changed.index(b"iTXt") - 4
    (length,) = struct.unpack(">I", changed[start : start + 4])
    body = changed[start + 4 : start + 8 + length]
    assert struct.unpack(">I", changed[start + 8 + length : start + 12 + length]) == (zlib.crc32(body),)
    assert changed[:start] + changed[start + 12 + length :] == data


def test_a_tiff_file_only_grows() -> None:
    data = FILES["tiff with pages.tif"]
    changed = _embedded(data, "x.tif", _NEW)
    assert changed[8 : len(data)] == data[8:]


def test_a_webp_file_says_that_it_holds_a_packet() -> None:
    for name in ("webp.webp", "webp with alpha.webp"):
        changed = _embedded(FILES[name], name, _ODD)
        flags = changed[20]
        assert changed[12:16] == b"VP8X"
        assert flags & 0x04
        assert bool(flags & 0x10) == ("alpha" in name)
        assert struct.unpack("<I", changed[4:8]) == (len(changed) - 8,)
        assert (changed[24:27], changed[27:30]) == (bytes([36, 0, 0]), bytes([20, 0, 0]))


def test_an_index_of_further_pictures_is_not_moved_away_from_them() -> None:
    index = b"\xff\xe2" + struct.pack(">H", 2 + 8) + b"MPF\0II*\0"
    data = _saved("JPEG", xmp=b"<old/>")
    start = data.index(b"\xff\xe1")
    behind, before = data[:start] + index + data[start:], data.replace(b"\xff\xdb", index + b"\xff\xdb", 1)
    with pytest.raises(UnreadableXmpError, match="several pictures"):
        _embedded(behind, "x.jpg", _NEW)
    assert packet_of(_embedded(before, "x.jpg", _NEW), ".jpg") == _NEW


@pytest.mark.parametrize(
    ("data", "suffix", "says"),
    [
        (picture(0, "GIF"), ".gif", "takes no metadata"),
        (picture(0, "BMP"), ".bmp", "takes no metadata"),
        (FILES["tiff.tif"], ".nef", "takes no metadata"),
        (b"", ".jpg", "takes no metadata"),
        (FILES["jpeg.jpg"][:200], ".jpg", "damaged"),
        (FILES["png.png"][:-20], ".png", "cut off"),
        (FILES["webp.webp"][:40], ".webp", "cut off"),
        (FILES["tiff.tif"][:20], ".tif", "cut off"),
    ],
)
def test_a_file_that_cannot_take_a_packet_is_refused(data: bytes, suffix: str, says: str) -> None:
    with pytest.raises(UnreadableXmpError, match=says):
        with_changed_packet(data, suffix, lambda _old: _NEW)


def test_a_packet_that_is_too_long_for_jpeg_is_refused() -> None:
    with pytest.raises(UnreadableXmpError, match="too long"):
        _embedded(FILES["jpeg.jpg"], "x.jpg", b"x" * 65503)
    longest = b"x" * 65502  # ISO 16684-3: at most 65502 bytes
    assert packet_of(_embedded(FILES["jpeg.jpg"], "x.jpg", longest), ".jpg") == longest


def test_a_compressed_packet_of_enormous_length_is_refused() -> None:
    info = PngImagePlugin.PngInfo()
    bomb = zlib.compress(b" " * (33 << 20), 9)
    info.add(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)
    with pytest.raises(UnreadableXmpError, match="too long"):
        with_changed_packet(_saved("PNG", pnginfo=info), ".png", lambda _old: _NEW)


@pytest.mark.parametrize("name", FILES)
def test_random_damage_is_refused_or_overcome_and_nothing_else(name: str) -> None:
    generator = random.Random(name)
    for _ in range(60):
        damaged = bytearray(FILES[name])
        for _ in range(generator.randrange(1, 6)):
            damaged[generator.randrange(min(len(damaged), 400))] = generator.randrange(256)
        if generator.random() < 0.3:
            del damaged[generator.randrange(len(damaged)) :]
        try:
            changed = _embedded(bytes(damaged), name, _NEW)
        except UnreadableXmpError:
            continue
        assert packet_of(changed, Path(name).suffix) == _NEW


def test_what_can_hold_a_packet_shows_by_its_first_bytes() -> None:
    assert can_hold_packet(FILES["png.png"], ".jpg")
    assert not can_hold_packet(FILES["tiff.tif"], ".dng")
    assert not can_hold_packet(b"", ".jpg")
