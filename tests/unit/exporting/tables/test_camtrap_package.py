"""Camera Trap Data Packages, against the schemas of the standard."""

from __future__ import annotations

import csv
import json
import os
import shutil
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.exporting import NONE_OF_THESE_LABEL, LabelSet
from fewshot_gui.exporting.tables import (
    CamtrapDetails,
    MissingPositionsError,
    ObservationType,
    deployment_names,
    write_camtrap,
)
from fewshot_gui.imaging import fingerprint, scan_photos
from tests.unit.exporting.tables.making import Impatient, by_machine, by_person, labels_of, take_photo, unreadable

SCHEMAS = Path(__file__).parents[3] / "data" / "camtrap_dp_1.0.2"
PUBLISHED = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/"
DETAILS = CamtrapDetails("Zoë Müller", position=(52.5, 13.25), zone=timezone(timedelta(hours=2)))
FILES = {"datapackage.json", "deployments.csv", "media.csv", "observations.csv"}


def problems_of(package: Path) -> list[str]:
    """What frictionless finds wrong with a package, by the schemas beside the tests instead of the published ones."""
    frictionless = pytest.importorskip("frictionless")
    jsonschema = pytest.importorskip("jsonschema")
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    profile = json.loads((SCHEMAS / "camtrap-dp-profile.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft4Validator(profile, format_checker=jsonschema.FormatChecker())
    problems = [error.message for error in validator.iter_errors(descriptor)]
    assert descriptor.pop("profile") == f"{PUBLISHED}camtrap-dp-profile.json"
    for resource in descriptor["resources"]:
        name = f"{resource['name']}-table-schema.json"
        assert resource["schema"] == PUBLISHED + name
        resource["schema"] = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    report = frictionless.Package.from_descriptor(descriptor, basepath=str(package)).validate()
    return problems + [str(problem) for problem in report.flatten(["rowNumber", "fieldName", "note", "message"])]


def rows_of(package: Path, table: str) -> list[dict[str, str]]:
    with (package / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def descriptor_of(package: Path) -> dict[str, Any]:
    descriptor: dict[str, Any] = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    return descriptor


@pytest.fixture
def survey(tmp_path: Path) -> LabelSet:
    """Two cameras, one of which tells where it stands, and every kind of label."""
    root = tmp_path / "photos"
    north, south = root / "Site Nord é", root / "south"
    photos = [
        by_machine(take_photo(north / "1.jpg", "2024:05:04 03:02:01", place=(52, 13)), "Vulpes vulpes", 0.93),
        by_machine(take_photo(north / "2.jpg", "2024:05:01 03:02:01", place=(52, 13)), "Empty", 0.6),
        by_person(take_photo(north / "sub" / "=3.jpg", "2024:06:01 23:59:59"), "Vulpes vulpes"),
        by_person(take_photo(south / "a..b.jpg", "2024:05:04 03:02:01", zone="+01:00"), "Person"),
        by_machine(take_photo(south / "quad.jpg"), "Vehicle"),
        by_machine(take_photo(south / "other.jpg"), NONE_OF_THESE_LABEL, 0.4),
        unreadable(take_photo(south / "broken.jpg"), "the file is cut off"),
    ]
    return labels_of(photos, root, classes=("Vulpes vulpes", "Empty", "Person", "Vehicle"))


def test_a_package_is_valid(survey: LabelSet, tmp_path: Path) -> None:
    written = write_camtrap(tmp_path / "package", survey, DETAILS)
    assert {path.name for path in (tmp_path / "package").iterdir()} == FILES
    assert problems_of(tmp_path / "package") == []
    assert (written.photos, written.notes) == (7, ())


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("observations", ",media,", ",photo,"),
        ("observations", ",0.9300,", ",1.9300,"),
        ("media", "image/jpeg", "jpeg"),
        ("media", "false", "perhaps"),
        ("media", "+02:00", ""),
        ("deployments", "52.500000", "152.5"),
        ("deployments", "\nsouth", "\nwest"),
    ],
)
def test_the_validation_sees_errors(survey: LabelSet, tmp_path: Path, table: str, old: str, new: str) -> None:
    write_camtrap(tmp_path / "package", survey, DETAILS)
    path = tmp_path / "package" / f"{table}.csv"
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())
    assert problems_of(tmp_path / "package") != []


