"""Copies sorted into class folders."""

from __future__ import annotations

import csv
import errno
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.folders import PlannedCopy, SortingOptions, SortingOutcome, Step, carry_out, plan_sorting
from fewshot_gui.exporting.folders import copying as copying_module
from fewshot_gui.exporting.folders.copying import DRAFTS_FOLDER
from fewshot_gui.exporting.folders.log import LOG_NAME
from fewshot_gui.exporting.labels import LabelSet
from tests.unit.exporting.folder_photos import forest, label_set, labelled, names, picture, state, write


class _Stopped(Unwatched):
    """Cancels at a certain look."""

    def __init__(self, after: int) -> None:
        self.left = after

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


class _Places(NamedTuple):
    source: Path
    target: Path


@pytest.fixture
def places(tmp_path: Path) -> _Places:
    (tmp_path / "photos").mkdir()
    return _Places(tmp_path / "photos", tmp_path / "sorted")


def _sort(labels: LabelSet, target: Path, options: SortingOptions | None = None) -> SortingOutcome:
    return carry_out(plan_sorting(labels, target, Unwatched(), options=options), Unwatched())


def _log(target: Path) -> list[dict[str, str]]:
    with (target / LOG_NAME).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_photos_are_copied_to_the_folder_of_their_class_with_their_times(places: _Places) -> None:
    labels = forest(places.source)
    outcome = _sort(labels, places.target, SortingOptions(minimum_confidence=0.5))
    assert names(places.target) == {
        "fox/IMG_1.JPG",
        "fox/IMG_1 (2).JPG",
        "fox/img_1 (3).jpg",
        "fox/IMG_1 (4).JPG",
        "Unsure/IMG (2).png",
        "None of these/strange.png",
        "badger/sure.png",
        LOG_NAME,
    }
    assert (outcome.copied, outcome.left_out, outcome.failed) == (7, 1, ())
    copy = places.target / "fox" / "IMG_1 (2).JPG"
    assert copy.read_bytes() == picture(2)
    assert copy.stat().st_mtime_ns == labels.photos[1].path.stat().st_mtime_ns


@pytest.mark.parametrize("options", [SortingOptions(), SortingOptions(metadata=True), SortingOptions(hard_links=True)])
def test_sorting_twice_changes_nothing_and_leaves_the_originals_as_they_were(
    places: _Places, options: SortingOptions
) -> None:
    labels = forest(places.source)
    originals = state(places.source)
    _sort(labels, places.target, options)
    once = state(places.target)
    outcome = _sort(labels, places.target, options)
    log = once.pop(LOG_NAME)
    twice = state(places.target)
    assert log[0] == twice.pop(LOG_NAME)[0]
    assert once == twice
    assert (outcome.copied, outcome.linked, outcome.renewed, outcome.in_place) == (0, 0, 0, 7)
    assert state(places.source) == originals


def test_the_plan_writes_nothing_and_names_every_photo(places: _Places) -> None:
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched(), options=SortingOptions(strangers=False))
    assert not places.target.exists()
    assert [copy.photo for copy in plan.copies] == list(labels.photos)
    assert plan.count(Step.COPY) == 6
    assert plan.needed_bytes == sum(copy.photo.path.stat().st_size for copy in plan.copies if copy.target)
    left = {copy.photo.path.name: copy.reason for copy in plan.copies if copy.step is Step.LEAVE_OUT}
    assert left == {"strange.png": "it belongs to none of the classes", "bad.jpg": "the file is damaged"}
    assert str(plan) == f"6 photos to be copied to “{places.target}”; 2 left out."


def test_what_was_in_the_target_is_never_replaced(places: _Places) -> None:
    labels = forest(places.source)
    write(places.target / "fox" / "IMG_1.JPG", b"somebody else's")
    write(places.target / "fox" / "IMG_1 (3).JPG", picture(2)[:-1] + b"x")  # the same size, other content
    write(places.target / LOG_NAME, b"a table of another program\n")
    before = state(places.target)
    _sort(labels, places.target)
    after = state(places.target)
    assert before.items() <= after.items()
    assert {
        "fox/IMG_1 (2).JPG",
        "fox/IMG_1 (4).JPG",
        "fox/img_1 (5).jpg",
        "fox/IMG_1 (6).JPG",
        "copies (2).csv",
    } <= set(after)


