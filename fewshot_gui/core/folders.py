"""The per-user folders of the program, overridable for tests and managed machines."""

import os
from pathlib import Path

APP_NAME = "fewshot-gui"


def cache_folder() -> Path:
    """Files that can be made again at any time: converted encoders, embeddings. ``FEWSHOT_GUI_CACHE`` overrides it."""
    return _folder("FEWSHOT_GUI_CACHE", "user_cache_dir")


def data_folder() -> Path:
    """Files the user asked for: downloaded encoders, the sample project. ``FEWSHOT_GUI_DATA`` overrides it."""
    return _folder("FEWSHOT_GUI_DATA", "user_data_dir")


def log_folder() -> Path:
    """The log files. ``FEWSHOT_GUI_LOG`` overrides it."""
    return _folder("FEWSHOT_GUI_LOG", "user_log_dir")


def settings_file() -> Path:
    """Where the window keeps its layout and the recent projects. ``FEWSHOT_GUI_SETTINGS`` names another folder."""
    return _folder("FEWSHOT_GUI_SETTINGS", "user_config_dir") / "window.ini"


def _folder(variable: str, function: str) -> Path:
    import platformdirs

    override = os.environ.get(variable)
    path = Path(override) if override else Path(getattr(platformdirs, function)(APP_NAME, appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path
