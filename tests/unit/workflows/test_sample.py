"""The drawn sample project: what it writes, what it refuses, and that its species can be told apart."""

import csv
import math
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.workflows.sample import NO_CLASS, SPECIES, SampleFiles, write, write_sample
from fewshot_gui.workflows.sample.drawing import Box, Stencil, around, blurred, noise, shifted, smooth_curve
from fewshot_gui.workflows.sample.leaf import Leaf, Pose, reach, walls_of
from fewshot_gui.workflows.sample.scan import leaf_scan, stranger_scan
from fewshot_gui.workflows.sample.strangers import STRANGERS
from fewshot_gui.workflows.sample.tissue import paint_leaf, weather

NAMES = ["Beech", "Hornbeam", "Maple", "Plane", "Oak"]


class CancelAt:
    """A progress that is cancelled when it has been asked ``limit`` times, and remembers what it was told."""

    def __init__(self, limit: float = math.inf) -> None:
        self.limit = limit
        self.asked = 0
        self.told: list[tuple[int, int | None]] = []
        self.notes: set[str] = set()

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        self.told.append((done, total))
        self.notes.add(note)

    def check(self) -> None:
        self.asked += 1
        if self.asked > self.limit:
            raise Cancelled


def small(folder: Path, **options: object) -> SampleFiles:
    counts = {"examples_per_species": 1, "photos_per_species": 1, "strangers": 1} | options
    return write_sample(folder, **counts)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def quick_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small grey noise instead of leaves, for tests of what happens to files."""

    def draw(_: object, rng: np.random.Generator) -> np.ndarray:
        return rng.integers(0, 256, (24, 32, 3), np.uint8)

    monkeypatch.setattr(write, "leaf_scan", draw)
    monkeypatch.setattr(write, "stranger_scan", draw)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return small(tmp_path_factory.mktemp("sample"), strangers=2)


class TestFiles:
    def test_every_species_has_its_folder_of_examples(self, sample: SampleFiles) -> None:
        assert list(sample.examples) == NAMES
        for name, paths in sample.examples.items():
            assert paths == (sample.folder / "examples" / name / f"{name.lower()}_01.jpg",)

    def test_nothing_else_is_written(self, sample: SampleFiles) -> None:
        said = [*(path for paths in sample.examples.values() for path in paths), *sample.photos, sample.answers]
        assert {path for path in sample.folder.rglob("*") if path.is_file()} == set(said)

    def test_answers_name_every_photo_once(self, sample: SampleFiles) -> None:
        with sample.answers.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["photo"] for row in rows] == [path.name for path in sample.photos]
        assert sorted(row["label"] for row in rows) == sorted([*NAMES, NO_CLASS, NO_CLASS])

    def test_photo_names_and_order_do_not_give_the_species_away(self, sample: SampleFiles) -> None:
        assert [path.name for path in sample.photos] == [f"scan_{number:04d}.jpg" for number in range(1, 8)]
        labels = [line.split(",")[1] for line in sample.answers.read_text("utf-8-sig").splitlines()[1:]]
        assert labels != sorted(labels, key=[*NAMES, NO_CLASS].index)

    def test_pictures_are_rgb_jpegs_of_one_size_and_hold_no_two_alike(self, sample: SampleFiles) -> None:
        for path in sample.folder.rglob("*.jpg"):
            with Image.open(path) as image:
                assert (image.format, image.size, image.mode) == ("JPEG", (640, 480), "RGB")
        pictures = [path.read_bytes() for path in sample.folder.rglob("*.jpg")]
        assert len(set(pictures)) == len(pictures)

    def test_photos_sort_by_the_time_they_were_scanned(self, sample: SampleFiles) -> None:
        times = []
        for path in sample.photos:
            with Image.open(path) as image:
                taken = image.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
            times.append(datetime.strptime(taken, "%Y:%m:%d %H:%M:%S"))
        assert times == sorted(set(times))

    def test_the_defaults_make_thirty_examples_and_about_sixty_photos(self, tmp_path: Path) -> None:
        progress = CancelAt(limit=1)
        with pytest.raises(Cancelled):
            write_sample(tmp_path, progress=progress)
        assert progress.told == [(0, 5 * 6 + 5 * 11 + 6)]


class TestDeterminism:
    def test_the_same_seed_gives_the_same_bytes(self, sample: SampleFiles, tmp_path: Path) -> None:
        again = small(tmp_path / "again", strangers=2)
        assert contents(again.folder) == contents(sample.folder)

    def test_another_seed_gives_other_leaves(self, sample: SampleFiles, tmp_path: Path) -> None:
        other = small(tmp_path, seed=1, photos_per_species=0, strangers=0)
        for name in NAMES:
            assert other.examples[name][0].read_bytes() != sample.examples[name][0].read_bytes()

    def test_fewer_photos_do_not_change_the_examples(self, sample: SampleFiles, tmp_path: Path) -> None:
        more = small(tmp_path, photos_per_species=0, strangers=0)
        for name in NAMES:
            assert more.examples[name][0].read_bytes() == sample.examples[name][0].read_bytes()


@pytest.mark.usefixtures("quick_drawings")
class TestFolder:
    def test_an_earlier_sample_is_written_anew_and_other_files_are_left_alone(self, tmp_path: Path) -> None:
        first = small(tmp_path, photos_per_species=0)
        before = contents(tmp_path)
        (tmp_path / "leaves.fewshot").write_bytes(b"project")
        first.photos[0].unlink()
        small(tmp_path, photos_per_species=0)
        assert contents(tmp_path) == before | {"leaves.fewshot": b"project"}

    def test_a_folder_with_other_things_is_refused_untouched(self, tmp_path: Path) -> None:
        (tmp_path / "diary.txt").write_text("mine")
        with pytest.raises(FewshotError, match="is not empty"):
            small(tmp_path)
        assert contents(tmp_path) == {"diary.txt": b"mine"}

    @pytest.mark.parametrize("name", ["examples/Oak/oak_01.jpg", "photos/scan_0002.jpg", "answers.csv"])
    def test_a_foreign_file_in_the_way_is_never_overwritten(self, tmp_path: Path, name: str) -> None:
        sample = small(tmp_path)
        Image.new("RGB", (4, 4)).save(tmp_path / name, "JPEG")
        before = contents(tmp_path)
        with pytest.raises(FewshotError, match="would be overwritten") as caught:
            small(sample.folder)
        assert Path(name).name in str(caught.value)
        assert contents(tmp_path) == before

    def test_a_file_that_is_no_picture_is_foreign_too(self, tmp_path: Path) -> None:
        path = tmp_path / "photos" / "scan_0001.jpg"
        path.parent.mkdir()
        path.write_bytes(b"not a picture")
        with pytest.raises(FewshotError, match="would be overwritten"):
            small(tmp_path)

    def test_a_file_instead_of_a_folder_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "sample"
        path.write_text("mine")
        with pytest.raises(FewshotError, match="is a file"):
            small(path)

    def test_what_the_system_leaves_in_a_folder_does_not_count(self, tmp_path: Path) -> None:
        (tmp_path / ".DS_Store").write_bytes(b"")
        assert small(tmp_path, photos_per_species=0).answers.exists()

    @pytest.mark.provokes_logs
    def test_a_folder_that_cannot_be_made_is_one_sentence(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(FewshotError, match=r"could not be written to .*; choose another folder\.$"):
            small(tmp_path / "file" / "sample")
        assert "the sample project could not be written" in caplog.text


@pytest.mark.usefixtures("quick_drawings")
class TestCancel:
    def test_only_whole_pictures_are_left_and_the_next_run_completes_them(self, tmp_path: Path) -> None:
        whole, broken_off = tmp_path / "whole", tmp_path / "broken off"
        small(whole)
        with pytest.raises(Cancelled):
            small(broken_off, progress=CancelAt(limit=3))
        left = contents(broken_off)
        assert len(left) == 3
        assert left.items() <= contents(whole).items()
        small(broken_off)
        assert contents(broken_off) == contents(whole)

    @pytest.mark.provokes_logs
    def test_a_failed_write_leaves_no_half_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(path: Path, content: bytes) -> int:
            with path.open("wb") as file:
                file.write(content[:100])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(FewshotError, match="No space left on device"):
            small(tmp_path)
        assert contents(tmp_path) == {}
        assert "the sample project could not be written" in caplog.text

    def test_progress_is_told_of_every_picture(self, tmp_path: Path) -> None:
        progress = CancelAt()
        small(tmp_path, photos_per_species=0, progress=progress)
        assert progress.told == [(done, 6) for done in range(7)]
        assert progress.asked == 6


def leaves(name: str, count: int = 20) -> list[Leaf]:
    species = next(species for species in SPECIES if species.name == name)
    return [species.habit.grow(np.random.default_rng([number, 7])) for number in range(count)]


def area(line: np.ndarray) -> float:
    x, y = line.T
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2


def length(line: np.ndarray) -> float:
    return float(np.hypot(*np.diff(line, axis=0, append=line[:1]).T).sum())


def hull(points: np.ndarray) -> np.ndarray:
    """The convex hull by Andrew's monotone chain."""
    halves = []
    ordered = points[np.lexsort(points.T[::-1])]
    for run in (ordered, ordered[::-1]):
        chain: list[np.ndarray] = []
        for point in run:
            while len(chain) > 1 and np.linalg.det(np.stack([chain[-1] - chain[-2], point - chain[-2]])) <= 0:
                chain.pop()
            chain.append(point)
        halves += chain[:-1]
    return np.stack(halves)


