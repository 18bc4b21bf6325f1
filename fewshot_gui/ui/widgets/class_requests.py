"""What the left column can ask for; the window listens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class ClassRequests(QWidget):
    """The signals of the left column. Lists arrive as the Python lists they were.

    Signals:
        add_class_requested: a new, empty class.
        paths_dropped_on_class: class id, files and folders (list of Path).
        images_dropped_on_class: class id, pixels that have no file (list of QImage).
        photos_dropped_on_class: class id, photo ids dragged out of the gallery (list of int).
        paths_dropped_on_empty: files and folders that want a class of their own.
        images_dropped_on_empty: pixels that want a class of their own.
        photos_dropped_on_empty: photos of the gallery that want a class of their own.
        examples_moved: example ids (list of int), the class they shall be in.
        examples_removed: example ids that shall not be examples any more.
        example_activated: an example to look at.
        folder_requested: a file (Path) to show in the system's file manager.
        renamed: class id, the new name; not checked against the other names.
        remove_requested: class id.
        merge_requested: class id, the class that shall take its examples and decisions.
        reorder_requested: class id, its new position from 0.
        browse_requested: class id for which photos shall be chosen.
        class_filter_requested: class id whose photos alone shall be shown.
        link_refused: a sentence for the person who dragged an address instead of a picture.
    """

    add_class_requested = Signal()
    paths_dropped_on_class = Signal(int, object)
    images_dropped_on_class = Signal(int, object)
    photos_dropped_on_class = Signal(int, object)
    paths_dropped_on_empty = Signal(object)
    images_dropped_on_empty = Signal(object)
    photos_dropped_on_empty = Signal(object)
    examples_moved = Signal(object, int)
    examples_removed = Signal(object)
    example_activated = Signal(int)
    folder_requested = Signal(object)
    renamed = Signal(int, str)
    remove_requested = Signal(int)
    merge_requested = Signal(int, int)
    reorder_requested = Signal(int, int)
    browse_requested = Signal(int)
    class_filter_requested = Signal(int)
    link_refused = Signal(str)
