"""The real photos and the odd files beside the project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.imaging import photo_details, read_photo, scan_photos, thumbnail

pytestmark = pytest.mark.shared_data

# Runs in a process of its own, so that a crash, a hang or a flood of memory is seen for what it is.
READ_EVERYTHING = """
import json, resource, sys
from pathlib import Path
import numpy as np
from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import fingerprint, photo_details, read_photo, thumbnail
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
outcome = {}
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if not path.is_file() or "200MP" in path.name:
        continue
    try:
        small = read_photo(path, short_side=224)
        assert small.dtype == np.uint8 and small.ndim == 3 and small.shape[2] == 3 and small.size
        details = photo_details(path)
        upright = (details.width > details.height) == (small.shape[1] > small.shape[0])
        assert upright or min(small.shape[:2]) < 10, (path, details, small.shape)
        outcome[path.name] = "read"
    except PhotoError as error:
        outcome[path.name] = error.reason
    for other in (lambda: thumbnail(path, 64), lambda: photo_details(path), lambda: fingerprint(path)):
        try:
            other()
        except PhotoError:
            pass
print(json.dumps(outcome))
"""


@pytest.mark.skipif(os.name == "nt", reason="memory cannot be limited here")
def test_every_odd_file_is_read_or_refused(shared_data: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", READ_EVERYTHING, str(shared_data / "odd")],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert run.returncode == 0, run.stderr[-2000:]
    outcome = json.loads(run.stdout)

    assert "Warning" not in run.stderr
    assert list(outcome.values()).count("read") > 450
    expected = {
        "sharp__test__fixtures__truncated.jpg": "the file is cut off",
        "sharp__test__fixtures__truncated.png": "the file is cut off",
        "pillow_heif__tests__images__heif_corrupted__empty.heic": "the file is empty",
        "Pillow__Tests__images__eps__non_zero_bb.eps": "it is not an image of a kind this program reads",
        "Pillow__Tests__images__decompression_bomb.gif": "it is too large (more than 500 megapixels)",
    }
    assert {name: outcome[name] for name in expected} == expected


@pytest.mark.slow
def test_a_photo_of_200_megapixels(shared_data: Path) -> None:
    (path,) = (shared_data / "odd" / "heic").glob("*200MP*")
    assert read_photo(path, short_side=224).shape == (320, 240, 3)


@pytest.mark.parametrize("series", ["exif-orientation-examples__Landscape", "exif-orientation-examples__Portrait"])
def test_all_orientations_look_alike(shared_data: Path, series: str) -> None:
    folder = shared_data / "odd" / "exif_orientation"
    reference, *others = [read_photo(folder / f"{series}_{number}.jpg").astype(np.int16) for number in range(9)]
    for number, other in enumerate(others, 1):
        assert other.shape == reference.shape
        # Only the number in the middle of the picture differs.
        assert np.abs(other - reference).mean() < 5, number
        thumb = thumbnail(folder / f"{series}_{number}.jpg", 120)
        assert (thumb.shape[0] > thumb.shape[1]) == (reference.shape[0] > reference.shape[1])


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_all_hoppers_look_alike(shared_data: Path, suffix: str) -> None:
    folder = shared_data / "odd" / "exif_orientation"
    photos = [
        read_photo(folder / f"Pillow__Tests__images__hopper_orientation_{n}.{suffix}").astype(int) for n in range(2, 9)
    ]
    for photo in photos[1:]:
        assert np.abs(photo - photos[0]).mean() < 6


def test_camera_photos(shared_data: Path) -> None:
    paths = list(scan_photos(shared_data / "photos"))
    assert len(paths) == 24
    for path in paths:
        small = read_photo(path, short_side=224)
        details = photo_details(path)
        assert min(small.shape[:2]) >= 224
        assert small.shape[1] / small.shape[0] == pytest.approx(details.width / details.height, rel=0.01)
        thumb = thumbnail(path, 96)
        assert max(thumb.shape[:2]) == 96
        # The camera's preview shows what the photo shows.
        assert np.abs(small.mean(axis=(0, 1)) - thumb.mean(axis=(0, 1))).max() < 16, path.name
    assert sum(photo_details(path).taken is not None for path in paths) >= 18
    assert any(photo_details(path).camera == "Apple iPhone 6" for path in paths)