def fullness(leaf: Leaf) -> float:
    """The share of its hull that a leaf fills."""
    return area(leaf.outline) / area(hull(leaf.outline[::4]))


def raggedness(leaf: Leaf) -> float:
    """How much longer the outline is than its hull."""
    return length(leaf.outline) / length(hull(leaf.outline[::4]))


def side_vein_count(leaf: Leaf) -> int:
    return sum(vein.order == 2 for vein in leaf.veins)


class TestSpecies:
    def test_lobed_leaves_fill_less_of_their_hull_than_plain_ones(self) -> None:
        plain = [fullness(leaf) for name in ("Beech", "Hornbeam") for leaf in leaves(name)]
        lobed = [fullness(leaf) for name in ("Maple", "Plane", "Oak") for leaf in leaves(name)]
        assert max(lobed) < 0.88 < min(plain)

    def test_hornbeam_is_toothed_and_has_more_side_veins_than_beech(self) -> None:
        beech, hornbeam = leaves("Beech"), leaves("Hornbeam")
        assert max(map(raggedness, beech)) < min(map(raggedness, hornbeam))
        assert max(map(side_vein_count, beech)) < np.median([*map(side_vein_count, hornbeam)])

    def test_the_swollen_lobes_of_maple_fill_more_than_the_hollow_ones_of_plane_but_the_two_overlap(self) -> None:
        maple, plane = ([*map(fullness, leaves(name))] for name in ("Maple", "Plane"))
        assert np.mean(maple) > np.mean(plane) + 0.02
        assert min(maple) < max(plane)

    @pytest.mark.parametrize("name", NAMES)
    def test_no_two_leaves_and_no_two_halves_are_alike(self, name: str) -> None:
        first, second = leaves(name, 2)
        assert length(first.outline) != pytest.approx(length(second.outline), rel=1e-6)
        right = area(np.clip(first.outline, [0, -1], None))
        left = area(np.clip(first.outline, None, [0, 2]))
        assert right != pytest.approx(left, rel=1e-4)
        assert right == pytest.approx(left, rel=0.5)

    @pytest.mark.parametrize("name", NAMES)
    def test_side_veins_stay_inside_the_blade(self, name: str) -> None:
        for leaf in leaves(name, 5):
            blade = Stencil(Box(0, 0, 400, 300))
            pose = Pose((200.0, 150.0), 150.0)
            blade.polygon(pose.place(leaf.outline))
            inside = blurred(blade.coverage(), 2) > 0.05
            ends = np.stack([pose.place(vein.points)[-1] for vein in leaf.veins if vein.order == 2]).astype(int)
            assert inside[ends[:, 1], ends[:, 0]].mean() > 0.95

    @pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.name)
    def test_a_scan_shows_a_dark_leaf_on_a_light_sheet(self, species: object) -> None:
        picture = leaf_scan(species, np.random.default_rng(3))
        assert picture.shape == (480, 640, 3)
        assert picture.dtype == np.uint8
        light = picture.mean(axis=2)
        assert 0.04 < (light < 0.7 * np.median(light)).mean() < 0.5

    @pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.name)
    def test_strangers_are_drawn_the_same_way_every_time(self, stranger: object) -> None:
        first, again = (stranger_scan(stranger, np.random.default_rng(5)) for _ in range(2))
        assert first.shape == (480, 640, 3)
        np.testing.assert_array_equal(first, again)

    def test_a_leaf_beyond_the_edge_of_the_picture_is_cut_off_without_an_error(self) -> None:
        rng = np.random.default_rng(0)
        picture = np.ones((480, 640, 3), np.float32)
        for centre in ((-30.0, 240.0), (700.0, 470.0), (3000.0, -2000.0)):
            paint_leaf(picture, rng, leaves("Plane", 1)[0], Pose(centre, 300.0), weather(rng), SPECIES[3].colours)
        assert np.isfinite(picture).all()
        assert (picture[200:280, :40] < 0.8).any()


