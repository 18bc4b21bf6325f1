"""The data of a meta-training: folders of classes, embedded and divided by class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.starting_point import NetworkSpec
from fewshot_gui.workflows.augmented_views import with_views
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.labelled_folders import LabelledFolders, read_labelled_folders
from fewshot_gui.workflows.meta_training_request import MetaTrainRequest

if TYPE_CHECKING:
    from fewshot_gui.metalearning.labelled_rows import LabelledRows
    from fewshot_gui.metalearning.outer_loop import TrainingEpisodes


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a network is trained, validated and tested on, each of other classes; rows are as the encoder gives them.

    Attributes:
        encoder: That gave them.
        kind: The network they are for.
        train: To learn from.
        validation: To choose the best parameters by.
        test: To measure with, once.
        folders: What was read.
    """

    encoder: EncoderSpec
    network: NetworkSpec
    train: LabelledRows
    validation: LabelledRows
    test: LabelledRows
    folders: LabelledFolders

    @property
    def names(self) -> tuple[str, ...]:
        """The data sets by name; those that are told apart by their places, without these."""
        return tuple(dict.fromkeys(Path(source).name for source in self.folders.data.sources))

    @property
    def square_root(self) -> bool | None:
        """Whether embeddings get the square root before the network; ``None``: it takes them as they are."""
        return self.encoder.non_negative if self.network.kind == "adapter" else None

    def network_rows(self, part: LabelledRows) -> NDArray[np.floating]:
        """The rows of a part as the network takes them, half precision (n, inputs)."""
        if self.square_root is None:
            return part.rows
        return EmbeddingTransform(self.square_root).apply(part.rows).astype(np.float16)

    def frozen_rows(self, part: LabelledRows) -> NDArray[np.floating]:
        """The embeddings of a part, without what activations may follow them: (n, d)."""
        return part.rows[:, : part.rows.shape[1] - self.encoder.activations]

    def episodes(self, request: MetaTrainRequest) -> TrainingEpisodes:
        """What the outer loop draws from.

        Raises:
            NotEnoughExamplesError: A class has too few photos.
        """
        from fewshot_gui.metalearning.episode_rows import PlainRows
        from fewshot_gui.metalearning.outer_loop import TrainingEpisodes
        from fewshot_gui.metalearning.picture_changes import ChangedPictures

        changes = request.augment and self.network.kind == "conv4"
        return TrainingEpisodes(
            train=request.tasks.sampler(self.train),
            validation=request.tasks.sampler(self.validation),
            train_rows=(ChangedPictures if changes else PlainRows)(self.network_rows(self.train)),
            validation_rows=PlainRows(self.network_rows(self.validation)),
            frozen_rows=PlainRows(self.frozen_rows(self.validation)),
        )


def network_for(encoder: EncoderSpec) -> NetworkSpec:
    """The network that is meta-trained on what an encoder gives; its width is a matter of tuning."""
    if encoder.source == "pixels":
        return NetworkSpec("conv4", encoder.dimension)
    if encoder.activations:
        return NetworkSpec("tail", encoder.activations, encoder=encoder.base)
    return NetworkSpec("adapter", encoder.dimension)


def read_training_data(request: MetaTrainRequest, source: EmbeddingSource, progress: Progress) -> TrainingData:
    """Embed the data sets and divide their classes 60 / 20 / 20, as ``evaluate --split test`` does.

    Raises:
        NotEnoughExamplesError: There are too few classes.
        FewshotError: A folder cannot be used, or the encoder.
        Cancelled: The person cancelled.
    """
    from fewshot_gui.metalearning.labelled_rows import rotated, split_classes

    network = network_for(source.spec)
    read = read_labelled_folders(request.folders, source, progress)
    train, validation, test = split_classes(read.data, seed=request.seed)
    if request.rotations:
        train = rotated(train)
    if request.augment and network.kind != "conv4":
        train = with_views(train, _paths(train, read), source, progress, seed=request.seed)
    return TrainingData(source.spec, network, train, validation, test, read)


def _paths(part: LabelledRows, read: LabelledFolders) -> list[Path]:
    """The photos of a part, which keeps the order of all."""
    classes = set(zip(part.sources, part.class_names, strict=True))
    own = [one in classes for one in zip(read.data.sources, read.data.class_names, strict=True)]
    return [path for path, label in zip(read.paths, read.data.labels.tolist(), strict=True) if own[label]]
