"""Which projects this computer has worked on, so that it may follow the absolute paths in them.

A project from elsewhere could name any file, and on Windows merely looking at ``//server/share/x.jpg`` sends the
person's credentials to that server. So a project carries a token that only this computer can make; without it,
absolute paths are followed only after the person allowed it.
"""

import hashlib
import hmac
import logging
import os
import secrets
import tempfile
from pathlib import Path

from fewshot_gui.core.folders import data_folder

_logger = logging.getLogger(__name__)


def computer_token(project_id: str) -> str | None:
    """The token of this computer for one project, 64 hexadecimal digits; ``None`` if the computer keeps no secret."""
    secret = _secret()
    return None if secret is None else hmac.new(secret, project_id.encode(), hashlib.sha256).hexdigest()


def is_token(project_id: str, token: str | None) -> bool:
    """Whether ``token`` is the one this computer made for the project."""
    own = computer_token(project_id)
    return own is not None and token is not None and hmac.compare_digest(token.encode(), own.encode())


def _secret() -> bytes | None:
    try:
        file = data_folder() / "computer-secret"
        if not file.exists():
            handle, name = tempfile.mkstemp(dir=file.parent)  # only its owner may read such a file
            with os.fdopen(handle, "wb") as new:
                new.write(secrets.token_bytes(32))
            Path(name).replace(file)
        return file.read_bytes()
    except OSError:
        _logger.exception("the data folder cannot be used, so no project is known as this computer's")
        return None