class TestGeometry:
    def test_a_ray_stops_at_the_nearest_wall(self) -> None:
        walls = walls_of(np.array([[2.0, -1.0], [2.0, 1.0], [5.0, 1.0], [5.0, -1.0]]))
        assert reach(np.zeros(2), np.array([1.0, 0.0]), walls) == pytest.approx(2.0)
        assert reach(np.array([3.0, 0.0]), np.array([0.0, 1.0]), walls) == pytest.approx(1.0)
        assert reach(np.zeros(2), np.array([-1.0, 0.0]), walls) == math.inf

    def test_a_pose_turns_clockwise_and_mirrors(self) -> None:
        tip = np.array([[0.0, 1.0], [0.2, 0.5]])
        upright = Pose((100.0, 100.0), 40.0)
        np.testing.assert_allclose(upright.place(tip), [[100, 80], [108, 100]])
        turned = Pose((100.0, 100.0), 40.0, math.pi / 2)
        np.testing.assert_allclose(turned.place(tip), [[120, 100], [100, 108]])
        mirrored = Pose((100.0, 100.0), 40.0, mirrored=True)
        np.testing.assert_allclose(mirrored.place(tip), [[100, 80], [92, 100]])

    def test_bending_keeps_the_length_of_the_midrib(self) -> None:
        midrib = np.stack([np.zeros(200), np.linspace(0, 1, 200)], axis=1)
        placed = Pose((0.0, 0.0), 100.0, bend=0.8).place(midrib)
        assert np.hypot(*np.diff(placed, axis=0).T).sum() == pytest.approx(100, rel=1e-3)

    def test_a_smooth_curve_passes_through_its_points(self) -> None:
        points = np.random.default_rng(1).normal(size=(6, 2))
        np.testing.assert_allclose(smooth_curve(points, 5)[::5], points)


