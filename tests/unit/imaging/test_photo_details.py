from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageFile

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import photo_details

Base, GPS, IFD = ExifTags.Base, ExifTags.GPS, ExifTags.IFD


def photo(path: Path, tags: dict[int, object], inner: dict[int, object] | None = None) -> Path:
    exif = Image.Exif()
    exif.update(tags)
    exif.get_ifd(IFD.Exif).update(inner or {})
    Image.new("RGB", (30, 20)).save(path, exif=exif.tobytes())
    return path


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_what_a_camera_writes(tmp_path: Path, name: str) -> None:
    details = photo_details(
        photo(
            tmp_path / name,
            {Base.Make: "NIKON CORPORATION", Base.Model: "NIKON D70\x00", Base.DateTime: "2021:01:01 00:00:00"},
            {Base.DateTimeOriginal: "2019:05:04 03:02:01", Base.SubsecTimeOriginal: "25"},
        )
    )
    assert (details.width, details.height) == (30, 20)
    assert details.taken == datetime(2019, 5, 4, 3, 2, 1, 250_000)
    assert details.camera == "NIKON D70"
    assert details.format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF"}[name[2:]]


@pytest.mark.parametrize(
    ("tags", "inner", "expected"),
    [
        ({}, {}, None),
        ({Base.DateTime: "2021:01:02 03:04:05"}, {}, datetime(2021, 1, 2, 3, 4, 5)),
        ({}, {Base.DateTimeDigitized: "2021:01:02 03:04:05"}, datetime(2021, 1, 2, 3, 4, 5)),
        (
            {Base.DateTime: "2021:01:02 03:04:05"},
            {Base.DateTimeOriginal: "0000:00:00 00:00:00"},
            datetime(2021, 1, 2, 3, 4, 5),
        ),
        ({}, {Base.DateTimeOriginal: "2021-01-02T03:04:05"}, datetime(2021, 1, 2, 3, 4, 5)),
        ({}, {Base.DateTimeOriginal: "    :  :     :  :  "}, None),
        ({}, {Base.DateTimeOriginal: "yesterday"}, None),
        ({}, {Base.DateTimeOriginal: "2021:13:02 03:04:05"}, None),
        (
            {},
            {Base.DateTimeOriginal: "2021:01:02 03:04:05", Base.SubsecTimeOriginal: "x²"},
            datetime(2021, 1, 2, 3, 4, 5),
        ),
    ],
)
def test_dates(tmp_path: Path, tags: dict[int, object], inner: dict[int, object], expected: datetime | None) -> None:
    assert photo_details(photo(tmp_path / "a.jpg", tags, inner)).taken == expected


@pytest.mark.parametrize(
    ("tags", "inner", "expected"),
    [
        ({}, {Base.DateTimeOriginal: "2021:01:02 03:04:05", Base.OffsetTimeOriginal: "+02:00"}, timedelta(hours=2)),
        ({}, {Base.DateTimeOriginal: "2021:01:02 03:04:05", Base.OffsetTimeOriginal: "-03:30"}, -timedelta(hours=3.5)),
        ({Base.DateTime: "2021:01:02 03:04:05"}, {Base.OffsetTime: "+00:00"}, timedelta()),
        # The offset of another date than the one that is read says nothing.
        ({}, {Base.DateTimeOriginal: "2021:01:02 03:04:05", Base.OffsetTime: "+02:00"}, None),
        ({}, {Base.DateTimeOriginal: "2021:01:02 03:04:05", Base.OffsetTimeOriginal: "   :  "}, None),
        ({}, {Base.DateTimeOriginal: "2021:01:02 03:04:05", Base.OffsetTimeOriginal: "+99:00"}, None),
        ({}, {Base.OffsetTimeOriginal: "+02:00"}, None),
    ],
)
def test_clocks_that_tell_their_time_zone(
    tmp_path: Path, tags: dict[int, object], inner: dict[int, object], expected: timedelta | None
) -> None:
    zone = photo_details(photo(tmp_path / "a.jpg", tags, inner)).zone
    assert zone == (None if expected is None else timezone(expected))


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        (("N", (52, 42, 15.912), "E", (23, 50, 59.82)), (52.70442, 23.84995)),
        (("S", (33, 51, 30), "W", (70, 0, 0)), (-33.858333, -70)),
        (("N", (0, 0, 0), "E", (0, 0, 0)), None),
        (("N", (91, 0, 0), "E", (10, 0, 0)), None),
        (("N", (52, 0, 0), "E", (181, 0, 0)), None),
        (("", (52, 0, 0), "E", (10, 0, 0)), None),
        (("N", (52, 0), "E", (10, 0, 0)), None),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_positions(tmp_path: Path, name: str, gps: tuple[object, ...], expected: tuple[float, float] | None) -> None:
    exif = Image.Exif()
    keys = (GPS.GPSLatitudeRef, GPS.GPSLatitude, GPS.GPSLongitudeRef, GPS.GPSLongitude)
    exif.get_ifd(IFD.GPSInfo).update(zip(keys, gps, strict=True))
    Image.new("RGB", (30, 20)).save(tmp_path / name, exif=exif.tobytes())
    position = photo_details(tmp_path / name).position
    assert position == (None if expected is None else pytest.approx(expected, abs=1e-5))


@pytest.mark.parametrize(
    ("maker", "model", "expected"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("Apple", "iPhone 13", "Apple iPhone 13"),
        ("RECONYX", None, "RECONYX"),
        (None, "X100", "X100"),
        ("  \x00", "\x00\x00", None),
        (None, None, None),
        ("A\nB", "C\x07", "A B C"),
    ],
)
def test_cameras(tmp_path: Path, maker: str | None, model: str | None, expected: str | None) -> None:
    tags = {tag: text for tag, text in ((Base.Make, maker), (Base.Model, model)) if text is not None}
    assert photo_details(photo(tmp_path / "a.jpg", tags)).camera == expected


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.gif", "a.bmp"])
def test_no_pixel_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / name)

    def refuse(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", refuse)
    assert photo_details(tmp_path / name).width == 30


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no longer there"):
        photo_details(tmp_path / "gone.jpg")
