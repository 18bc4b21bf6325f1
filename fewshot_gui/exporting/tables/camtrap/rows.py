"""The rows of ``media.csv`` and ``observations.csv``."""

from __future__ import annotations

from datetime import datetime

from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.tables.camtrap.details import CamtrapDetails
from fewshot_gui.exporting.tables.captures import iso_time, iso_time_of, media_type
from fewshot_gui.exporting.tables.observation_types import ObservationType, observation_type
from fewshot_gui.exporting.tables.plain_text import plain_text

# Validators match columns by their order, so that those of which nothing is known stand there too.
MEDIA_COLUMNS = (
    "mediaID",
    "deploymentID",
    "captureMethod",
    "timestamp",
    "filePath",
    "filePublic",
    "fileName",
    "fileMediatype",
    "exifData",
    "favorite",
    "mediaComments",
)

OBSERVATION_COLUMNS = (
    "observationID",
    "deploymentID",
    "mediaID",
    "eventID",
    "eventStart",
    "eventEnd",
    "observationLevel",
    "observationType",
    "cameraSetupType",
    "scientificName",
    "count",
    "lifeStage",
    "sex",
    "behavior",
    "individualID",
    "individualPositionRadius",
    "individualPositionAngle",
    "individualSpeed",
    "bboxX",
    "bboxY",
    "bboxWidth",
    "bboxHeight",
    "classificationMethod",
    "classifiedBy",
    "classificationTimestamp",
    "classificationProbability",
    "observationTags",
    "observationComments",
)

_PEOPLE = "Homo sapiens"


def media_row(
    photo: LabelledPhoto,
    media_id: str,
    deployment_id: str,
    time: datetime,
    path: str,
    comments: tuple[str, ...],
    details: CamtrapDetails,
) -> dict[str, str]:
    """One row of ``media.csv``."""
    methods = details.capture_methods
    return {
        "mediaID": media_id,
        "deploymentID": deployment_id,
        "captureMethod": methods[0] if len(methods) == 1 else "",
        "timestamp": iso_time(time),
        "filePath": path,
        "filePublic": "true" if details.media_public else "false",
        "fileName": plain_text(photo.path.name),
        "fileMediatype": media_type(photo.path),
        "mediaComments": " | ".join(comments),
    }


def observation_row(
    photo: LabelledPhoto, media_id: str, deployment_id: str, time: datetime, labels: LabelSet, details: CamtrapDetails
) -> dict[str, str]:
    """One row of ``observations.csv``; the class itself is always among the tags.

    A photo without label is ``unclassified``, one that belongs to none of the classes ``unknown``.
    """
    kind = observation_type(photo, details.observation_types)
    tag = plain_text(photo.row.label).replace("|", "/")
    return {
        "observationID": f"{media_id}-1",
        "deploymentID": deployment_id,
        "mediaID": media_id,
        "eventStart": iso_time(time),
        "eventEnd": iso_time(time),
        "observationLevel": "media",
        "observationType": kind,
        "scientificName": scientific_name(photo, details),
        "observationTags": f"class:{tag}" if photo.is_of_a_class else "",
        "observationComments": "" if photo.is_of_a_class else tag,
        **_classification(photo, labels),
    }


def scientific_name(photo: LabelledPhoto, details: CamtrapDetails) -> str:
    """What the photo shows: as the person says, else the class name for an animal; empty for what is no organism."""
    kind = observation_type(photo, details.observation_types)
    if kind is ObservationType.ANIMAL:
        return plain_text(details.scientific_names.get(photo.row.label, "") or photo.row.label)
    return _PEOPLE if kind is ObservationType.HUMAN else ""


def _classification(photo: LabelledPhoto, labels: LabelSet) -> dict[str, str]:
    if not photo.row.label:
        return {}
    if photo.by_person:
        return {
            "classificationMethod": "human",
            "classifiedBy": plain_text(photo.decided_by),
            "classificationTimestamp": iso_time_of(photo.decided_at),
        }
    confidence = photo.row.confidence
    return {
        "classificationMethod": "machine",
        "classifiedBy": plain_text(labels.classifier),
        "classificationTimestamp": iso_time(labels.labelled_at),
        "classificationProbability": "" if confidence is None else f"{min(max(confidence, 0), 1):.4f}",
    }
