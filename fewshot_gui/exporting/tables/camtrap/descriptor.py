"""``datapackage.json``: what a package is about, and by which schemas its tables are made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fewshot_gui.exporting.labels import LabelSet
from fewshot_gui.exporting.tables.camtrap.details import CamtrapDetails
from fewshot_gui.exporting.tables.captures import iso_time
from fewshot_gui.exporting.tables.plain_text import plain_text
from fewshot_gui.exporting.tables.whole_package import SOURCE_TITLE

_SCHEMAS = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2"
TABLES = ("deployments", "media", "observations")
"""The tables of a package; each is in a CSV file of that name."""


def descriptor(
    labels: LabelSet, details: CamtrapDetails, deployments: Sequence[Mapping[str, str]], taxa: Mapping[str, str]
) -> dict[str, object]:
    """The content of ``datapackage.json``.

    Args:
        labels: What the package holds.
        details: What the person says.
        deployments: The rows of ``deployments.csv``; at least one.
        taxa: The scientific names that occur, with the class name where that is a vernacular name, or empty.
    """
    return {
        "resources": [_resource(name) for name in TABLES],
        "profile": f"{_SCHEMAS}/camtrap-dp-profile.json",
        "name": _slug(labels.name),
        "created": iso_time(datetime.now(UTC)),
        "title": plain_text(details.title or labels.name),
        "contributors": [_contributor(details)],
        "sources": [{"title": SOURCE_TITLE, "version": plain_text(labels.classifier)}],
        **_licences(details),
        "project": _project(labels, details),
        "spatial": _spatial(deployments),
        "temporal": {
            "start": min(row["deploymentStart"] for row in deployments)[:10],
            "end": max(row["deploymentEnd"] for row in deployments)[:10],
        },
        "taxonomic": [_taxon(name, vernacular, details) for name, vernacular in sorted(taxa.items())],
    }


def _resource(name: str) -> dict[str, str]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"{_SCHEMAS}/{name}-table-schema.json",
    }


def _slug(name: str) -> str:
    """A name of the letters that data packages allow."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", errors="ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "labels"


def _contributor(details: CamtrapDetails) -> dict[str, str]:
    facts = {"title": details.contributor, "email": details.email, "role": "contact"}
    return {name: value for name, value in {**facts, "organization": details.organization}.items() if value}


def _licences(details: CamtrapDetails) -> dict[str, object]:
    if not details.data_licence:
        return {}
    scopes = (("data", details.data_licence), ("media", details.media_licence))
    return {"licenses": [{"name": name, "scope": scope} for scope, name in scopes]}


def _project(labels: LabelSet, details: CamtrapDetails) -> dict[str, object]:
    return {
        "title": plain_text(details.title or labels.name),
        **({"description": details.description} if details.description else {}),
        "samplingDesign": details.sampling_design,
        "captureMethod": sorted(set(details.capture_methods)),
        "individualAnimals": False,
        "observationLevel": ["media"],
    }


def _spatial(deployments: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """The box around all deployments, as GeoJSON."""
    latitudes = [float(row["latitude"]) for row in deployments]
    longitudes = [float(row["longitude"]) for row in deployments]
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def _taxon(name: str, vernacular: str, details: CamtrapDetails) -> dict[str, object]:
    if not vernacular:
        return {"scientificName": name}
    return {"scientificName": name, "vernacularNames": {details.language: vernacular}}