def test_copies_are_found_again_in_another_order(places: _Places) -> None:
    labels = forest(places.source)
    _sort(labels, places.target)
    turned = label_set(*reversed(labels.photos), root=places.source)
    outcome = _sort(turned, places.target)
    assert (outcome.copied, outcome.in_place) == (0, 7)


def test_after_a_cancel_a_new_run_does_the_rest(places: _Places) -> None:
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched())
    with pytest.raises(KeyboardInterrupt):
        carry_out(plan, _Stopped(after=6))
    done = [row["status"] for row in _log(places.target)]
    assert 0 < done.count("copy") < 7
    assert done.count("not done") == 7 - done.count("copy")
    with pytest.raises(KeyboardInterrupt):
        carry_out(plan_sorting(labels, places.target, Unwatched()), _Stopped(after=0))
    assert [row["status"] for row in _log(places.target)] == done
    assert len(names(places.target)) == done.count("copy") + 1
    outcome = _sort(labels, places.target)
    assert outcome.in_place == done.count("copy")
    assert outcome.copied == 7 - outcome.in_place
    assert not (places.target / DRAFTS_FOLDER).exists()


def test_after_being_killed_a_new_run_does_the_rest(places: _Places) -> None:
    labels = forest(places.source)
    program = f"""
        import os
        from pathlib import Path
        from fewshot_gui.core.progress import Unwatched
        from fewshot_gui.exporting.folders import carry_out, copying, plan_sorting
        from tests.unit.exporting.folder_photos import label_set, labelled

        source = Path({str(places.source)!r})
        photos = [labelled(source / name, "fox") for name in ("a/IMG_1.JPG", "b/IMG_1.JPG", "b/img_1.jpg")]
        plan = plan_sorting(label_set(*photos), Path({str(places.target)!r}), Unwatched())
        synchronise, calls = os.fsync, []
        def die_in_the_second(descriptor):
            calls.append(descriptor)
            os._exit(9) if len(calls) == 2 else synchronise(descriptor)
        os.fsync = die_in_the_second
        carry_out(plan, Unwatched())
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, cwd=Path(__file__).parents[3])
    assert run.returncode == 9
    assert len(list((places.target / DRAFTS_FOLDER).iterdir())) == 1
    assert [path.read_bytes() for path in (places.target / "fox").iterdir()] == [picture(1)]
    outcome = _sort(labels, places.target)
    assert (outcome.copied, outcome.in_place) == (6, 1)
    assert not (places.target / DRAFTS_FOLDER).exists()


def test_what_somebody_else_keeps_where_drafts_go_stays(places: _Places) -> None:
    kept = write(places.target / DRAFTS_FOLDER / "mine.txt", b"mine")
    assert _sort(forest(places.source), places.target).copied == 7
    assert [path.name for path in (places.target / DRAFTS_FOLDER).iterdir()] == [kept.name]


def test_drafts_are_not_written_through_a_link(places: _Places) -> None:
    elsewhere = places.source.parent / "elsewhere"
    elsewhere.mkdir()
    places.target.mkdir()
    (places.target / DRAFTS_FOLDER).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(FewshotError, match="is a link"):
        _sort(forest(places.source), places.target)
    assert (places.target / DRAFTS_FOLDER).is_symlink()


@pytest.mark.provokes_logs
def test_a_full_disk_is_told_and_what_was_copied_is_complete(places: _Places, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched())
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(copying_module.os, "fsync", full)
    with pytest.raises(FewshotError, match=r"made before \(2 copies\) is complete"):
        carry_out(plan, Unwatched())
    assert names(places.target) == {"fox/IMG_1.JPG", "fox/IMG_1 (2).JPG", LOG_NAME}
    monkeypatch.undo()
    assert _sort(labels, places.target).in_place == 2


def test_too_little_space_is_told_before_anything_is_written(places: _Places, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(places.source)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100))
    plan = plan_sorting(forest(places.source), places.target, Unwatched())
    assert not plan.fits
    with pytest.raises(FewshotError, match="make room or choose another disk"):
        carry_out(plan, Unwatched())
    assert not places.target.exists()


@pytest.mark.provokes_logs
def test_a_photo_that_vanishes_is_told_and_the_others_are_copied(places: _Places) -> None:
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched())
    labels.photos[0].path.unlink()
    outcome = carry_out(plan, Unwatched())
    assert outcome.failed == ((labels.photos[0].path, "it is no longer there"),)
    assert outcome.copied == 6
    assert _log(places.target)[0]["reason"] == "it is no longer there"


@pytest.mark.provokes_logs
def test_a_place_that_is_taken_meanwhile_is_not_replaced(places: _Places) -> None:
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched())
    write(places.target / "fox" / "IMG_1.JPG", b"came later")
    outcome = carry_out(plan, Unwatched())
    assert [path for path, _ in outcome.failed] == [labels.photos[0].path]
    assert (places.target / "fox" / "IMG_1.JPG").read_bytes() == b"came later"


def test_without_links_in_the_file_system_nothing_is_replaced_either(
    places: _Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(copying_module.os, "link", refuse)
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched(), options=SortingOptions(hard_links=True))
    write(places.target / "fox" / "IMG_1.JPG", b"came later")
    outcome = carry_out(plan, Unwatched())
    assert (outcome.copied, outcome.linked, len(outcome.failed)) == (6, 0, 1)
    assert (places.target / "fox" / "IMG_1.JPG").read_bytes() == b"came later"
    assert any("Copied instead of linked" in note for note in outcome.notes)


def test_hard_links_share_the_content_and_take_no_space(places: _Places) -> None:
    labels = forest(places.source)
    plan = plan_sorting(labels, places.target, Unwatched(), options=SortingOptions(hard_links=True))
    assert plan.needed_bytes == 0
    outcome = carry_out(plan, Unwatched())
    assert outcome.linked == 7
    assert (places.target / "fox" / "IMG_1.JPG").samefile(labels.photos[0].path)
    assert [row["status"] for row in _log(places.target)] == ["hard link"] * 7 + ["left out"]


def test_a_link_is_made_to_the_photo_and_not_to_the_link_to_it(places: _Places) -> None:
    photo = write(places.source / "elsewhere" / "IMG_1.JPG", picture(1))
    link = places.source / "link.jpg"
    link.symlink_to(photo)
    _sort(label_set(labelled(link, "fox")), places.target, SortingOptions(hard_links=True))
    copy = places.target / "fox" / "link.jpg"
    assert not copy.is_symlink()
    assert copy.samefile(photo)


def test_links_and_labels_inside_exclude_each_other(places: _Places) -> None:
    with pytest.raises(FewshotError, match="hard link is the original itself"):
        plan_sorting(
            forest(places.source),
            places.target,
            Unwatched(),
            options=SortingOptions(hard_links=True, metadata=True),
        )


def test_photos_on_another_disk_are_copied_and_the_plan_says_so(
    places: _Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_disk = Path("/dev/shm")
    if not other_disk.is_dir() or other_disk.stat().st_dev == places.source.stat().st_dev:
        pytest.skip("there is no second file system")
    target = other_disk / f"fewshot-gui-test-{os.getpid()}"
    try:
        plan = plan_sorting(forest(places.source), target, Unwatched(), options=SortingOptions(hard_links=True))
        assert plan.count(Step.COPY) == 7
        assert plan.notes == ("Copied instead of linked, because the target is on another disk: 7 photos.",)
        assert carry_out(plan, Unwatched()).copied == 7
    finally:
        shutil.rmtree(target, ignore_errors=True)


def test_unsafe_classes_get_safe_folders_of_their_own(places: _Places) -> None:
    classes = ("../up", "CON", "Fox", "fox", "Unsure", "e\u0301", "é", "x" * 400)
    photos = [labelled(write(places.source / f"{i}.png", picture(i, "PNG")), name) for i, name in enumerate(classes)]
    photos.append(labelled(write(places.source / "doubt.png", picture(20, "PNG")), "Fox", 0.1))
    _sort(label_set(*photos, classes=classes), places.target, SortingOptions(minimum_confidence=0.5))
    assert names(places.target) == {
        "__up/0.png",
        "_CON/1.png",
        "Fox/2.png",
        "fox (2)/3.png",
        "Unsure/4.png",
        "e\u0301/5.png",
        "é (2)/6.png",
        "x" * 200 + "/7.png",
        "Unsure (2)/doubt.png",
        LOG_NAME,
    }


def test_a_corrected_label_makes_a_new_copy_and_the_old_one_is_named(places: _Places) -> None:
    labels = forest(places.source)
    _sort(labels, places.target)
    first, second, *others = labels.photos
    corrected = label_set(first, labelled(second.path, "badger"), *others, root=places.source)
    plan = plan_sorting(corrected, places.target, Unwatched())
    assert plan.outdated == (places.target / "fox" / "IMG_1 (2).JPG",)
    for _ in range(2):
        carry_out(plan_sorting(corrected, places.target, Unwatched()), Unwatched())
        assert {"fox/IMG_1 (2).JPG", "badger/IMG_1.JPG"} <= names(places.target)
        listed = [(row["target"], row["status"]) for row in _log(places.target)]
        assert listed.count(("fox/IMG_1 (2).JPG", "outdated")) == 1
        assert listed.count(("badger/IMG_1.JPG", "copy")) == 1


def test_a_copy_that_serves_another_photo_of_the_same_content_is_not_outdated(places: _Places) -> None:
    labels = forest(places.source)
    _sort(labels, places.target)
    corrected = label_set(labelled(labels.photos[0].path, "badger"), *labels.photos[1:], root=places.source)
    plan = plan_sorting(corrected, places.target, Unwatched())
    assert plan.outdated == (places.target / "fox" / "IMG_1 (4).JPG",)


def test_the_list_keeps_the_photos_of_earlier_runs(places: _Places) -> None:
    labels = forest(places.source)
    _sort(label_set(*labels.photos[:2]), places.target)
    _sort(label_set(*labels.photos[1:3]), places.target)
    assert [Path(row["source"]) for row in _log(places.target)] == [photo.path for photo in labels.photos[:3]]


def test_the_same_photo_twice_and_photos_in_the_target_are_left_out(places: _Places) -> None:
    photo = labelled(write(places.source / "IMG_1.JPG", picture(1)), "fox")
    inside = labelled(write(places.target / "old" / "IMG_2.JPG", picture(2)), "fox")
    folder = labelled(places.source / "folder.jpg", "fox")
    folder.path.mkdir()
    gone = labelled(places.source / "gone.jpg", "fox")
    plan = plan_sorting(label_set(photo, photo, inside, folder, gone), places.target, Unwatched())
    assert [copy.reason for copy in plan.copies] == [
        "",
        "it is in the list twice",
        "it lies in the target folder itself",
        "it is not a file",
        "it is no longer there",
    ]


def test_every_field_of_a_pattern_has_its_value(places: _Places) -> None:
    photo = labelled(write(places.source / "DCIM" / "IMG_1.JPG", picture(1)), "fox", 0.996)
    os.utime(photo.path, (1_700_000_000, 1_700_000_000))
    pattern = "{project}/{label}/{folder} {number} {confidence} {date} {stem}{suffix}"
    plan = plan_sorting(label_set(photo), places.target, Unwatched(), options=SortingOptions(pattern))
    (copy,) = plan.copies
    assert _relative(copy, places.target) == "Forest/fox/DCIM 1 099 2023-11-14 IMG_1.JPG"
    plan = plan_sorting(label_set(photo), places.target, Unwatched(), options=SortingOptions("{label}/{fingerprint}"))
    assert len(plan.copies[0].target.stem if plan.copies[0].target else "") == 12


def test_a_name_that_is_no_text_is_copied_and_listed(places: _Places) -> None:
    if sys.platform != "linux":
        pytest.skip("names are text here")
    photo = labelled(write(places.source / os.fsdecode(b"caf\xe9.jpg"), picture(1)), "fox")
    assert _sort(label_set(photo), places.target).copied == 1
    assert _sort(label_set(photo), places.target).in_place == 1
    assert _log(places.target)[0]["target"] == r"fox/caf\udce9.jpg"


def _relative(copy: PlannedCopy, target: Path) -> str:
    return copy.target.relative_to(target).as_posix() if copy.target else ""
