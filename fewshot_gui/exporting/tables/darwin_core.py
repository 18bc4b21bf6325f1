"""Occurrences as a Darwin Core table, for GBIF and collection systems (https://dwc.tdwg.org/terms)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import whole_table
from fewshot_gui.exporting.tables.captures import Capture, iso_time, iso_time_of, read_capture
from fewshot_gui.exporting.tables.identifiers import PhotoIdentifiers
from fewshot_gui.exporting.tables.observation_types import ObservationType, observation_type
from fewshot_gui.exporting.tables.photo_places import PhotoPlaces
from fewshot_gui.exporting.tables.plain_text import plain_text
from fewshot_gui.exporting.tables.published_path import published_path
from fewshot_gui.exporting.tables.written import Written, counted

BASES_OF_RECORD = (
    "MachineObservation",
    "HumanObservation",
    "PreservedSpecimen",
    "LivingSpecimen",
    "FossilSpecimen",
    "MaterialSample",
)
"""What a photo can be evidence of (Darwin Core's vocabulary for ``basisOfRecord``)."""

DARWIN_CORE_COLUMNS = (
    "occurrenceID",
    "basisOfRecord",
    "occurrenceStatus",
    "eventDate",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "scientificName",
    "vernacularName",
    "verbatimIdentification",
    "identifiedBy",
    "dateIdentified",
    "identificationVerificationStatus",
    "identificationRemarks",
    "associatedMedia",
    "datasetName",
)


@dataclass(frozen=True)
class DarwinCoreDetails:
    """What a person knows and the photos do not tell.

    Attributes:
        basis_of_record: One of :data:`BASES_OF_RECORD`. It says what the photo is evidence of, not who named it: a
            photo by a camera that nobody held is a machine's observation whoever identifies it.
        scientific_names: By class name; a class without one is taken for a scientific name itself.
        observation_types: By class name; see :func:`~fewshot_gui.exporting.tables.observation_types.observation_type`.
        zone: The time zone of cameras that do not tell theirs.
        media_address: Of the folder of photos on the web, or empty.
    """

    basis_of_record: str = "MachineObservation"
    scientific_names: Mapping[str, str] = field(default_factory=dict)
    observation_types: Mapping[str, ObservationType] = field(default_factory=dict)
    zone: tzinfo | None = None
    media_address: str = ""


def write_darwin_core(
    path: Path, labels: LabelSet, details: DarwinCoreDetails | None = None, progress: Progress | None = None
) -> Written:
    """Write one occurrence per photo of an organism: UTF-8 without byte order mark, commas, one header row.

    An empty photo is no record of an absence, since it does not say what was looked for. Empty photos are therefore
    left out, as are vehicles, people, "None of these", and photos without label.
    A photo whose camera tells no time has no ``eventDate``: the time of a file is often that of copying it.

    Args:
        path: The file to write.
        labels: What to write.
        details: What the photos do not tell.
        progress: Told of every photo.

    Raises:
        FewshotError: The basis of record is unknown, or the table cannot be written there.
        Cancelled: The person cancelled; what was at ``path`` is still there.
    """
    details, progress = details or DarwinCoreDetails(), progress or Unwatched()
    if details.basis_of_record not in BASES_OF_RECORD:
        raise FewshotError(f"Darwin Core knows no basis of record “{details.basis_of_record}”; choose one of its list.")
    places, identifiers = PhotoPlaces(labels.roots), PhotoIdentifiers()
    counts: Counter[str] = Counter()
    with whole_table(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, DARWIN_CORE_COLUMNS)
        writer.writeheader()
        for done, photo in enumerate(labels.photos):
            progress.check()
            progress.report(done, len(labels.photos))
            relative = places.relative(photo.path)
            # Asked of every photo, so that leaving one out never renumbers its copies.
            identifier = identifiers.next(photo.fingerprint, str(relative))
            if observation_type(photo, details.observation_types) is not ObservationType.ANIMAL:
                continue
            capture = read_capture(photo.path, details.zone)
            counts["photos"] += 1
            counts["timeless"] += capture is None or capture.camera_time is None
            record = {
                "occurrenceID": f"urn:uuid:{identifier}",
                "basisOfRecord": details.basis_of_record,
                "occurrenceStatus": "present",
                "associatedMedia": published_path(relative, details.media_address),
                "datasetName": plain_text(labels.name),
            }
            writer.writerow(record | _event(capture) | _taxon(photo, details) | _identification(photo, labels))
    progress.report(len(labels.photos), len(labels.photos))
    return Written(counts["photos"], _notes(len(labels.photos) - counts["photos"], counts["timeless"]))


def _event(capture: Capture | None) -> dict[str, str]:
    if capture is None:
        return {}
    event = {} if capture.camera_time is None else {"eventDate": iso_time(capture.camera_time)}
    if capture.position is not None:
        latitude, longitude = capture.position
        event |= {"decimalLatitude": f"{latitude:.6f}", "decimalLongitude": f"{longitude:.6f}"}
        event |= {"geodeticDatum": "EPSG:4326"}
    return event


def _taxon(photo: LabelledPhoto, details: DarwinCoreDetails) -> dict[str, str]:
    label = plain_text(photo.row.label)
    scientific = details.scientific_names.get(photo.row.label, "")
    return {
        "scientificName": scientific or label,
        "vernacularName": label if scientific else "",
        "verbatimIdentification": label,
    }


def _identification(photo: LabelledPhoto, labels: LabelSet) -> dict[str, str]:
    if photo.by_person:
        return {
            "identifiedBy": plain_text(photo.decided_by),
            "dateIdentified": iso_time_of(photo.decided_at),
            "identificationVerificationStatus": "verified using recorded media",
            "identificationRemarks": "classified by a human",
        }
    confidence = photo.row.confidence
    certainty = "" if confidence is None else f" with {confidence:.0%} confidence"
    return {
        "identifiedBy": plain_text(labels.classifier),
        "dateIdentified": iso_time(labels.labelled_at),
        "identificationVerificationStatus": "unverified",
        "identificationRemarks": f"classified by a machine{certainty}",
    }


def _notes(left_out: int, timeless: int) -> tuple[str, ...]:
    notes = []
    if left_out:
        photos = counted(left_out, "photo shows", "photos show")
        are = "is" if left_out == 1 else "are"
        notes.append(f"{photos} no identified organism and {are} left out, as Darwin Core asks for occurrences.")
    if timeless:
        photos = counted(timeless, "photo tells", "photos tell")
        notes.append(f"{photos} no time; the date of the event is empty.")
    return tuple(notes)