def test_deployments_are_the_folders_with_the_span_of_their_photos(survey: LabelSet, tmp_path: Path) -> None:
    write_camtrap(tmp_path / "package", survey, DETAILS)
    north, south = rows_of(tmp_path / "package", "deployments")
    assert (north["deploymentID"], north["locationName"]) == ("Site Nord é", "Site Nord é")
    assert (north["latitude"], north["longitude"], north["coordinateUncertainty"]) == ("52.000000", "13.000000", "1")
    assert (north["deploymentStart"], north["deploymentEnd"]) == (
        "2024-05-01T03:02:01+02:00",
        "2024-06-01T23:59:59+02:00",
    )
    assert (north["cameraModel"], north["timestampIssues"]) == ("RECONYX-HC500", "false")
    assert (south["latitude"], south["longitude"], south["coordinateUncertainty"]) == ("52.500000", "13.250000", "")
    # 03:02:01 at +02:00 is earlier than at +01:00, which that camera told itself.
    assert south["deploymentEnd"] == "2024-05-04T03:02:01+01:00"
    assert deployment_names(survey) == ("Site Nord é", "south")


def test_media_are_found_by_paths_from_the_folder_of_photos(survey: LabelSet, tmp_path: Path) -> None:
    write_camtrap(tmp_path / "package", survey, DETAILS)
    media = rows_of(tmp_path / "package", "media")
    paths = [row["filePath"] for row in media]
    assert paths[:4] == ["Site Nord é/1.jpg", "Site Nord é/2.jpg", "Site Nord é/sub/=3.jpg", "south/a.%2Eb.jpg"]
    assert [row["fileName"] for row in media][3] == "a..b.jpg"
    assert media[6]["mediaComments"] == "the file is cut off"
    for name in FILES:
        assert str(tmp_path) not in (tmp_path / "package" / name).read_text(encoding="utf-8")


def test_observations_say_who_classified_when_and_how_surely(survey: LabelSet, tmp_path: Path) -> None:
    write_camtrap(tmp_path / "package", survey, DETAILS)
    fox, empty, confirmed, person, vehicle, other, broken = rows_of(tmp_path / "package", "observations")
    assert (fox["classificationMethod"], fox["classifiedBy"]) == ("machine", "fewshot-gui 0.3, ridge on Fast")
    assert (fox["classificationTimestamp"], fox["classificationProbability"]) == ("2026-11-21T18:00:05Z", "0.9300")
    assert (confirmed["classificationMethod"], confirmed["classifiedBy"]) == ("human", "Zoë Müller")
    assert (confirmed["classificationTimestamp"], confirmed["classificationProbability"]) == (
        "2026-11-20T08:00:00Z",
        "",
    )
    kinds = [row["observationType"] for row in (fox, empty, confirmed, person, vehicle, other, broken)]
    assert kinds == ["animal", "blank", "animal", "human", "vehicle", "unknown", "unclassified"]
    names = [row["scientificName"] for row in (fox, empty, person, vehicle, other, broken)]
    assert names == ["Vulpes vulpes", "", "Homo sapiens", "", "", ""]
    assert (fox["observationTags"], other["observationComments"]) == ("class:Vulpes vulpes", NONE_OF_THESE_LABEL)
    assert fox["eventStart"] == fox["eventEnd"] == "2024-05-04T03:02:01+02:00"
    assert broken["classificationMethod"] == ""


