"""Opening photos so that only known decoders run and only :class:`PhotoError` comes out."""

import logging
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageFile

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import problems
from fewshot_gui.imaging.formats import HEADER_BYTES, PhotoFormat, recognise

logger = logging.getLogger(__name__)

# Pillow reads its limit from this variable only. It raises at twice this value, so for pictures within the limit of
# this program the check that names the size (check_size) comes first.
Image.MAX_IMAGE_PIXELS = problems.MAX_MEGAPIXELS * 1_000_000

_PILLOW_WARNINGS = ("ignore", None, Warning, re.compile(r"PIL\."), 0)


@dataclass(frozen=True)
class OpenPhoto:
    """A photo file, open for reading.

    Attributes:
        path: Where it is.
        file: Its bytes, at the beginning.
        format: What they are.
    """

    path: Path
    file: BinaryIO
    format: PhotoFormat

    def check_size(self, width: int, height: int) -> None:
        """Refuse a picture that would fill the memory, before any pixel of it is decoded.

        Raises:
            PhotoError: It has more than :data:`~fewshot_gui.imaging.problems.MAX_MEGAPIXELS`.
        """
        megapixels = width * height / 1e6
        if megapixels > problems.MAX_MEGAPIXELS:
            raise PhotoError(self.path, problems.too_large(megapixels))

    def pillow_image(self) -> ImageFile.ImageFile:
        """The picture with its header read and its pixels not yet decoded. Not for camera raw."""
        _silence_pillow()
        image = _heif_image(self.file) if self.format is PhotoFormat.HEIF else _pillow_image(self.file, self.format)
        self.check_size(*image.size)
        return image


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open any file for reading its bytes.

    Pillow is handed this file and not the path: given a path it maps TIFF and BMP files into memory, and the program
    dies without a word when such a file is on a disk that is pulled out.

    Raises:
        PhotoError: It cannot be opened, or reading it fails.
    """
    try:
        # Opening a pipe would wait for its other end for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise PhotoError(path, problems.NOT_A_FILE)
        with path.open("rb") as file:
            yield file
    except OSError as error:
        logger.debug("cannot read %r", str(path), exc_info=True)
        raise PhotoError(path, problems.file_reason(error)) from error


@contextmanager
def open_photo(path: Path) -> Iterator[OpenPhoto]:
    """Open a photo and turn whatever its decoder raises inside the ``with`` block into :class:`PhotoError`.

    Raises:
        PhotoError: The file cannot be opened, is no image, or could not be decoded.
    """
    with open_file(path) as file:
        header = file.read(HEADER_BYTES)
        if not header:
            raise PhotoError(path, problems.EMPTY)
        photo_format = recognise(header, path.suffix)
        if photo_format is None:
            raise PhotoError(path, problems.NOT_AN_IMAGE)
        file.seek(0)
        try:
            yield OpenPhoto(path, file, photo_format)
        except PhotoError:
            raise
        except Exception as error:
            logger.debug("cannot decode %r", str(path), exc_info=True)
            raise PhotoError(path, problems.decoding_reason(error, file, photo_format)) from error


def _pillow_image(file: BinaryIO, photo_format: PhotoFormat) -> ImageFile.ImageFile:
    return Image.open(file, formats=(photo_format.value,))


def _heif_image(file: BinaryIO) -> ImageFile.ImageFile:
    # The class is used directly: registering it would change Pillow for the whole process.
    from pillow_heif import HeifImageFile

    image: ImageFile.ImageFile = HeifImageFile(file)  # type: ignore[no-untyped-call]  # its constructor has no types
    return image


def _silence_pillow() -> None:
    """Keep Pillow's remarks on odd metadata off the terminal.

    ``warnings.catch_warnings`` would be tidier, but it swaps state of the whole process and photos are read in several
    threads. The filter is looked for each time because other code (a test runner) may reset the filters.
    """
    if _PILLOW_WARNINGS not in warnings.filters:
        warnings.filterwarnings("ignore", module=r"PIL\.")
