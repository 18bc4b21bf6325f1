"""Labels as tables: for spreadsheets, for programs, and for the exchange formats of biology and machine learning.

Every writer takes a :class:`~fewshot_gui.exporting.labels.LabelSet`, writes whole or not at all, can be watched and
cancelled, and says in a :class:`Written` what it left out.
"""

from fewshot_gui.exporting.tables.camtrap import (
    CAPTURE_METHODS,
    SAMPLING_DESIGNS,
    CamtrapDetails,
    MissingPositionsError,
    deployment_names,
    write_camtrap,
)
from fewshot_gui.exporting.tables.coco import write_coco
from fewshot_gui.exporting.tables.darwin_core import BASES_OF_RECORD, DarwinCoreDetails, write_darwin_core
from fewshot_gui.exporting.tables.image_folder import METADATA_NAME, write_image_folder
from fewshot_gui.exporting.tables.labels_table import TABLE_SUFFIXES, require_table_suffix, write_table
from fewshot_gui.exporting.tables.observation_types import ObservationType
from fewshot_gui.exporting.tables.written import Written

__all__ = [
    "BASES_OF_RECORD",
    "CAPTURE_METHODS",
    "METADATA_NAME",
    "SAMPLING_DESIGNS",
    "TABLE_SUFFIXES",
    "CamtrapDetails",
    "DarwinCoreDetails",
    "MissingPositionsError",
    "ObservationType",
    "Written",
    "deployment_names",
    "require_table_suffix",
    "write_camtrap",
    "write_coco",
    "write_darwin_core",
    "write_image_folder",
    "write_table",
]
