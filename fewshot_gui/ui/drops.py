"""What a drag carries, read from and written to ``QMimeData``.

A drag comes from our gallery, from one of our class cards, from a file manager or from a browser. Whatever it holds
is foreign input: garbage reads as nothing.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QImage, QPixmap

PHOTOS_MIME: Final = "application/x-fewshot-photos"
EXAMPLES_MIME: Final = "application/x-fewshot-examples"
RASTER_MIMES: Final = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff", "image/gif")

_LINK_SCHEMES = ("http", "https", "ftp")


class Offer(enum.Enum):
    """What a drag brings, the most specific reading of it."""

    PHOTOS = "photos of the gallery"
    EXAMPLES = "examples of a class"
    PATHS = "files or folders"
    IMAGES = "pixels without a file"
    LINK = "only the address of something on the web"
    NOTHING = "nothing of use"


def offer_of(mime: QMimeData) -> Offer:
    """What ``mime`` brings. Pixels are not fetched for the answer, so it is quick enough for every drag event."""
    if photo_ids_in(mime):
        return Offer.PHOTOS
    if example_ids_in(mime):
        return Offer.EXAMPLES
    if paths_in(mime):
        return Offer.PATHS
    if mime.hasImage() or _raster_formats(mime) or _data_urls(mime):
        return Offer.IMAGES
    return Offer.LINK if _links(mime) else Offer.NOTHING


def paths_in(mime: QMimeData) -> list[Path]:
    """The files and folders of this computer, each once, in their order."""
    local = (url.toLocalFile() for url in mime.urls() if url.isLocalFile())
    return [Path(name) for name in dict.fromkeys(local) if name]


def images_in(mime: QMimeData) -> list[QImage]:
    """The pixels that come without a file, as when a picture is dragged out of a browser; unreadable ones are left out.

    Browsers offer the same picture in several formats; only the first readable reading is taken.
    """
    for image in (_own_image(mime), *_decoded_formats(mime)):
        if not image.isNull():
            return [image]
    embedded = (QImage.fromData(data) for data in _data_urls(mime))
    return [image for image in embedded if not image.isNull()]


def photo_ids_in(mime: QMimeData) -> list[int]:
    """The photos dragged out of the gallery."""
    return _ids(mime, PHOTOS_MIME)


def example_ids_in(mime: QMimeData) -> list[int]:
    """The examples dragged out of a class card."""
    return _ids(mime, EXAMPLES_MIME)


def only_link(mime: QMimeData) -> bool:
    """Whether there is nothing but the address of something on the web."""
    return offer_of(mime) is Offer.LINK


def photos_mime(photo_ids: Sequence[int], paths: Sequence[Path] = ()) -> QMimeData:
    """A drag of photos of the gallery; ``paths`` lets other programs take the files."""
    mime = _id_mime(PHOTOS_MIME, photo_ids)
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def examples_mime(example_ids: Sequence[int]) -> QMimeData:
    """A drag of examples; only class cards understand it."""
    return _id_mime(EXAMPLES_MIME, example_ids)


def _id_mime(name: str, ids: Sequence[int]) -> QMimeData:
    mime = QMimeData()
    mime.setData(name, json.dumps(list(ids)).encode())
    return mime


def _ids(mime: QMimeData, name: str) -> list[int]:
    if not mime.hasFormat(name):
        return []
    try:
        found = json.loads(bytes(mime.data(name).data()))
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list) or not all(type(entry) is int and entry >= 0 for entry in found):
        return []
    return list(dict.fromkeys(found))


def _own_image(mime: QMimeData) -> QImage:
    data = mime.imageData() if mime.hasImage() else None
    if isinstance(data, QPixmap):
        return data.toImage()
    return data if isinstance(data, QImage) else QImage()


def _raster_formats(mime: QMimeData) -> list[str]:
    return [name for name in RASTER_MIMES if mime.hasFormat(name)]


def _decoded_formats(mime: QMimeData) -> list[QImage]:
    return [QImage.fromData(mime.data(name)) for name in _raster_formats(mime)]


def _data_urls(mime: QMimeData) -> list[QByteArray]:
    """The decoded bodies of ``data:image/...;base64,`` addresses (RFC 2397), which image searches use for previews."""
    bodies = []
    for url in mime.urls():
        head, _, body = url.path(QUrl.ComponentFormattingOption.FullyEncoded).partition(",")
        kind, _, coding = head.partition(";")
        if url.scheme() == "data" and kind in RASTER_MIMES and coding.endswith("base64"):
            bodies.append(QByteArray.fromBase64(unquote_to_bytes(body)))
    return bodies


def _links(mime: QMimeData) -> bool:
    urls = mime.urls() or [QUrl(mime.text().strip(), QUrl.ParsingMode.StrictMode)]
    return any(url.isValid() and url.scheme() in _LINK_SCHEMES for url in urls)
