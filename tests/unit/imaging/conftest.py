"""The picture that most tests of this room use."""

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture
def scene() -> NDArray[np.uint8]:
    """uint8 (48, 64, 3); each quarter has its own colour, so every turn and reflection looks different."""
    picture = np.empty((48, 64, 3), np.uint8)
    picture[:24, :32] = (220, 30, 40)
    picture[:24, 32:] = (30, 200, 50)
    picture[24:, :32] = (40, 60, 210)
    picture[24:, 32:] = (240, 240, 230)
    return picture
