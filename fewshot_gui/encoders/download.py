"""Fetching an encoder's weights: only when the user asks, only over https, kept only if the digest is right."""

from __future__ import annotations

import hashlib
import http.client
import logging
import re
import shutil
from email.message import Message
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from fewshot_gui.core.errors import DownloadError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders.registry import is_ready, part_specs, require_supported
from fewshot_gui.encoders.spec import Download, EncoderSpec
from fewshot_gui.encoders.weights import weights_file

_log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10.0
"""Of silence, after which a server counts as unreachable; a cancel is heard at the latest then."""
_CHUNK = 1 << 18
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def download_encoder(spec: EncoderSpec, progress: Progress) -> None:
    """Fetch the weights of ``spec``, check them, and put them in their place; does nothing where they are there.

    Args:
        spec: Its ``download`` and ``licence`` say from where, how large and under which terms, for the user to agree
            to before.
        progress: Hears of the bytes that have arrived and, if the server says, of how many there are.

    Raises:
        DownloadError: The server could not be reached or refused, the download broke off, its digest is wrong, or the
            disk is full. Nothing is left behind.
        EncoderError: This edition of the program could not use them.
        Cancelled: The person cancelled. Nothing is left behind.
    """
    require_supported(spec)
    for part in part_specs(spec):
        if part.download and not is_ready(part):
            _Transfer(part, part.download, progress).run()


class _Transfer:
    """One file on its way from its server to its place."""

    def __init__(self, spec: EncoderSpec, download: Download, progress: Progress) -> None:
        self._title = spec.title
        self._download = download
        self._progress = progress
        self._target = weights_file(spec)
        self._host = urlsplit(download.url).hostname or download.url

    def run(self) -> None:
        self._progress.check()
        self._progress.report(0, None, f"Downloading {self._title}")
        redirects = _Redirects(self._host)
        with self._open(redirects) as response:
            redirects.note_digest(response.url, response.headers)
            wanted = self._download.sha256 or redirects.sha256
            if not wanted:
                raise DownloadError(f"“{self._title}” was not downloaded: {self._host} does not say how to check it.")
            self._save(response, wanted)

    def _open(self, redirects: _Redirects) -> http.client.HTTPResponse:
        _refuse_unless_safe(self._download.url)
        headers = {"User-Agent": "fewshot-gui", "Accept-Encoding": "identity"}
        request = Request(self._download.url, headers=headers)  # noqa: S310 - the line above admits https only
        try:
            response: http.client.HTTPResponse = build_opener(redirects).open(request, timeout=_TIMEOUT_SECONDS)
        except HTTPError as error:
            error.close()
            raise DownloadError(
                f"“{self._title}” was not downloaded: {self._host} answered “{error.code} {error.reason}”, try later."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            _log.exception("%s cannot be reached", self._download.url)
            raise DownloadError(f"{self._host} could not be reached: check the internet connection.") from error
        return response

    def _save(self, response: http.client.HTTPResponse, wanted: str) -> None:
        folder = self._target.parent
        total = _content_length(response.headers)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if total and shutil.disk_usage(folder).free < total:
                raise DownloadError(self._no_room(total))
            with TemporaryDirectory(prefix="arriving-", dir=folder, ignore_cleanup_errors=True) as temporary:
                arriving = Path(temporary) / self._target.name
                with arriving.open("wb") as file:
                    digest = self._receive(response, file, total)
                if not digest.startswith(wanted):
                    _log.error("%s has the SHA-256 %s instead of %s", self._download.url, digest, wanted)
                    raise DownloadError(f"The download of “{self._title}” was damaged on its way: download it again.")
                arriving.replace(self._target)
        except OSError as error:
            _log.exception("%s cannot be written", self._target)
            raise DownloadError(self._no_room(total)) from error

    def _receive(self, response: http.client.HTTPResponse, file: IO[bytes], total: int | None) -> str:
        """Write the body to ``file``; returns the hex digits of its SHA-256."""
        digest = hashlib.sha256()
        done = 0
        while chunk := self._read(response):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            self._progress.report(done, total, f"Downloading {self._title}")
        if total is not None and done != total:
            raise DownloadError(self._broken_off())
        return digest.hexdigest()

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        self._progress.check()
        try:
            return response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            _log.exception("%s broke off", self._download.url)
            raise DownloadError(self._broken_off()) from error

    def _broken_off(self) -> str:
        return f"The download of “{self._title}” broke off: check the internet connection and try again."

    def _no_room(self, total: int | None) -> str:
        size = (total or self._download.size_bytes) / 1e6
        return f"“{self._title}” could not be saved in {self._target.parent}: free {size:.0f} MB there and try again."


class _Redirects(HTTPRedirectHandler):
    """Follows redirects to safe addresses only and keeps the digest that the first server names on the way.

    The Hugging Face hub answers for a large file with a redirect to its storage and gives the SHA-256 of the file in
    the header ``X-Linked-Etag``. The storage itself is not asked: a digest must not come from where the file does.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self.sha256 = ""

    def note_digest(self, url: str, headers: Message) -> None:
        """Keep the digest in the headers of an answer, if the answer is that of the first server."""
        found = _SHA256.search(headers.get("X-Linked-Etag", ""))
        if found and urlsplit(url).hostname == self._host:
            self.sha256 = found.group()

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """Overrides the base class: called with every redirect."""
        _refuse_unless_safe(newurl)
        self.note_digest(req.full_url, headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_unless_safe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise DownloadError(f"The address {url} was not opened, because it is not a secure (https) one.")


def _content_length(headers: Message) -> int | None:
    value = headers.get("Content-Length", "")
    return int(value) if value.isdecimal() else None
