"""What a drag carries."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QColor, QImage

from fewshot_gui.ui.drops import (
    EXAMPLES_MIME,
    PHOTOS_MIME,
    Offer,
    example_ids_in,
    examples_mime,
    images_in,
    offer_of,
    only_link,
    paths_in,
    photo_ids_in,
    photos_mime,
)

HERE = Path(__file__).resolve()


def mime_of(**parts: object) -> QMimeData:
    mime = QMimeData()
    if "urls" in parts:
        mime.setUrls([QUrl(url) for url in parts["urls"]])
    if "text" in parts:
        mime.setText(str(parts["text"]))
    return mime


def picture() -> QImage:
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def png() -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture().save(buffer, "PNG")
    return bytes(data.data())


@pytest.mark.parametrize("ids", [[1], [5, 3, 9], [2**40]])
def test_ids_come_back_as_they_were_sent(qapp: object, ids: list[int]) -> None:
    assert photo_ids_in(photos_mime(ids)) == ids
    assert example_ids_in(examples_mime(ids)) == ids
    assert photo_ids_in(examples_mime(ids)) == []


@pytest.mark.parametrize(
    "garbage",
    [b"", b"{", b"\xff\xfe", b"null", b'{"a": 1}', b'["1"]', b"[true]", b"[1.5]", b"[-1]", b"[[1]]", b"[" * 100_000],
)
def test_garbage_reads_as_nothing(qapp: object, garbage: bytes) -> None:
    for name in (PHOTOS_MIME, EXAMPLES_MIME):
        mime = QMimeData()
        mime.setData(name, garbage)
        assert photo_ids_in(mime) == []
        assert example_ids_in(mime) == []
        assert offer_of(mime) is Offer.NOTHING


def test_photos_of_the_gallery_take_precedence_over_their_files(qapp: object) -> None:
    mime = photos_mime([4], [HERE])

    assert paths_in(mime) == [HERE]
    assert offer_of(mime) is Offer.PHOTOS


def test_only_files_of_this_computer_are_paths(qapp: object, tmp_path: Path) -> None:
    odd = tmp_path / "größe 100% #1 & so.jpg"
    mime = mime_of()
    mime.setUrls(
        [QUrl.fromLocalFile(str(path)) for path in (odd, tmp_path, odd)] + [QUrl("https://example.org/cat.jpg")]
    )

    assert paths_in(mime) == [odd, tmp_path]
    assert offer_of(mime) is Offer.PATHS
    assert not only_link(mime)


def test_pixels_dragged_out_of_a_browser(qapp: object) -> None:
    mime = mime_of(urls=["https://example.org/cat.jpg"])
    mime.setImageData(picture())

    (image,) = images_in(mime)
    assert image.size() == picture().size()
    assert offer_of(mime) is Offer.IMAGES
    assert not only_link(mime)


def test_pixels_as_an_encoded_picture(qapp: object) -> None:
    mime = QMimeData()
    mime.setData("image/jpeg", b"damaged")
    mime.setData("image/png", png())

    assert [image.size() for image in images_in(mime)] == [picture().size()]


def test_pixels_inside_an_address(qapp: object) -> None:
    mime = mime_of(urls=["data:image/png;base64," + base64.b64encode(png()).decode()])

    assert offer_of(mime) is Offer.IMAGES
    assert [image.pixelColor(0, 0).name() for image in images_in(mime)] == ["#ff0000"]


def test_damaged_pixels_are_left_out(qapp: object) -> None:
    mime = mime_of(urls=["data:image/png;base64,AAAA"])
    mime.setData("image/png", b"damaged")

    assert images_in(mime) == []


@pytest.mark.parametrize(
    "mime_parts",
    [{"urls": ["https://example.org/cat.jpg"]}, {"text": "https://example.org/cat.jpg"}, {"urls": ["http://a.b"]}],
)
def test_an_address_alone_is_only_a_link(qapp: object, mime_parts: dict[str, object]) -> None:
    assert only_link(mime_of(**mime_parts))


@pytest.mark.parametrize("text", ["", "Hello", "see https://example.org for more", "javascript:alert(1)"])
def test_other_text_is_nothing(qapp: object, text: str) -> None:
    assert offer_of(mime_of(text=text)) is Offer.NOTHING
