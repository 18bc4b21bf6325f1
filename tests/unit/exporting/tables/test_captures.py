"""Times as the exchange formats want them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from fewshot_gui.exporting.tables.captures import (
    distance_m,
    in_local_time,
    iso_time,
    iso_time_of,
    media_type,
    read_capture,
)
from tests.unit.exporting.tables.making import take_photo

FORMAT = "%Y-%m-%dT%H:%M:%S%z"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2024, 5, 4, 3, 2, 1, 999, tzinfo=UTC), "2024-05-04T03:02:01Z"),
        (datetime(2024, 5, 4, 3, 2, 1, tzinfo=timezone(-timedelta(hours=3.5))), "2024-05-04T03:02:01-03:30"),
        (datetime(2024, 5, 4, 3, 2, 1), "2024-05-04T03:02:01"),
        # Amsterdam's time until 1937, which "%z" of most programs cannot read.
        (datetime(1930, 1, 1, tzinfo=timezone(timedelta(minutes=19, seconds=32))), "1929-12-31T23:40:28Z"),
    ],
)
def test_iso_times(moment: datetime, expected: str) -> None:
    assert iso_time(moment) == expected
    if moment.tzinfo:
        assert datetime.strptime(iso_time(moment), FORMAT) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00Z"),
        ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
        ("2026-11-20T08:00:00+01:00", "2026-11-20T08:00:00+01:00"),
        ("", ""),
        ("yesterday", ""),
    ],
)
def test_times_of_decisions(text: str, expected: str) -> None:
    assert iso_time_of(text) == expected


@pytest.mark.parametrize("year", [1, 1969, 2024, 9999])
def test_any_camera_clock_has_a_local_time(year: int) -> None:
    assert in_local_time(datetime(year, 1, 1, 0, 0, 0)).tzinfo is not None


def test_the_camera_knows_its_zone_better_than_the_person(tmp_path: Path) -> None:
    told = read_capture(take_photo(tmp_path / "a.jpg", zone="+02:00"), UTC)
    untold = read_capture(take_photo(tmp_path / "b.jpg"), UTC)
    assert told is not None
    assert untold is not None
    assert told.camera_time == datetime(2024, 5, 4, 3, 2, 1, tzinfo=timezone(timedelta(hours=2)))
    assert untold.camera_time == datetime(2024, 5, 4, 3, 2, 1, tzinfo=UTC)


def test_a_file_that_is_no_photo_has_only_its_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    capture = read_capture(path, None)
    assert capture is not None
    assert (capture.file_time, capture.camera_time) == (datetime(1970, 1, 1, tzinfo=UTC), None)
    assert read_capture(tmp_path / "gone.jpg", None) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JPG", "image/jpeg"),
        ("a.tif", "image/tiff"),
        ("a.png", "image/png"),
        ("a.CR2", "image/cr2"),
        ("a", "image/unknown"),
    ],
)
def test_media_types(name: str, expected: str) -> None:
    assert media_type(Path(name)) == expected


def test_distances() -> None:
    # Paris to London, and across the line where the date changes.
    assert distance_m((48.8566, 2.3522), (51.5074, -0.1278)) == pytest.approx(343_600, rel=0.002)
    assert distance_m((0, 179.9), (0, -179.9)) == pytest.approx(22_239, rel=0.001)
    assert distance_m((90, 0), (-90, 0)) == pytest.approx(20_015_000, rel=0.001)
