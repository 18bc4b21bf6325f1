"""What runs an encoder's network."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Engine(Protocol):
    """A network ready to run. Implementations allow calls from several threads at once."""

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network.

        Args:
            batch: float32 (n, 3, crop, crop), prepared, n >= 1.

        Returns:
            float32 (n, d). A row does not depend on the other rows.

        Raises:
            EncoderError: The network could not be run.
        """
        ...
