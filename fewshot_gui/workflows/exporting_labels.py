"""The labels as a table in any of the formats on offer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting import LabelSet
from fewshot_gui.exporting.tables import (
    CamtrapDetails,
    DarwinCoreDetails,
    Written,
    write_camtrap,
    write_coco,
    write_darwin_core,
    write_image_folder,
    write_table,
)


class TableKind(StrEnum):
    """The formats on offer."""

    EXCEL = "xlsx"
    CSV = "csv"
    JSON = "json"
    CAMTRAP = "camtrap"
    DARWIN_CORE = "darwin-core"
    COCO = "coco"
    IMAGE_FOLDER = "image-folder"


@dataclass(frozen=True)
class SurveyDetails:
    """What a person says of where and how the photos were taken; only the formats of biology ask for it.

    Attributes:
        camtrap: For Camtrap DP; it needs at least a contributor.
        darwin_core: For Darwin Core.
    """

    camtrap: CamtrapDetails | None = None
    darwin_core: DarwinCoreDetails | None = None


def export_table(
    kind: TableKind, target: Path, labels: LabelSet, progress: Progress, *, details: SurveyDetails | None = None
) -> Written:
    """Write ``labels``.

    Args:
        kind: The format.
        target: The file; of :attr:`TableKind.CAMTRAP` a new folder or a ``.zip``, of :attr:`TableKind.IMAGE_FOLDER`
            the folder of the photos.
        labels: What to write.
        progress: Told of every photo; may cancel.
        details: What the photos do not tell.

    Raises:
        FewshotError: The format asks for something that is missing, or the target cannot be written.
        Cancelled: The person cancelled; what was there before is still there.
    """
    details = details or SurveyDetails()
    match kind:
        case TableKind.CAMTRAP:
            if details.camtrap is None:
                raise FewshotError("Camtrap DP needs to know who made the package; give the name of a contributor.")
            return write_camtrap(target, labels, details.camtrap, progress)
        case TableKind.DARWIN_CORE:
            return write_darwin_core(target, labels, details.darwin_core, progress)
        case TableKind.COCO:
            return write_coco(target, labels, progress)
        case TableKind.IMAGE_FOLDER:
            return write_image_folder(target, labels, progress)
        case _:
            return write_table(target, labels, progress)
