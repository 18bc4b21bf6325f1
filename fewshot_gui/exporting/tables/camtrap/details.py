"""What Camtrap DP asks for and photos do not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.tables.observation_types import ObservationType

SAMPLING_DESIGNS = (
    "simpleRandom",
    "systematicRandom",
    "clusteredRandom",
    "experimental",
    "targeted",
    "opportunistic",
)
"""How the places of the cameras were chosen."""

CAPTURE_METHODS = ("activityDetection", "timeLapse")
"""What set the cameras off."""

_LANGUAGE = re.compile(r"[a-z]{3}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LICENCE = re.compile(r"[-a-zA-Z0-9._]+")


@dataclass(frozen=True)
class CamtrapDetails:
    """What a person says of a camera-trap survey.

    Attributes:
        contributor: Who made the package; a person or an organisation. Camtrap DP requires it.
        organization: Where that person works.
        email: Of that person.
        title: Of the survey; empty for the name of the labels.
        description: Of the survey.
        sampling_design: One of :data:`SAMPLING_DESIGNS`.
        capture_methods: One or more of :data:`CAPTURE_METHODS`.
        positions: Latitude and longitude in degrees (WGS 84) by deployment; they go before what the photos tell.
        position: The same for every deployment that has no position otherwise.
        zone: The time zone of cameras that do not tell theirs.
        scientific_names: By class name; a class without one is taken for a scientific name itself.
        language: Of the class names, ISO 639-3, such as ``eng``.
        observation_types: By class name; see :func:`~fewshot_gui.exporting.tables.observation_types.observation_type`.
        media_address: Of the folder of photos on the web; empty if the photos go with the package.
        media_public: Whether everybody may open the photos.
        data_licence: Of the package, such as ``CC0-1.0``; empty with ``media_licence`` if there is none yet.
        media_licence: Of the photos, such as ``CC-BY-4.0``.
    """

    contributor: str
    organization: str = ""
    email: str = ""
    title: str = ""
    description: str = ""
    sampling_design: str = "opportunistic"
    capture_methods: tuple[str, ...] = ("activityDetection",)
    positions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    position: tuple[float, float] | None = None
    zone: tzinfo | None = None
    scientific_names: Mapping[str, str] = field(default_factory=dict)
    language: str = "und"
    observation_types: Mapping[str, ObservationType] = field(default_factory=dict)
    media_address: str = ""
    media_public: bool = False
    data_licence: str = ""
    media_licence: str = ""


class MissingPositionsError(FewshotError):
    """Camtrap DP requires the position of every deployment, and for some it is neither given nor in the photos.

    Attributes:
        deployments: Their names.
    """

    def __init__(self, deployments: Sequence[str]) -> None:
        others = f" and {len(deployments) - 1} more" if len(deployments) > 1 else ""
        super().__init__(
            f"Camtrap DP needs to know where each camera stood, and no photo of “{deployments[0]}”{others} tells it; "
            "give latitude and longitude."
        )
        self.deployments = tuple(deployments)


def require_valid(details: CamtrapDetails) -> None:
    """Find out before long work whether a valid package can be made with ``details``.

    Raises:
        FewshotError: What is wrong with them.
    """
    if not details.contributor.strip():
        raise FewshotError("Camtrap DP needs to know who made the package; give the name of a person or organisation.")
    if details.email and not _EMAIL.fullmatch(details.email):
        raise FewshotError(f"“{details.email}” is no email address; correct it or leave it out.")
    if details.sampling_design not in SAMPLING_DESIGNS:
        raise FewshotError(f"Camtrap DP knows no sampling design “{details.sampling_design}”; choose one of its list.")
    if not details.capture_methods or not set(details.capture_methods) <= set(CAPTURE_METHODS):
        raise FewshotError(
            "Camtrap DP needs to know what set the cameras off; choose activity detection or time lapse."
        )
    if not _LANGUAGE.fullmatch(details.language):
        raise FewshotError(f"“{details.language}” is no language of three letters; give one such as eng, fra or spa.")
    given = [details.position] if details.position is not None else []
    for latitude, longitude in (*given, *details.positions.values()):
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise FewshotError(
                f"{latitude}, {longitude} is no place on Earth; give a latitude from -90 to 90 and a longitude from "
                "-180 to 180 degrees."
            )
    licences = (details.data_licence, details.media_licence)
    if any(licences) and not all(_LICENCE.fullmatch(licence) for licence in licences):
        raise FewshotError(
            "Camtrap DP needs licences for data and photos, or none; give both by names such as CC0-1.0."
        )
