"""Where the tiles of an example strip go."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QRect

from fewshot_gui.ui.widgets.strip_layout import TILE_SIDE, Place, TileKind, places

COUNTS = [0, 1, 3, 4, 5, 6, 13, 200]
WIDTHS = [100, 137, 219, 220, 232, 400]


def kinds(found: list[Place]) -> str:
    return "".join(place.kind.name[0] for place in found)


@pytest.mark.parametrize("inviting", [False, True])
@pytest.mark.parametrize("expanded", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", COUNTS)
def test_tiles_never_overlap_nor_leave_the_strip(count: int, width: int, expanded: bool, inviting: bool) -> None:
    found = places(count, width, expanded=expanded, inviting=inviting)

    room = QRect(0, 0, max(width, 3 * TILE_SIDE + 8), 100_000)
    assert all(room.contains(place.rect) for place in found)
    assert all(place.rect.width() >= TILE_SIDE for place in found)
    if len(found) < 50:
        assert not any(one.rect.intersects(other.rect) for one, other in combinations(found, 2))
    assert found[-1].kind is TileKind.ADD


def test_few_examples_stand_beside_the_place_to_add() -> None:
    assert kinds(places(4, 232, expanded=False, inviting=False)) == "EEEEA"
    assert kinds(places(0, 232, expanded=False, inviting=False)) == "A"


def test_many_examples_are_summed_up() -> None:
    found = places(6, 232, expanded=False, inviting=False)

    assert kinds(found) == "EEEMA"
    assert len({place.rect.y() for place in found}) == 1


def test_expanded_shows_all() -> None:
    found = places(13, 232, expanded=True, inviting=False)

    assert kinds(found) == "E" * 13 + "MA"
    assert len({place.rect.y() for place in found}) == 3


@pytest.mark.parametrize("expanded", [False, True])
@pytest.mark.parametrize("count", COUNTS)
def test_inviting_makes_room_for_words_and_keeps_the_height(count: int, expanded: bool) -> None:
    before = places(count, 232, expanded=expanded, inviting=False)
    during = places(count, 232, expanded=expanded, inviting=True)

    assert during[-1].rect.bottom() == before[-1].rect.bottom()
    assert during[-1].rect.width() >= 2 * TILE_SIDE
    assert [place.rect for place in during[:-1]] == [place.rect for place in before[: len(during) - 1]]