def test_the_descriptor_tells_what_a_person_said(survey: LabelSet, tmp_path: Path) -> None:
    details = CamtrapDetails(
        "Zoë Müller",
        organization="Institut für Wälder",
        email="zoe@example.org",
        title="Foxes of the forêt",
        description="A survey.",
        sampling_design="systematicRandom",
        capture_methods=("timeLapse", "activityDetection"),
        positions={"Site Nord é": (1.5, 2.5), "south": (-1.5, 179)},
        zone=UTC,
        scientific_names={"Vehicle": "Homo faber"},
        observation_types={"Vehicle": ObservationType.ANIMAL},
        language="eng",
        data_licence="CC0-1.0",
        media_licence="CC-BY-4.0",
    )
    write_camtrap(tmp_path / "package", survey, details)
    assert problems_of(tmp_path / "package") == []
    descriptor = descriptor_of(tmp_path / "package")
    assert (descriptor["name"], descriptor["title"]) == ("foret-2024", "Foxes of the forêt")
    assert descriptor["contributors"][0]["organization"] == "Institut für Wälder"
    assert descriptor["project"]["captureMethod"] == ["activityDetection", "timeLapse"]
    assert descriptor["spatial"]["coordinates"][0][:2] == [[2.5, -1.5], [179, -1.5]]
    assert descriptor["temporal"] == {"start": "2024-05-01", "end": "2024-06-01"}
    assert descriptor["taxonomic"] == [
        {"scientificName": "Homo faber", "vernacularNames": {"eng": "Vehicle"}},
        {"scientificName": "Homo sapiens", "vernacularNames": {"eng": "Person"}},
        {"scientificName": "Vulpes vulpes"},
    ]
    # A given position goes before that of the photos.
    assert rows_of(tmp_path / "package", "deployments")[0]["latitude"] == "1.500000"


def test_photos_on_the_web_have_addresses(survey: LabelSet, tmp_path: Path) -> None:
    details = CamtrapDetails("Z", position=(1, 2), zone=UTC, media_address="https://example.org/p/", media_public=True)
    write_camtrap(tmp_path / "package", survey, details)
    assert problems_of(tmp_path / "package") == []
    media = rows_of(tmp_path / "package", "media")
    assert media[0]["filePath"] == "https://example.org/p/Site%20Nord%20%C3%A9/1.jpg"
    assert media[3]["filePath"] == "https://example.org/p/south/a.%2Eb.jpg"
    assert media[0]["filePublic"] == "true"


def test_missing_positions_are_named_and_nothing_is_written(survey: LabelSet, tmp_path: Path) -> None:
    with pytest.raises(MissingPositionsError, match="“south” tells it; give latitude and longitude") as error:
        write_camtrap(tmp_path / "package", survey, CamtrapDetails("Z", zone=UTC))
    assert error.value.deployments == ("south",)
    assert {path.name for path in tmp_path.iterdir()} == {"photos"}


def test_photos_of_one_deployment_far_apart_make_it_uncertain(tmp_path: Path) -> None:
    places = [(52.0, 13.0), (52.0, 13.0), (52.01, 13.0)]
    photos = [by_machine(take_photo(tmp_path / "p" / f"{i}.jpg", place=at), "Fox") for i, at in enumerate(places)]
    write_camtrap(tmp_path / "package", labels_of(photos, tmp_path / "p"), CamtrapDetails("Z", zone=UTC))
    (deployment,) = rows_of(tmp_path / "package", "deployments")
    assert deployment["deploymentID"] == "p"
    # A hundredth of a degree of latitude is 1.112 km.
    assert 1110 <= int(deployment["coordinateUncertainty"]) <= 1115
    assert deployment["latitude"] == "52.000000"


def test_a_deployment_where_the_date_changes_stays_there(tmp_path: Path) -> None:
    places = [(0, 179.99), (0, -179.99)]
    photos = [by_machine(take_photo(tmp_path / "p" / f"{i}.jpg", place=at), "Fox") for i, at in enumerate(places)]
    write_camtrap(tmp_path / "package", labels_of(photos, tmp_path / "p"), CamtrapDetails("Z", zone=UTC))
    (deployment,) = rows_of(tmp_path / "package", "deployments")
    assert abs(float(deployment["longitude"])) == 179.99
    assert int(deployment["coordinateUncertainty"]) < 2300


