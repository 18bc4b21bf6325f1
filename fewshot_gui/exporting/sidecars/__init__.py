"""XMP sidecars: small files beside the photos, in which photo programs look for keywords."""

from fewshot_gui.exporting.sidecars.naming import SidecarNaming, sidecar_path
from fewshot_gui.exporting.sidecars.options import KeywordOptions, metadata_of
from fewshot_gui.exporting.sidecars.report import LeftSidecar, SidecarReport
from fewshot_gui.exporting.sidecars.writing import remove_from_sidecars, write_sidecars

__all__ = [
    "KeywordOptions",
    "LeftSidecar",
    "SidecarNaming",
    "SidecarReport",
    "metadata_of",
    "remove_from_sidecars",
    "sidecar_path",
    "write_sidecars",
]
