"""The exported model says of photos what the program says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.operator_graph import OPSET, OperatorGraph
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import choose_device, open_encoder
from fewshot_gui.encoders.encoder import Encoder
from fewshot_gui.encoders.encoder_operators import network_files
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.graph import assemble
from fewshot_gui.exporting.model.onnx_file import Port, onnx_model
from fewshot_gui.imaging import read_photo
from tests.unit.exporting.model_facts import FACTS, facts_with

ENCODERS = ["pixels28", "efficientnet-lite0", "efficientnet-lite0+lite2", "efficientnet-lite0@deep"]
CLASSES = 3

Photo = NDArray[np.uint8]


@dataclass(frozen=True)
class Program:
    """An encoder and what was adapted to a few photos with it."""

    encoder: Encoder
    adapted: Adapted

    @property
    def facts(self) -> ModelFacts:
        """As an export gives them."""
        count = len(self.adapted.class_ids)
        names = tuple(f"class {number}" for number in range(count))
        return facts_with(encoder=self.encoder.spec, class_names=names, examples_per_class=(4,) * count)

    def predict(self, photos: Sequence[Photo]) -> Predictions:
        return self.adapted.predict(self.encoder.embed(photos))

    def exported(self) -> onnxruntime.InferenceSession:
        return session(assemble(self.adapted, self.facts))


def session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])


def drawn(kind: int, seed: int, height: int = 90, width: int = 120) -> Photo:
    """A picture of stripes in the direction and the colour of its kind, with noise."""
    rng = np.random.default_rng([kind, seed])
    y, x = np.mgrid[:height, :width] / min(height, width)
    angle = kind * np.pi / CLASSES
    stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 40 + rng.uniform(0, 6))
    colour = 90 + 60 * np.eye(3)[kind % 3]
    picture = colour + 50 * stripes[..., None] + rng.normal(0, 12, (height, width, 3))
    return np.asarray(picture.clip(0, 255), np.uint8)


def adapted_to(encoder: Encoder, photos: Sequence[Photo], labels: Sequence[int]) -> Program:
    rows, spec = encoder.embed(photos), encoder.spec
    embeddings, activations = np.split(rows, [spec.dimension - spec.activations], axis=1)
    support = SupportSet(embeddings, np.array(labels), activations=activations)
    return Program(encoder, adapt_calibrated("auto", support))


def opened(name: str) -> Encoder:
    return open_encoder(name, device=choose_device("cpu"), progress=Unwatched())


@pytest.fixture
def program(request: pytest.FixtureRequest, prepared_encoder: Path) -> Program:
    """By default with the default encoder."""
    labels = [kind for kind in range(CLASSES) for _ in range(4)]
    photos = [drawn(kind, seed) for seed, kind in enumerate(labels)]
    return adapted_to(opened(getattr(request, "param", "efficientnet-lite0")), photos, labels)


every_encoder = pytest.mark.parametrize("program", ENCODERS, indirect=True)


@every_encoder
def test_it_answers_as_the_program_does(program: Program) -> None:
    model = program.exported()
    for size in [(90, 120), (1, 1), (300, 7), (640, 480)]:
        photos = np.stack([drawn(kind, 99, *size) for kind in range(CLASSES)])
        probabilities, label, familiarity, embedding = model.run(None, {"image": photos})
        wanted = program.predict(list(photos))
        np.testing.assert_allclose(probabilities, wanted.probabilities, atol=0.002)
        np.testing.assert_array_equal(label, wanted.probabilities.argmax(axis=1))
        np.testing.assert_allclose(familiarity, wanted.familiarity, atol=0.002)
        spec = program.encoder.spec
        own = program.encoder.embed(list(photos))[:, : spec.dimension - spec.activations]
        np.testing.assert_allclose(embedding, own, atol=0.002 * own.max())


@every_encoder
def test_it_is_a_sound_model_of_the_size_of_its_networks(program: Program) -> None:
    model = assemble(program.adapted, program.facts)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    spec = program.encoder.spec
    ports = {
        port.name: (port.type.tensor_type.elem_type, [axis.dim_param or axis.dim_value for axis in axes(port)])
        for port in (*inferred.graph.input, *inferred.graph.output)
    }
    assert ports == {
        "image": (onnx.TensorProto.UINT8, ["n", "h", "w", 3]),
        "probabilities": (onnx.TensorProto.FLOAT, ["n", CLASSES]),
        "label": (onnx.TensorProto.INT64, ["n"]),
        "familiarity": (onnx.TensorProto.FLOAT, ["n"]),
        "embedding": (onnx.TensorProto.FLOAT, ["n", spec.dimension - spec.activations]),
    }
    networks = network_files(spec, Unwatched()).values()
    assert model.ByteSize() <= sum(path.stat().st_size for path in networks) + 2_000_000
    assert (model.ir_version, [(entry.domain, entry.version) for entry in model.opset_import]) == (8, [("", OPSET)])


def axes(port: onnx.ValueInfoProto) -> list[onnx.TensorShapeProto.Dimension]:
    return list(port.type.tensor_type.shape.dim)


def test_the_same_classifier_gives_the_same_bytes_without_a_trace_of_this_computer(program: Program) -> None:
    first, second = (assemble(program.adapted, program.facts).SerializeToString() for _ in range(2))
    assert first == second
    for trace in (b"site-packages", b".py", str(Path.home()).encode(), b"stack_trace"):
        assert trace not in first


def test_a_batch_is_its_photos_one_by_one(program: Program) -> None:
    model = program.exported()
    photos = np.stack([drawn(kind % CLASSES, kind) for kind in range(5)])
    together = model.run(["probabilities"], {"image": photos})[0]
    alone = np.concatenate([model.run(["probabilities"], {"image": photo[None]})[0] for photo in photos])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@every_encoder
def test_a_photo_of_nothing_gets_a_probability_all_the_same(program: Program) -> None:
    for level in (0, 255):
        photo = np.full((1, 40, 60, 3), level, np.uint8)
        probabilities, _, familiarity, embedding = program.exported().run(None, {"image": photo})
        wanted = program.predict([photo[0]])
        assert np.isfinite(embedding).all()
        np.testing.assert_allclose(probabilities, wanted.probabilities, atol=0.002)
        np.testing.assert_allclose(familiarity, wanted.familiarity, atol=0.002)


@pytest.mark.parametrize("size", [(3000, 2000), (1, 9000), (9000, 3)])
def test_photos_of_any_size_are_answered_as_the_program_answers_when_it_reads_them_smaller(
    size: tuple[int, int], program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    Image.fromarray(drawn(1, 7, *size)).save(path, quality=90)
    with Image.open(path) as image:
        whole = np.asarray(image)
    (probabilities,) = program.exported().run(["probabilities"], {"image": whole[None]})
    wanted = program.predict([read_photo(path, short_side=program.encoder.read_short_side)])
    np.testing.assert_allclose(probabilities, wanted.probabilities, atol=0.02)


def test_a_network_of_other_operators_is_refused() -> None:
    pixels = onnx.helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, ["n"])
    network = onnx.helper.make_model(
        onnx.helper.make_graph([onnx.helper.make_node("Neg", ["pixels"], ["out"])], "old", [pixels], [pixels]),
        opset_imports=[onnx.helper.make_opsetid("", 11)],
    )
    graph = OperatorGraph()
    given = graph.add("network old", "pixels")
    port = Port("pixels", onnx.TensorProto.FLOAT, ("n",))
    with pytest.raises(ValueError, match="network old"):
        onnx_model(graph, {"pixels": port}, {given: port._replace(name="out")}, {"network old": network})


def test_facts_that_contradict_one_another_are_refused() -> None:
    with pytest.raises(ValueError, match="2 numbers"):
        facts_with(examples_per_class=(1, 2))
    with pytest.raises(ValueError, match="time zone"):
        facts_with(created=replace(FACTS).created.replace(tzinfo=None))


@pytest.mark.shared_data
@pytest.mark.parametrize("examples", [1, 5, 10])
def test_on_real_photos_it_keeps_what_is_promised(examples: int, shared_data: Path, prepared_encoder: Path) -> None:
    """The same label on 99.5 % of the photos, no probability more than 0.02 off, handed over in full size."""
    folders = sorted((shared_data / "tasks" / "clothing10").iterdir())
    by_class = [sorted(folder.iterdir()) for folder in folders]
    encoder = opened("efficientnet-lite0")

    def read(path: Path) -> Photo:
        return read_photo(path, short_side=encoder.read_short_side)

    shown = [read(path) for paths in by_class for path in paths[:examples]]
    labels = [column for column in range(len(folders)) for _ in range(examples)]
    program = adapted_to(encoder, shown, labels)
    fruit = sorted((shared_data / "tasks" / "customvision_fruit3").rglob("*.jpg"))[::8]
    cameras = [path for path in sorted((shared_data / "photos").iterdir()) if path.suffix == ".jpg"]
    paths = [*(path for paths in by_class for path in paths[-3:]), *fruit, *cameras]
    given = label_with(program.exported(), [upright(path) for path in paths])
    wanted = program.predict([read(path) for path in paths]).probabilities
    assert (given.argmax(axis=1) == wanted.argmax(axis=1)).mean() >= 0.995
    assert np.abs(given - wanted).max() <= 0.02


def upright(path: Path) -> Photo:
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def label_with(model: onnxruntime.InferenceSession, photos: Sequence[Photo]) -> NDArray[np.float32]:
    return np.concatenate([model.run(["probabilities"], {"image": photo[None]})[0] for photo in photos])
