"""What a drop on the left column means."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDropEvent

from fewshot_gui.ui.drops import Offer, example_ids_in, images_in, offer_of, paths_in, photo_ids_in
from fewshot_gui.ui.widgets.class_requests import ClassRequests

SAVE_FIRST: Final = "That is only a link to a picture; save the picture to a folder first, then drop the file here."


def safe_action(offer: Offer, event: QDropEvent) -> Qt.DropAction | None:
    """The action to answer a drag with, or ``None`` to refuse it.

    A file manager deletes its files after a drop that was answered with "move"; photos are never moved, so foreign
    drags are answered with "copy" or "link" only.
    """
    if offer in (Offer.PHOTOS, Offer.EXAMPLES):
        return event.proposedAction()
    for action in (Qt.DropAction.CopyAction, Qt.DropAction.LinkAction):
        if event.possibleActions() & action:
            return action
    return None


def deliver_to_class(requests: ClassRequests, mime: QMimeData, class_id: int) -> None:
    """Emit the signal for a drop of ``mime`` on a class."""
    match offer_of(mime):
        case Offer.PHOTOS:
            requests.photos_dropped_on_class.emit(class_id, photo_ids_in(mime))
        case Offer.EXAMPLES:
            requests.examples_moved.emit(example_ids_in(mime), class_id)
        case Offer.PATHS:
            requests.paths_dropped_on_class.emit(class_id, paths_in(mime))
        case Offer.IMAGES if images := images_in(mime):
            requests.images_dropped_on_class.emit(class_id, images)
        case _:
            requests.link_refused.emit(SAVE_FIRST)


def deliver_to_empty(requests: ClassRequests, mime: QMimeData) -> None:
    """Emit the signal for a drop of ``mime`` beside the classes."""
    match offer_of(mime):
        case Offer.PHOTOS:
            requests.photos_dropped_on_empty.emit(photo_ids_in(mime))
        case Offer.PATHS:
            requests.paths_dropped_on_empty.emit(paths_in(mime))
        case Offer.IMAGES if images := images_in(mime):
            requests.images_dropped_on_empty.emit(images)
        case _:
            requests.link_refused.emit(SAVE_FIRST)
