"""Darwin Core occurrences."""

from __future__ import annotations

import csv
import uuid
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.exporting import NONE_OF_THESE_LABEL, LabelSet
from fewshot_gui.exporting.tables import DarwinCoreDetails, ObservationType, write_darwin_core
from tests.unit.exporting.tables.making import Impatient, by_machine, by_person, labels_of, take_photo, unreadable


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def labels(tmp_path: Path) -> LabelSet:
    root = tmp_path / "photos"
    photos = [
        by_machine(take_photo(root / "a é" / "1.jpg", place=(-33.5, 70)), "Vulpes vulpes", 0.934, fingerprint="a" * 32),
        by_person(take_photo(root / "2.jpg", zone="+01:00"), "Marten"),
        by_machine(take_photo(root / "3.jpg"), "Empty"),
        by_person(take_photo(root / "4.jpg"), "Person"),
        by_machine(take_photo(root / "5.jpg"), NONE_OF_THESE_LABEL),
        unreadable(root / "6.jpg"),
        by_machine(take_photo(root / "7.jpg", ""), "Marten"),
    ]
    return labels_of(photos, root)


def test_occurrences_of_organisms(labels: LabelSet, tmp_path: Path) -> None:
    details = DarwinCoreDetails(scientific_names={"Marten": "Martes martes"})
    written = write_darwin_core(tmp_path / "o.csv", labels, details)
    fox, marten, timeless = _read(tmp_path / "o.csv")
    assert fox == {
        "occurrenceID": fox["occurrenceID"],
        "basisOfRecord": "MachineObservation",
        "occurrenceStatus": "present",
        "eventDate": "2024-05-04T03:02:01",
        "decimalLatitude": "-33.500000",
        "decimalLongitude": "70.000000",
        "geodeticDatum": "EPSG:4326",
        "scientificName": "Vulpes vulpes",
        "vernacularName": "",
        "verbatimIdentification": "Vulpes vulpes",
        "identifiedBy": "fewshot-gui 0.3, ridge on Fast",
        "dateIdentified": "2026-11-21T18:00:05Z",
        "identificationVerificationStatus": "unverified",
        "identificationRemarks": "classified by a machine with 93% confidence",
        "associatedMedia": "a é/1.jpg",
        "datasetName": "Forêt 2024",
    }
    assert (marten["scientificName"], marten["vernacularName"]) == ("Martes martes", "Marten")
    assert (marten["identifiedBy"], marten["dateIdentified"]) == ("Zoë Müller", "2026-11-20T08:00:00Z")
    assert (marten["identificationVerificationStatus"], marten["eventDate"]) == (
        "verified using recorded media",
        "2024-05-04T03:02:01+01:00",
    )
    assert (timeless["eventDate"], timeless["decimalLatitude"]) == ("", "")
    assert written.photos == 3
    assert written.notes == (
        "4 photos show no identified organism and are left out, as Darwin Core asks for occurrences.",
        "1 photo tells no time; the date of the event is empty.",
    )


def test_the_identifier_follows_the_content_of_the_photo(labels: LabelSet, tmp_path: Path) -> None:
    write_darwin_core(tmp_path / "a.csv", labels)
    identifier = _read(tmp_path / "a.csv")[0]["occurrenceID"]
    assert uuid.UUID(identifier.removeprefix("urn:uuid:")).version == 5
    elsewhere = by_person(take_photo(tmp_path / "b" / "x.jpg"), "Lynx lynx", fingerprint="a" * 32)
    write_darwin_core(tmp_path / "b.csv", labels_of([elsewhere], tmp_path / "b"))
    assert _read(tmp_path / "b.csv")[0]["occurrenceID"] == identifier


def test_identifiers_are_unique(tmp_path: Path) -> None:
    photos = [by_machine(tmp_path / f"{i}.jpg", "Fox", fingerprint="a" * 32 if i % 2 else "") for i in range(20)]
    write_darwin_core(tmp_path / "o.csv", labels_of(photos, tmp_path))
    assert len({row["occurrenceID"] for row in _read(tmp_path / "o.csv")}) == 20


def test_a_person_says_more_than_the_photos(labels: LabelSet, tmp_path: Path) -> None:
    details = DarwinCoreDetails(
        "PreservedSpecimen",
        observation_types={"Empty": ObservationType.ANIMAL, "Marten": ObservationType.BLANK},
        zone=timezone(timedelta(hours=-5)),
        media_address="https://example.org",
    )
    write_darwin_core(tmp_path / "o.csv", labels, details)
    rows = _read(tmp_path / "o.csv")
    assert [row["scientificName"] for row in rows] == ["Vulpes vulpes", "Empty"]
    assert {row["basisOfRecord"] for row in rows} == {"PreservedSpecimen"}
    assert rows[0]["eventDate"] == "2024-05-04T03:02:01-05:00"
    assert rows[0]["associatedMedia"] == "https://example.org/a%20%C3%A9/1.jpg"


def test_an_unknown_basis_of_record_is_refused(labels: LabelSet, tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="no basis of record “Photo”"):
        write_darwin_core(tmp_path / "o.csv", labels, DarwinCoreDetails("Photo"))


def test_names_that_are_no_text_are_escaped(tmp_path: Path) -> None:
    photo = by_machine(tmp_path / "bad\udcff.jpg", "Fox\udcff")
    write_darwin_core(tmp_path / "o.csv", labels_of([photo], tmp_path))
    (row,) = _read(tmp_path / "o.csv")
    assert (row["associatedMedia"], row["scientificName"]) == ("bad\\udcff.jpg", "Fox\\udcff")


def test_cancelling_writes_nothing(labels: LabelSet, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        write_darwin_core(tmp_path / "out" / "o.csv", labels, progress=Impatient(2))
    assert list((tmp_path / "out").iterdir()) == []
