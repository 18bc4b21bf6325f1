"""What is begun when: jobs as the threads of a run get them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.encoders import Encoder, FileStamp
from fewshot_gui.workflows.embedding.board import Board, Encode, Job, LookUp, Read, ReadRefused
from fewshot_gui.workflows.embedding.records import DecodedPhoto, EmbeddedPhoto, Found, Origin, Outcome, PhotoFile
from tests.unit.workflows.conftest import Opener
from tests.unit.workflows.embedding.conftest import LONG


def files(*numbers: int) -> list[PhotoFile]:
    return [PhotoFile(number, FileStamp(Path(f"{number}.png"), 1, 1)) for number in numbers]


def decoded(*numbers: int) -> list[DecodedPhoto]:
    return [DecodedPhoto(file, "content", np.zeros((4, 4, 3), np.uint8), 0.0) for file in files(*numbers)]


def outcomes(*numbers: int) -> list[Outcome]:
    return [Outcome(EmbeddedPhoto(number, Path(), "content", None), origin=Origin.KNOWN) for number in numbers]


def looked_up(board: Board, *unknown: int) -> None:
    """Have photos added and looked up, of which these are unknown."""
    board.add([(number, Path(f"{number}.png")) for number in unknown])
    job = board.next_job()
    assert isinstance(job, LookUp)
    board.report(job, Found(files=files(*unknown)))


def encoder(opener: Opener, kind: str) -> Encoder:
    opener.kind = kind
    return opener.open("tile-colours", device=opener.choose_device("auto"))


def jobs_of(board: Board, kinds: Sequence[type[Job]]) -> list[Job]:
    jobs = [board.next_job() for _ in kinds]
    assert [type(job) for job in jobs] == list(kinds)
    return [job for job in jobs if job is not None]


def test_photos_are_looked_up_then_read() -> None:
    board = Board()
    looked_up(board, 0, 1)
    first, second = jobs_of(board, [Read, Read])
    assert [job.file.index for job in (first, second) if isinstance(job, Read)] == [0, 1]
    board.add([])
    board.report(first, Found(outcomes=outcomes(0)))
    board.report(second, Found(outcomes=outcomes(1)))
    assert len(board.collect(LONG)) == 2
    assert board.finished


def test_what_was_decoded_before_the_encoder_was_open_is_encoded_first(opener: Opener) -> None:
    board = Board()
    looked_up(board, 0, 1, 2)
    job = board.next_job()
    assert isinstance(job, Read)
    board.report(job, Found(decoded=decoded(0)))
    assert board.equip(encoder(opener, "cpu"))
    jobs_of(board, [Encode, Read, Read])


def test_a_refused_jpeg_is_read_before_others(opener: Opener) -> None:
    board = Board()
    board.equip(encoder(opener, "cuda"))
    looked_up(board, 0, 1)
    job = board.next_job()
    assert isinstance(job, Read)
    board.report(job, Found(decoded=decoded(0)))
    batch = board.next_batch()
    assert batch is not None
    board.report(batch, Found(refused=list(batch.photos)))
    jobs_of(board, [ReadRefused, Read])


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_after_a_stop_only_what_is_decoded_is_still_encoded(opener: Opener, kind: str) -> None:
    board = Board()
    board.equip(encoder(opener, kind))
    looked_up(board, 0, 1)
    job = board.next_job()
    assert isinstance(job, Read)
    board.report(job, Found(decoded=decoded(0)))
    board.stop(0)
    batch = board.next_batch() if kind == "cuda" else board.next_job()
    assert isinstance(batch, Encode)
    assert not board.report(batch, Found(outcomes=outcomes(0)))
    assert board.next_job() is None
    assert board.next_batch() is None
    assert list(board.abandon().outcomes)


def test_without_an_encoder_decoded_photos_are_given_up_at_the_end(opener: Opener) -> None:
    board = Board()
    looked_up(board, 0, 1)
    first, second = jobs_of(board, [Read, Read])
    board.report(first, Found(decoded=decoded(0)))
    board.stop(0)
    assert [photo.file.index for photo in board.report(second, Found(decoded=decoded(1))).given_up] == [1]
    assert not board.equip(encoder(opener, "cpu")), "it comes too late"
    assert [photo.file.index for photo in board.abandon().given_up] == [0]


def test_who_finishes_late_is_told_to_keep_it() -> None:
    board = Board()
    looked_up(board, 0)
    (job,) = jobs_of(board, [Read])
    board.stop(0)
    assert not board.abandon()
    assert len(board.report(job, Found(outcomes=outcomes(0))).outcomes) == 1


def test_a_photo_of_another_run_is_looked_up_again_a_little_later() -> None:
    board = Board()
    looked_up(board, 0)
    (job,) = jobs_of(board, [Read])
    board.report(job, Found(postponed=files(0)))
    again = board.next_job()
    assert isinstance(again, LookUp)
    assert [index for index, _ in again.photos] == [0]


def test_nothing_is_begun_while_it_is_held() -> None:
    board = Board()
    board.hold(True)
    board.add([(0, Path("0.png"))])
    got: list[Job | None] = []
    worker = threading.Thread(target=lambda: got.append(board.next_job()))
    worker.start()
    worker.join(0.05)
    assert got == []
    board.hold(False)
    worker.join(LONG)
    assert isinstance(got[0], LookUp)


def test_a_failure_comes_after_what_was_done_before_it() -> None:
    board = Board()
    looked_up(board, 0, 1)
    first, second = jobs_of(board, [Read, Read])
    board.report(first, Found(outcomes=outcomes(0)))
    board.fail(ZeroDivisionError(), second)
    assert len(board.collect(LONG)) == 1
    with pytest.raises(ZeroDivisionError):
        board.collect(LONG)
