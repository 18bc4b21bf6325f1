"""What is known of an encoder: its preprocessing, licence, origin and weights belong to it and travel with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Interpolation = Literal["bicubic", "bilinear"]
Source = Literal["bundled", "joined", "pixels", "timm", "torchvision"]

_READ_LARGER = 5
"""How many times larger than the encoder sees it a photo should be decoded, so that it makes no difference whether it
was decoded at a fraction of its size or, for an exported model, at its full size (decision 0010)."""


@dataclass(frozen=True)
class Preprocess:
    """How a photo becomes the input an encoder was trained on.

    Attributes:
        resize_short_side: Pixels of the photo's short side before the crop; at least ``crop``.
        crop: Side in pixels of the central square the encoder sees.
        interpolation: The resampling filter, always antialiased.
        mean: Per channel R, G, B, on the scale 0..1, subtracted.
        std: Per channel R, G, B, on the scale 0..1, divided by; above 0.
        version: Raised whenever embeddings change although the encoder id stays, so that cached ones are not reused.

    Raises:
        ValueError: A size or a deviation is out of its range.
    """

    resize_short_side: int
    crop: int
    interpolation: Interpolation
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    version: int

    def __post_init__(self) -> None:
        if not 0 < self.crop <= self.resize_short_side:
            raise ValueError(f"crop {self.crop} must be in 1..{self.resize_short_side} (resize_short_side)")
        if self.interpolation not in ("bicubic", "bilinear"):
            raise ValueError(f"interpolation must be bicubic or bilinear, not {self.interpolation!r}")
        if len(self.mean) != 3 or len(self.std) != 3 or min(self.std) <= 0:
            raise ValueError(f"mean and std need 3 values, std above 0, not {self.mean}, {self.std}")

    @property
    def read_short_side(self) -> int:
        """Pixels the short side of a photo should have at least when it is decoded for this encoder."""
        return _READ_LARGER * self.resize_short_side


@dataclass(frozen=True)
class Download:
    """Where an encoder's weights can be fetched when the user asks for them.

    Attributes:
        url: One file, over https; its suffix (``.safetensors`` or ``.pth``) says how it is read.
        size_bytes: The published size, rounded; to be shown before the download. The server's answer governs it.
        sha256: Lower-case hex digits the file's SHA-256 must begin with: all 64 where they are published, the 8 that
            PyTorch puts into its file names, or empty where neither is known. Then the digest is taken from the
            ``X-Linked-Etag`` header with which the Hugging Face hub names the SHA-256 of a file it stores. That proves
            an unbroken download of what the hub holds; the commit in the URL, where there is one, ties it to one
            content.
    """

    url: str
    size_bytes: int
    sha256: str = ""


@dataclass(frozen=True)
class EncoderSpec:
    """One encoder.

    Attributes:
        id: Never changes; part of the embedding cache's key and of project files.
        title: What the user reads, such as "Fast".
        help: One sentence or two on when to choose it, for a person who knows the subject and not programming.
        source: "bundled" weights come with the program; "joined" is several encoders in one; "pixels" has no network:
            the prepared photo itself, in grey, is the embedding; "timm" and "torchvision" name the library that
            builds the network for downloaded weights.
        dimension: Length d of an embedding.
        preprocess: Of a joined encoder: that of the part that needs the largest photo; every part uses its own.
        non_negative: No embedding ever has a value below 0, so a learner may take square roots.
        licence: Of the weights, by SPDX name where it has one.
        origin: The page the weights come from.
        model_name: The name by which the library builds the network; empty where ``source`` needs none.
        model_options: Further arguments to build it with.
        parts: The ids a joined encoder is made of, in the order of their values in the embedding.
        download: ``None`` when there is nothing to download.
        hidden: A part of others, or meant for meta-training; not offered to the user.
        base: The encoder whose embedding comes first in this one's and is followed by activations; empty for all
            others.
        activations: How many of the last values of an embedding are activations: what the network computes before its
            last blocks, flattened from (channels, h, w).
        tail_blocks: How many blocks of the network come after the activations.
    """

    id: str
    title: str
    help: str
    source: Source
    dimension: int
    preprocess: Preprocess
    non_negative: bool
    licence: str
    origin: str
    model_name: str = ""
    model_options: tuple[tuple[str, str | int | bool], ...] = ()
    parts: tuple[str, ...] = ()
    download: Download | None = None
    hidden: bool = False
    base: str = ""
    activations: int = 0
    tail_blocks: int = 0
