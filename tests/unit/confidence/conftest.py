"""The made-up photos of the learners' tests."""

from __future__ import annotations

import pytest

from tests.unit.learners.conftest import World


@pytest.fixture
def world() -> type[World]:
    return World