class TestDrawing:
    def test_a_stencil_covers_the_area_of_what_is_drawn(self) -> None:
        stencil = Stencil(Box(10, 20, 60, 60))
        stencil.polygon(np.array([[20.0, 30.0], [40.0, 30.0], [40.0, 50.0], [20.0, 50.0]]))
        coverage = stencil.coverage()
        assert coverage.shape == (40, 50)
        assert coverage.sum() == pytest.approx(400, rel=0.05)
        assert coverage[11:29, 11:29].min() == 1

    def test_a_window_is_cut_to_the_picture(self) -> None:
        picture = np.zeros((480, 640, 3), np.float32)
        assert around(np.array([[5.0, 470.0], [50.0, 475.0]]), 10, picture) == Box(0, 460, 60, 480)

    def test_noise_is_balanced_at_every_scale(self) -> None:
        for cell in (1, 2.3, 6, 20):
            hills = noise(np.random.default_rng(2), (480, 640), cell)
            assert hills.shape == (480, 640)
            assert hills.dtype == np.float32
            assert abs(hills.mean()) < 0.15
            assert 0.7 < hills.std() < 1.3

    def test_shifting_brings_in_nothing_from_the_other_side(self) -> None:
        field = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
        np.testing.assert_array_equal(shifted(field, 1, 1), [[0, 0, 0], [0, 1, 2]])
        assert not shifted(field, 5, 5).any()

    @pytest.mark.parametrize("radius", [0.8, 6.0])
    def test_a_blur_keeps_the_amount_of_light(self, radius: float) -> None:
        field = np.zeros((80, 80), np.float32)
        field[30:50, 30:50] = 1
        soft = blurred(field, radius)
        assert soft.shape == field.shape
        assert soft.sum() == pytest.approx(400, rel=0.03)
        assert soft.max() <= 1
