"""Camera Trap Data Packages, Camtrap DP 1.0.2 (https://camtrap-dp.tdwg.org)."""

from fewshot_gui.exporting.tables.camtrap.details import (
    CAPTURE_METHODS,
    SAMPLING_DESIGNS,
    CamtrapDetails,
    MissingPositionsError,
)
from fewshot_gui.exporting.tables.camtrap.package import deployment_names, write_camtrap

__all__ = [
    "CAPTURE_METHODS",
    "SAMPLING_DESIGNS",
    "CamtrapDetails",
    "MissingPositionsError",
    "deployment_names",
    "write_camtrap",
]