def test_guessed_times_are_flagged(tmp_path: Path) -> None:
    timeless = take_photo(tmp_path / "p" / "a" / "1.jpg", "")
    os.utime(timeless, (1_700_000_000, 1_700_000_000))
    zoneless = take_photo(tmp_path / "p" / "b" / "2.jpg", "2024:05:04 03:02:01")
    sure = take_photo(tmp_path / "p" / "c" / "3.jpg", "2024:05:04 03:02:01", zone="-03:30")
    labels = labels_of([by_machine(path, "Fox") for path in (timeless, zoneless, sure)], tmp_path / "p")
    written = write_camtrap(tmp_path / "package", labels, CamtrapDetails("Z", position=(1, 2)))
    assert problems_of(tmp_path / "package") == []
    media = rows_of(tmp_path / "package", "media")
    assert media[0]["timestamp"] == "2023-11-14T22:13:20Z"
    assert "time of the file" in media[0]["mediaComments"]
    assert media[1]["timestamp"].startswith("2024-05-04T03:02:01")
    assert "time zone" in media[1]["mediaComments"]
    assert (media[2]["timestamp"], media[2]["mediaComments"]) == ("2024-05-04T03:02:01-03:30", "")
    flags = [row["timestampIssues"] for row in rows_of(tmp_path / "package", "deployments")]
    assert flags == ["true", "true", "false"]
    assert written.notes == (
        "1 photo tells no time: the time of the file is given.",
        "1 photo tells no time zone: that of this computer is given.",
    )


def test_a_damaged_photo_is_kept_and_a_vanished_one_left_out(tmp_path: Path) -> None:
    damaged = tmp_path / "p" / "a.jpg"
    damaged.parent.mkdir()
    damaged.write_bytes(b"no photo")
    photos = [unreadable(damaged), by_machine(tmp_path / "p" / "gone.jpg", "Fox")]
    written = write_camtrap(tmp_path / "package", labels_of(photos, tmp_path / "p"), DETAILS)
    assert problems_of(tmp_path / "package") == []
    assert [row["fileName"] for row in rows_of(tmp_path / "package", "media")] == ["a.jpg"]
    assert (written.photos, written.notes[0]) == (1, "1 photo is no longer there and left out.")
    with pytest.raises(FewshotError, match="none of these is there"):
        write_camtrap(tmp_path / "other", labels_of(photos[1:], tmp_path / "p"), DETAILS)


@pytest.mark.parametrize("name", ["NA", "NaN", "nan", "a..b", ".hidden", "~home", "a|b", 'quo"te', "x,y", " lead"])
def test_folders_of_any_name_are_valid_deployments(tmp_path: Path, name: str) -> None:
    photo = take_photo(tmp_path / "p" / name / "1.jpg")
    details = CamtrapDetails("Z", positions={name: (1, 2)}, zone=UTC)
    write_camtrap(tmp_path / "package", labels_of([by_machine(photo, "Fox")], tmp_path / "p"), details)
    assert problems_of(tmp_path / "package") == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
def test_names_that_are_no_text_or_hold_ends_of_lines_are_valid(tmp_path: Path) -> None:
    photos = [take_photo(tmp_path / "p" / name) for name in ("two\nlines.jpg", "bad\udcff.jpg", "tab\t.jpg")]
    write_camtrap(
        tmp_path / "package", labels_of([by_machine(photo, "Fox") for photo in photos], tmp_path / "p"), DETAILS
    )
    assert problems_of(tmp_path / "package") == []
    paths = [row["filePath"] for row in rows_of(tmp_path / "package", "media")]
    assert paths == ["two%0Alines.jpg", "bad\\udcff.jpg", "tab%09.jpg"]


def test_several_roots_do_not_mix(tmp_path: Path) -> None:
    roots = [tmp_path / "a" / "DCIM", tmp_path / "b" / "DCIM"]
    photos = [by_machine(take_photo(root / "100" / "1.jpg"), "Fox") for root in roots]
    write_camtrap(tmp_path / "package", labels_of(photos, *roots), DETAILS)
    assert problems_of(tmp_path / "package") == []
    assert [row["filePath"] for row in rows_of(tmp_path / "package", "media")] == ["DCIM/100/1.jpg", "DCIM 2/100/1.jpg"]
    names = [row["deploymentID"] for row in rows_of(tmp_path / "package", "deployments")]
    assert names == ["DCIM/100", "DCIM 2/100"]


