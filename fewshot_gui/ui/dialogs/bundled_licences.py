"""The licences of the works of others, as the dialog shows them."""

from __future__ import annotations

from fewshot_gui.core.progress import Progress
from fewshot_gui.ui.dialogs.about_dialog import BundledLicence


def bundled_licences(progress: Progress) -> tuple[BundledLicence, ...]:
    """Every work with its licence; reading them takes about a second where the program is no application."""
    from fewshot_gui.workflows.bundled_works import bundled_works  # loaded by the worker, and not at every start

    progress.check()
    return tuple(
        BundledLicence(f"{work.name} {work.version}".rstrip(), work.licence, work.text) for work in bundled_works()
    )
