"""The files of one export: together in place, or none of them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.model.metadata import MODEL_KEY

_UNFINISHED = ".exporting-"
_LONG_AGO_SECONDS = 24 * 3600


class ExportFiles:
    """The names of everything that may lie beside an exported model, all beginning with the model's own name.

    Two models in one folder so keep out of each other's way, and of files that are no part of an export.
    """

    def __init__(self, model: Path) -> None:
        """Derive them from the path of the ONNX file."""
        self.model = model

    @property
    def labels(self) -> Path:
        """The class names, a line each."""
        return self._beside(".labels.txt")

    @property
    def script(self) -> Path:
        """The script that labels photos with the model."""
        return self._beside(".predict.py")

    @property
    def card(self) -> Path:
        """The model card."""
        return self._beside(".card.md")

    @property
    def report(self) -> Path:
        """The comparison with the program."""
        return self._beside(".verification.json")

    @property
    def small(self) -> Path:
        """The model in 8 bits."""
        return self._beside(".int8.onnx")

    @property
    def pytorch(self) -> Path:
        """The folder for PyTorch."""
        return self._beside(".pytorch")

    @property
    def openvino(self) -> Path:
        """The model for OpenVINO; its weights lie beside it."""
        return self._beside(".openvino.xml")

    @property
    def openvino_weights(self) -> Path:
        """The weights of :attr:`openvino`."""
        return self._beside(".openvino.bin")

    @property
    def core_ml(self) -> Path:
        """The folder that Apple's programs take for one file."""
        return self._beside(".mlpackage")

    def within(self, folder: Path) -> ExportFiles:
        """The same names in another folder."""
        return ExportFiles(folder / self.model.name)

    def _beside(self, ending: str) -> Path:
        return self.model.with_name(self.model.stem + ending)


@contextmanager
def staged(files: ExportFiles, wanted: Sequence[Path]) -> Iterator[ExportFiles]:
    """Give a folder beside the model to write to, and put its files in place when the block ends well.

    Until then whatever lies there stays as it is.

    Args:
        files: Where they should be in the end.
        wanted: Those of them that will be written.

    Raises:
        FewshotError: A file is in the way that no earlier export of this model can have made, or the folder cannot be
            written to.
    """
    folder = files.model.parent
    _require_free(files.model, wanted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder)
        with TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as temporary:
            new, old = Path(temporary) / "new", Path(temporary) / "old"
            new.mkdir()
            old.mkdir()
            yield files.within(new)
            _put_in_place(new, folder, old)
    except OSError as error:
        raise FewshotError(
            f"The model “{files.model}” could not be written ({error.strerror or error}); choose another place."
        ) from error


def _remove_unfinished(folder: Path) -> None:
    """Remove what an export left that was killed long ago; one that still runs is younger."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        if left.is_dir() and not left.is_symlink() and time.time() - left.stat().st_mtime > _LONG_AGO_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def is_own_model(path: Path) -> bool:
    """Whether an ONNX file was exported by this program."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # protobuf has no types

    try:
        model = onnx.load(path, load_external_data=False)
    except (OSError, DecodeError):
        return False
    return any(entry.key == MODEL_KEY for entry in model.metadata_props)


def _require_free(model: Path, wanted: Sequence[Path]) -> None:
    if model.suffix.lower() != ".onnx":
        raise FewshotError(f"“{model.name}” cannot be a model; let its name end in .onnx.")
    in_the_way = [path for path in wanted if path != model and path.exists()]
    if model.is_dir() or (in_the_way and not is_own_model(model)):
        name = (model if model.is_dir() else in_the_way[0]).name
        raise FewshotError(f"“{name}” is already in this folder and is no part of “{model.name}”: choose another name.")


def _put_in_place(new: Path, folder: Path, old: Path) -> None:
    """Move everything in ``new`` to ``folder``, and what was there to ``old``; all of it or nothing."""
    moved: list[tuple[Path, Path]] = []
    try:
        for path in sorted(new.iterdir()):
            place = folder / path.name
            if place.exists() or place.is_symlink():
                _move(place, old / path.name, moved)
            _move(path, place, moved)
    except OSError:
        for origin, place in reversed(moved):
            place.rename(origin)
        raise


def _move(origin: Path, place: Path, moved: list[tuple[Path, Path]]) -> None:
    origin.rename(place)
    moved.append((origin, place))