def test_identifiers_follow_the_content_and_copies_are_told_apart(tmp_path: Path) -> None:
    photos = [take_photo(tmp_path / "p" / folder / "1.jpg") for folder in ("a", "b")]
    labelled = [by_machine(photo, "Fox", fingerprint="0f" * 16) for photo in photos]
    write_camtrap(tmp_path / "package", labels_of(labelled, tmp_path / "p"), DETAILS)
    first = [row["mediaID"] for row in rows_of(tmp_path / "package", "media")]
    assert len(set(first)) == 2
    moved = shutil.move(photos[0], tmp_path / "p" / "elsewhere.jpg")
    again = [by_machine(Path(moved), "Fox", fingerprint="0f" * 16)]
    write_camtrap(tmp_path / "again", labels_of(again, tmp_path / "p"), DETAILS)
    assert [row["mediaID"] for row in rows_of(tmp_path / "again", "media")] == first[:1]


def test_a_zip_file_holds_the_same(survey: LabelSet, tmp_path: Path) -> None:
    target = tmp_path / "package.zip"
    write_camtrap(target, survey, DETAILS)
    with zipfile.ZipFile(target) as archive:
        assert set(archive.namelist()) == FILES
        archive.extractall(tmp_path / "unpacked")
    assert problems_of(tmp_path / "unpacked") == []
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "package.zip", "unpacked"}


@pytest.mark.parametrize("name", ["package", "package.zip"])
def test_cancelling_leaves_nothing_behind(survey: LabelSet, tmp_path: Path, name: str) -> None:
    with pytest.raises(Cancelled):
        write_camtrap(tmp_path / name, survey, DETAILS, Impatient(3))
    assert {path.name for path in tmp_path.iterdir()} == {"photos"}


@pytest.mark.parametrize(
    ("details", "message"),
    [
        (CamtrapDetails(" "), "who made the package"),
        (CamtrapDetails("Z", sampling_design="random"), "sampling design “random”"),
        (CamtrapDetails("Z", capture_methods=()), "what set the cameras off"),
        (CamtrapDetails("Z", capture_methods=("video",)), "what set the cameras off"),
        (CamtrapDetails("Z", language="en"), "three letters"),
        (CamtrapDetails("Z", email="zoe"), "no email address"),
        (CamtrapDetails("Z", position=(91, 0)), "no place on Earth"),
        (CamtrapDetails("Z", positions={"south": (0, -181)}), "no place on Earth"),
        (CamtrapDetails("Z", position=(float("nan"), 0)), "no place on Earth"),
        (CamtrapDetails("Z", data_licence="CC0-1.0"), "give both"),
    ],
)
def test_what_would_make_no_valid_package_is_refused(
    survey: LabelSet, tmp_path: Path, details: CamtrapDetails, message: str
) -> None:
    with pytest.raises(FewshotError, match=message):
        write_camtrap(tmp_path / "package", survey, details)


def test_local_times_without_zone_are_those_of_this_computer(tmp_path: Path) -> None:
    photo = take_photo(tmp_path / "p" / "1.jpg", "2024:01:04 03:02:01")
    write_camtrap(
        tmp_path / "package",
        labels_of([by_machine(photo, "Fox")], tmp_path / "p"),
        CamtrapDetails("Z", position=(1, 2)),
    )
    time = datetime.fromisoformat(rows_of(tmp_path / "package", "media")[0]["timestamp"])
    assert time == datetime(2024, 1, 4, 3, 2, 1).astimezone()


@pytest.mark.shared_data
def test_a_package_of_real_photos_is_valid(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "photos"
    photos = [by_machine(path, "Fox", fingerprint=fingerprint(path)) for path in scan_photos(root)]
    write_camtrap(tmp_path / "package", labels_of(photos, root), DETAILS)
    assert problems_of(tmp_path / "package") == []
    times = {row["fileName"]: row["timestamp"] for row in rows_of(tmp_path / "package", "media")}
    assert times["exif-samples__jpg__gps__DSCN0010.jpg"] == "2008-10-22T16:28:39+02:00"
    assert times["exif-samples__jpg__mobile__HMD_Nokia_8.3_5G.jpg"] == "2022-08-14T14:12:31+03:00"
    (deployment,) = rows_of(tmp_path / "package", "deployments")
    # Italy, Spain, Germany and Finland.
    assert 1_000_000 < int(deployment["coordinateUncertainty"]) < 3_000_000
