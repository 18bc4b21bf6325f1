"""Starting a training from what another one learned."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from fewshot_gui.learners.episodic.method import EpisodicMethod


def warm_start(method: EpisodicMethod, parameters: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Give ``method`` the parameters that it has too, by name and shape.

    Returns:
        The names of the parameters that were taken.
    """
    own = method.state_dict()
    known = {name: tensor for name, tensor in parameters.items() if name in own and own[name].shape == tensor.shape}
    method.load_state_dict(own | known)
    return tuple(known)
