"""The deployments of a package, gathered from their photos one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fewshot_gui.exporting.tables.camtrap.details import CamtrapDetails
from fewshot_gui.exporting.tables.captures import Capture, distance_m, in_local_time, iso_time

# Validators match columns by their order, so that those of which nothing is known stand there too.
DEPLOYMENT_COLUMNS = (
    "deploymentID",
    "locationID",
    "locationName",
    "latitude",
    "longitude",
    "coordinateUncertainty",
    "deploymentStart",
    "deploymentEnd",
    "setupBy",
    "cameraID",
    "cameraModel",
    "cameraDelay",
    "cameraHeight",
    "cameraDepth",
    "cameraTilt",
    "cameraHeading",
    "detectionDistance",
    "timestampIssues",
    "baitUse",
    "featureType",
    "habitat",
    "deploymentGroups",
    "deploymentTags",
    "deploymentComments",
)
# What the table schema reads as "no value", so that it cannot be an identifier.
_MISSING_VALUES = ("NA", "NaN", "nan")


@dataclass
class Deployment:
    """One camera at one place for some time.

    Attributes:
        name: Of its folder.
        start: The time of its first photo.
        end: The time of its last photo.
        has_time_issues: Whether the time of a photo had to be guessed.
        positions: What its photos tell; latitudes and longitudes in degrees.
        cameras: What its photos tell; maker and model.
    """

    name: str
    start: datetime | None = None
    end: datetime | None = None
    has_time_issues: bool = False
    positions: list[tuple[float, float]] = field(default_factory=list)
    cameras: set[str] = field(default_factory=set)

    @property
    def identifier(self) -> str:
        """Its name, unless Camtrap DP would read that as a missing value."""
        return f"deployment {self.name}" if self.name in _MISSING_VALUES else self.name

    def add(self, capture: Capture) -> datetime:
        """Add a photo, and return its time with time zone.

        That is the camera's time, in this computer's time zone if no other is known, or else the time of the file.
        """
        time = capture.camera_time
        self.has_time_issues |= time is None or time.tzinfo is None
        moment = capture.file_time if time is None else time if time.tzinfo else in_local_time(time)
        self.start = moment if self.start is None else min(self.start, moment)
        self.end = moment if self.end is None else max(self.end, moment)
        if capture.position is not None:
            self.positions.append(capture.position)
        if capture.camera:
            self.cameras.add(capture.camera)
        return moment

    def place(self, details: CamtrapDetails) -> tuple[tuple[float, float], int | None] | None:
        """Latitude and longitude, and the radius in metres that holds all positions that the photos tell.

        The radius is ``None`` for a given position; everything is if no position is known.
        """
        given = details.positions.get(self.name)
        if given is not None:
            return given, None
        if self.positions:
            latitudes, longitudes = zip(*self.positions, strict=True)
            middle = _lower_median(latitudes), _lower_median(longitudes)
            radius = max(distance_m(middle, position) for position in self.positions)
            return middle, max(1, math.ceil(radius))
        return None if details.position is None else (details.position, None)

    def record(self, details: CamtrapDetails) -> dict[str, str]:
        """The row of ``deployments.csv``; the position is known."""
        place = self.place(details)
        assert place is not None  # the package asks for missing positions first
        assert self.start is not None  # a deployment is made for its first photo
        assert self.end is not None
        (latitude, longitude), radius = place
        camera = next(iter(self.cameras)) if len(self.cameras) == 1 else ""
        return {
            "deploymentID": self.identifier,
            "locationName": self.name,
            "latitude": f"{latitude:.6f}",
            "longitude": f"{longitude:.6f}",
            "coordinateUncertainty": "" if radius is None else str(radius),
            "deploymentStart": iso_time(self.start),
            "deploymentEnd": iso_time(self.end),
            # As Camtrap DP writes it: manufacturer-model.
            "cameraModel": camera.replace(" ", "-", 1),
            "timestampIssues": "true" if self.has_time_issues else "false",
            "deploymentComments": "Start and end are the times of the first and the last photo.",
        }


def _lower_median(values: Sequence[float]) -> float:
    """One of ``values``: never a mean, which lies on the far side of the Earth where the date changes."""
    return sorted(values)[(len(values) - 1) // 2]
