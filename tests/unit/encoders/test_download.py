"""Downloads, from a server on this computer."""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, DownloadError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import opening
from fewshot_gui.encoders.download import download_encoder
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.registry import encoder_spec, is_ready
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.weights import weights_file

from .conftest import CPU, Watched, tiny_spec, write_tiny_weights

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Answer(NamedTuple):
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    body: bytes = b""


@dataclass
class Server:
    """Answers by path; ``url`` is where it listens."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def spec(self, path: str = "/model.safetensors", sha256: str = SHA256) -> EncoderSpec:
        return tiny_spec(self.url + path, sha256)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            status, headers, body = state.answers.get(self.path, Answer(404))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # the client cancelled
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{listening.server_port}", {"/model.safetensors": Answer(body=CONTENT)})
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    listening.shutdown()
    listening.server_close()
    thread.join()


def assert_nothing_arrived(spec: EncoderSpec) -> None:
    folder = weights_file(spec).parent
    assert not is_ready(spec)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_file_arrives_whole_and_is_watched(server: Server) -> None:
    spec, progress = server.spec(), Watched()
    download_encoder(spec, progress)
    assert weights_file(spec).read_bytes() == CONTENT
    assert [path.name for path in weights_file(spec).parent.iterdir()] == ["weights.safetensors"]
    assert is_ready(spec)
    done = [report[0] for report in progress.reports]
    assert done == sorted(done)
    assert progress.reports[-1] == (len(CONTENT), len(CONTENT), "Downloading Tiny")


def test_what_is_there_is_not_fetched_again(server: Server) -> None:
    for _ in range(2):
        download_encoder(server.spec(), Unwatched())
    assert len(server.asked) == 1


def test_bundled_encoder_needs_no_download() -> None:
    download_encoder(encoder_spec("efficientnet-lite0+lite2"), Watched(cancel_at_check=1))


@pytest.mark.parametrize("sha256", [SHA256[:8], SHA256])
def test_digest_may_be_given_in_part(sha256: str, server: Server) -> None:
    download_encoder(server.spec(sha256=sha256), Unwatched())
    assert is_ready(server.spec())


@pytest.mark.parametrize("sha256", ["0" * 8, "0" * 64])
@pytest.mark.provokes_logs
def test_wrong_digest_leaves_nothing(sha256: str, server: Server) -> None:
    spec = server.spec(sha256=sha256)
    with pytest.raises(DownloadError, match="“Tiny” was damaged on its way: download it again"):
        download_encoder(spec, Unwatched())
    assert_nothing_arrived(spec)


def hub(server: Server, digest: str) -> EncoderSpec:
    """Answer like the Hugging Face hub: redirect to a storage elsewhere, and name the digest."""
    storage = server.url.replace("127.0.0.1", "localhost") + "/model.safetensors"
    server.answers["/moved"] = Answer(307, {"Location": "/resolve"})
    server.answers["/resolve"] = Answer(302, {"Location": storage, "X-Linked-Etag": f'"{digest}"'})
    return server.spec("/moved", sha256="")


def test_digest_is_taken_from_the_hub_where_none_is_known(server: Server) -> None:
    spec = hub(server, SHA256)
    download_encoder(spec, Unwatched())
    assert is_ready(spec)
    assert server.asked == ["/moved", "/resolve", "/model.safetensors"]


@pytest.mark.provokes_logs
def test_wrong_digest_from_the_hub_leaves_nothing(server: Server) -> None:
    spec = hub(server, "0" * 64)
    with pytest.raises(DownloadError, match="damaged on its way"):
        download_encoder(spec, Unwatched())
    assert_nothing_arrived(spec)


@pytest.mark.provokes_logs
def test_known_digest_outranks_that_of_the_hub(server: Server) -> None:
    spec = hub(server, SHA256)
    assert spec.download is not None
    spec = replace(spec, download=replace(spec.download, sha256="0" * 64))
    with pytest.raises(DownloadError, match="damaged on its way"):
        download_encoder(spec, Unwatched())


def test_digest_named_by_the_storage_itself_is_not_trusted(server: Server) -> None:
    server.answers["/hub"] = Answer(
        302, {"Location": server.url.replace("127.0.0.1", "localhost") + "/model.safetensors"}
    )
    server.answers["/model.safetensors"] = Answer(200, {"X-Linked-Etag": SHA256}, CONTENT)
    spec = server.spec("/hub", sha256="")
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1 does not say how to check it"):
        download_encoder(spec, Unwatched())
    assert_nothing_arrived(spec)


def test_cancel_midway_leaves_nothing(server: Server) -> None:
    spec, progress = server.spec(), Watched(cancel_at_check=3)
    with pytest.raises(Cancelled):
        download_encoder(spec, progress)
    assert 0 < progress.reports[-1][0] < len(CONTENT)
    assert_nothing_arrived(spec)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_refusal_of_the_server_is_one_sentence(status: int, server: Server) -> None:
    server.answers["/model.safetensors"] = Answer(status)
    with pytest.raises(DownloadError, match=f"“Tiny” was not downloaded: 127.0.0.1 answered “{status} "):
        download_encoder(server.spec(), Unwatched())
    assert_nothing_arrived(server.spec())


def test_connection_that_breaks_off_leaves_nothing(server: Server) -> None:
    server.answers["/model.safetensors"] = Answer(200, {"Content-Length": "9999999"}, CONTENT)
    with pytest.raises(DownloadError, match="broke off: check the internet connection"):
        download_encoder(server.spec(), Unwatched())
    assert_nothing_arrived(server.spec())


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
@pytest.mark.provokes_logs
def test_offline_is_one_sentence(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    if host != "127.0.0.1":

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror("Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with socket.socket() as reserved:  # bound but not listening: connections are refused
        reserved.bind(("127.0.0.1", 0))
        scheme = "http" if host == "127.0.0.1" else "https"
        spec = tiny_spec(f"{scheme}://{host}:{reserved.getsockname()[1]}/model.safetensors", SHA256)
        with pytest.raises(DownloadError, match=f"{host} could not be reached: check the internet connection"):
            download_encoder(spec, Unwatched())
    assert_nothing_arrived(spec)


def test_full_disk_is_noticed_before_the_download(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(Path.cwd())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(DownloadError, match=r"free 1 MB there and try again"):
        download_encoder(server.spec(), Unwatched())
    assert_nothing_arrived(server.spec())


@pytest.mark.provokes_logs
def test_disk_that_fills_during_the_download_is_one_sentence(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DownloadError, match=r"could not be saved in .*: free"):
        download_encoder(server.spec(), Unwatched())
    assert_nothing_arrived(server.spec())


@pytest.mark.parametrize("url", ["http://example.org/m.pth", "file:///etc/passwd", "ftp://example.org/m.pth"])
def test_address_that_is_not_secure_is_never_opened(url: str) -> None:
    with pytest.raises(DownloadError, match="not a secure"):
        download_encoder(tiny_spec(url, SHA256), Unwatched())


@pytest.mark.parametrize("location", ["http://example.org/m.pth", "file:///etc/passwd"])
def test_redirect_to_an_address_that_is_not_secure_is_not_followed(location: str, server: Server) -> None:
    server.answers["/model.safetensors"] = Answer(302, {"Location": location})
    with pytest.raises(DownloadError, match=r"not a secure|not allowed"):
        download_encoder(server.spec(), Unwatched())
    assert_nothing_arrived(server.spec())


def test_downloaded_weights_embed_like_their_network(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photo: Callable[..., NDArray[np.uint8]]
) -> None:
    """The whole way: server, file, conversion, embedding."""
    import timm
    import torch
    from safetensors.torch import load_file

    from fewshot_gui.encoders.preprocess import prepare_batch

    published = tmp_path / "published.safetensors"
    write_tiny_weights(published)
    server.answers["/model.safetensors"] = Answer(body=published.read_bytes())
    spec = server.spec(sha256=hashlib.sha256(published.read_bytes()).hexdigest())
    monkeypatch.setattr(opening, "encoder_spec", lambda _: spec)
    download_encoder(spec, Unwatched())
    photos = [photo(40, 60, 1), photo(50, 30, 2), photo(36, 36, 3)]
    got = open_encoder("tiny", device=CPU, progress=Unwatched()).embed(photos)

    network: Any = timm.create_model("test_efficientnet", pretrained=False).eval()
    network.load_state_dict(load_file(published))
    network.reset_classifier(0)
    with torch.no_grad():
        wanted = network(torch.from_numpy(prepare_batch(photos, spec.preprocess))).numpy()
    np.testing.assert_allclose(got, wanted, atol=1e-3 * np.abs(wanted).max())
