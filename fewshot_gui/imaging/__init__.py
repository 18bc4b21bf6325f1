"""From a file to one upright RGB array: formats, EXIF, thumbnails, fingerprints, folders. The only reader of pixels."""

from fewshot_gui.imaging.details import PhotoDetails, photo_details
from fewshot_gui.imaging.fingerprint import fingerprint
from fewshot_gui.imaging.formats import PHOTO_SUFFIXES, is_photo
from fewshot_gui.imaging.jpeg_file import JpegFile, plain_jpeg
from fewshot_gui.imaging.reader import read_photo
from fewshot_gui.imaging.scan import scan_photos
from fewshot_gui.imaging.thumbnails import thumbnail

__all__ = [
    "PHOTO_SUFFIXES",
    "JpegFile",
    "PhotoDetails",
    "fingerprint",
    "is_photo",
    "photo_details",
    "plain_jpeg",
    "read_photo",
    "scan_photos",
    "thumbnail",
]
