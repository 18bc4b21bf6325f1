"""Which wish of the person goes to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fewshot_gui.ui.window_requests import WindowRequests

if TYPE_CHECKING:
    from fewshot_gui.ui.main_window import MainWindow


def wire(window: MainWindow) -> None:
    """Connect the parts of ``window``, its menus and those who answer."""
    requests = WindowRequests(window)
    _wire_menus(window, requests)
    _wire_classes(window, requests)
    _wire_photos(window, requests)
    _wire_bars(window, requests)
    _wire_messages(window)


def _wire_menus(window: MainWindow, requests: WindowRequests) -> None:
    answers = {
        "new": window.projects.new,
        "from_model": window.from_model.ask,
        "open": window.projects.ask_and_open,
        "sample": window.projects.open_sample,
        "save_copy": window.projects.save_copy,
        "add_folder": requests.add_folder,
        "folders": window.folders.open,
        "find_moved": window.moving.find,
        "export": window.exporting.open,
        "close": window.projects.close,
        "quit": window.close,
        "undo": requests.undo,
        "redo": requests.redo,
        "add_class": window.class_editing.add,
        "none": window.deciding.none_of_these,
        "confirm": window.deciding.confirm,
        "undecide": window.deciding.undecide,
        "remove_photos": window.deciding.remove,
        "review": requests.review,
        "show_all": requests.show_all,
        "find": window.photos.focus_search,
        "new_photos": window.watching.go_to_new,
        "refresh_order": window.model.refresh_order,
        "next_part": window.go_to_next_part,
        "inspector": window.inspector_place.toggle,
        "light": requests.use_light,
        "dark": requests.use_dark,
        "system": requests.use_system,
        "add_point": window.points.add,
        "opinion": window.opinion.ask,
        "lab": window.lab.open,
        "keys": requests.show_keys,
        "computer": window.computer.open,
        "welcome": window.welcome.show_again,
        "report": window.diagnostics.open,
        "about": requests.show_about,
    }
    for name, answer in answers.items():
        window.actions_table[name].triggered.connect(answer)


def _wire_classes(window: MainWindow, requests: WindowRequests) -> None:
    panel, editing = window.classes, window.class_editing
    panel.add_class_requested.connect(editing.add)
    panel.renamed.connect(editing.rename)
    panel.remove_requested.connect(editing.remove)
    panel.merge_requested.connect(editing.merge)
    panel.reorder_requested.connect(editing.reorder)
    panel.examples_moved.connect(editing.move_examples)
    panel.examples_removed.connect(editing.remove_examples)
    panel.paths_dropped_on_class.connect(editing.drop_paths)
    panel.paths_dropped_on_empty.connect(editing.drop_paths_on_empty)
    panel.photos_dropped_on_class.connect(editing.drop_photos)
    panel.photos_dropped_on_empty.connect(editing.drop_photos_on_empty)
    panel.images_dropped_on_class.connect(editing.drop_images)
    panel.images_dropped_on_empty.connect(editing.drop_images_on_empty)
    panel.browse_requested.connect(requests.browse_examples)
    panel.class_filter_requested.connect(requests.show_class)
    panel.folder_requested.connect(requests.show_in_folder)
    panel.example_activated.connect(requests.open_example)
    panel.link_refused.connect(window.task_bar.show_error)
    editing.class_added.connect(panel.begin_rename)


def _wire_photos(window: MainWindow, requests: WindowRequests) -> None:
    photos, deciding, focus = window.photos, window.deciding, window.focus
    photos.selection_changed.connect(focus.choose)
    focus.moved.connect(deciding.choose)
    deciding.decided.connect(requests.move_on)
    for part in (photos, window.large_view):
        part.label_key.connect(deciding.label_by_key)
        part.confirm_requested.connect(deciding.confirm)
    photos.undecide_requested.connect(deciding.undecide)
    photos.large_view_requested.connect(focus.open_large)
    photos.add_folder_requested.connect(requests.add_folder)
    photos.photos_dropped.connect(window.session.add_folders)
    photos.context_menu_requested.connect(requests.show_photo_menu)
    photos.tile_side_changed.connect(requests.remember_tile_side)
    photos.bar.details_requested.connect(window.inspector_place.toggle)
    window.inspector_place.shown_changed.connect(photos.bar.show_details_shown)
    window.inspector_place.closed.connect(photos.focus_grid)
    window.large_view.next_requested.connect(requests.next_photo)
    window.large_view.previous_requested.connect(requests.previous_photo)
    window.large_view.closed.connect(photos.focus_grid)
    window.inspector.label_requested.connect(deciding.label)
    window.inspector.confirm_requested.connect(deciding.confirm)
    window.inspector.none_requested.connect(deciding.none_of_these)
    window.inspector.undecide_requested.connect(deciding.undecide)
    window.inspector.large_view_requested.connect(focus.open_large)
    window.inspector.evidence_activated.connect(requests.open_file)


def _wire_bars(window: MainWindow, requests: WindowRequests) -> None:
    window.header.method_chosen.connect(window.methods.choose)
    window.header.encoder_chosen.connect(window.encoders.choose)
    window.header.review_requested.connect(requests.review)
    window.header.export_requested.connect(window.exporting.open)
    window.header.device_requested.connect(window.computer.open)
    window.devices.found.connect(window.header.set_device)
    window.header.rename_requested.connect(requests.rename_project)
    window.header.opinion_requested.connect(window.opinion.ask)
    window.opinion.use_requested.connect(window.methods.choose)
    window.methods.add_requested.connect(window.points.add)
    window.lab.use_requested.connect(window.methods.choose)
    window.points.changed.connect(window.view.show_choices)
    window.encoders.changed.connect(window.view.show_choices)
    window.task_bar.failures_requested.connect(requests.show_failures)
    window.task_bar.resume_requested.connect(window.session.resume)
    window.task_bar.watching.folders_requested.connect(window.folders.open)
    window.folders.add_requested.connect(requests.add_folder)
    window.start.new_requested.connect(window.projects.new)
    window.start.open_requested.connect(window.projects.ask_and_open)
    window.start.sample_requested.connect(window.projects.open_sample)
    window.start.recent_chosen.connect(window.projects.open)
    window.start.recent_removed.connect(requests.forget_project)
    window.start.folder_dropped.connect(requests.start_with_folder)
    window.start.model_dropped.connect(window.from_model.begin)
    window.from_model.made.connect(window.projects.open)
    window.welcome.begun.connect(window.show_welcome)
    window.welcome.new_requested.connect(window.projects.new)
    window.welcome.open_requested.connect(window.projects.ask_and_open)
    window.welcome.sample_requested.connect(window.projects.open_sample)
    window.crash_strip.report_requested.connect(window.diagnostics.open)


def _wire_messages(window: MainWindow) -> None:
    bar = window.task_bar
    window.runner.started.connect(bar.show_task)
    window.runner.failed.connect(bar.show_error)
    window.exporting.begun.connect(bar.outdate_error)
    for failing in (window.session.problem, window.class_editing.refused, window.deciding.refused):
        failing.connect(bar.show_error)
    for flow in (
        window.projects,
        window.moving,
        window.encoders,
        window.methods,
        window.points,
        window.watching,
        window.folders,
    ):
        flow.failed.connect(bar.show_error)
    for teller in (
        window.class_editing,
        window.projects,
        window.exporting,
        window.moving,
        window.methods,
        window.points,
        window.lab,
        window.diagnostics,
        window.kept,
        window.watching,
        window.folders,
    ):
        teller.told.connect(bar.show_change)
