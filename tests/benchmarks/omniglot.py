"""Meta-trains a Conv-4 on Omniglot's official split and measures it on 1,000 tasks of unseen alphabets.

    python tests/benchmarks/omniglot.py omniglot_background.zip omniglot_evaluation.zip --method prototypes --steps 4000

Both may also be folders. Background characters are for training (a tenth of them for validation), those of the
evaluation set for testing only. Queries are answered one by one: nothing is shared among them. One JSON line for every
test setting is printed, and appended to ``--out``.
"""

from __future__ import annotations

import argparse
import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file, save_file

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.gradient import GradientMethod
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.protocol import UNWATCHED
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint
from fewshot_gui.learners.starting_point_file import write_starting_point
from fewshot_gui.metalearning.episode_rows import PlainRows
from fewshot_gui.metalearning.evaluation import MeanInterval
from fewshot_gui.metalearning.labelled_rows import LabelledRows, rotated, split_classes
from fewshot_gui.metalearning.outer_loop import TrainingEpisodes, run_outer_loop
from fewshot_gui.metalearning.outer_settings import OuterSettings
from fewshot_gui.metalearning.samplers import FixedSampler
from fewshot_gui.metalearning.training_report import TrainingReport, TrainingResult
from fewshot_gui.metalearning.validation import episode_accuracies
from fewshot_gui.metalearning.warm_start import warm_start

SIDE = 28
PIXELS = "pixels28"
"""The encoder of a Conv-4: the photo itself, small and grey."""


def main() -> None:
    """Train, test, print."""
    options = parse()
    torch.set_num_threads(options.threads)
    background, test = (load(path, options.cache) for path in (options.background, options.evaluation))
    method = fresh_method(options)
    result = train(method, background, options)
    if options.save:
        save_file({name: tensor.contiguous() for name, tensor in method.state_dict().items()}, options.save)
    measured = [measure(method, test, ways, options) for ways in options.test_ways]
    for figures in measured:
        line = json.dumps(figures | told_of(result) | settings_of(options))
        print(line, flush=True)
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    if options.publish:
        publish(method, measured, told_of(result), options)


def fresh_method(options: argparse.Namespace) -> EpisodicMethod:
    """The method before training, with what an earlier run knows of it."""
    method = episodic_method(options.method, NetworkSpec("conv4", SIDE * SIDE, options.width), seed=options.seed)
    if isinstance(method, GradientMethod) and options.inner_steps:
        loop = replace(method.loop, steps=options.inner_steps, evaluation_steps=options.evaluation_steps)
        method = type(method)(method.network, loop)
    if options.start_from:
        print("starts from", *warm_start(method, load_file(options.start_from)))
    return method


def train(method: EpisodicMethod, background: LabelledRows, options: argparse.Namespace) -> TrainingResult:
    """Meta-train on nine tenths of the characters, with the others for validation."""
    learned, validation, _ = split_classes(background, (0.9, 0.1, 0.0))
    learned = rotated(learned) if options.rotations else learned
    episodes = TrainingEpisodes(
        train=FixedSampler(learned, options.train_ways or options.ways, options.shots, options.queries),
        validation=FixedSampler(validation, options.ways, options.shots, 5),
        train_rows=PlainRows(learned.rows),
        validation_rows=PlainRows(validation.rows),
        frozen_rows=PlainRows(validation.rows),
    )
    settings = OuterSettings(
        steps=options.steps,
        meta_batch=options.meta_batch,
        rate=options.rate,
        validate_every=options.validate_every,
        validation_episodes=100,
        patience=options.patience,
        seed=options.seed,
        identity=f"{options.method} {options.ways}-way {options.shots}-shot omniglot",
    )
    return run_outer_loop(
        method, episodes, settings, on_report=say, checkpoint=options.checkpoint, resume=options.resume
    )


def measure(method: EpisodicMethod, test: LabelledRows, ways: int, options: argparse.Namespace) -> dict[str, object]:
    """Accuracy in percent on tasks of unseen alphabets."""
    started = time.monotonic()
    sampler, rng = FixedSampler(test, ways, options.shots, 5), np.random.default_rng(2026)
    tasks = [sampler.draw(rng) for _ in range(options.test_tasks)]
    accuracy = MeanInterval.of(episode_accuracies(method, PlainRows(test.rows), tasks, UNWATCHED))
    return {
        "test": f"{ways}-way {options.shots}-shot",
        "accuracy": round(100 * accuracy.mean, 2),
        "half_width": round(100 * accuracy.half_width, 2),
        "test_seconds": round(time.monotonic() - started),
    }


def told_of(result: TrainingResult) -> dict[str, object]:
    """How the training went."""
    return {
        "training_steps": result.steps,
        "best_step": result.best.step,
        "training_seconds": round(result.seconds),
    }


def publish(
    method: EpisodicMethod, measured: list[dict[str, object]], told: dict[str, object], options: argparse.Namespace
) -> None:
    """Save what was learned as a starting point of the application, with its evaluation."""
    tests = "; ".join(f"{one['test']}: {one['accuracy']} ± {one['half_width']} %" for one in measured)
    point = StartingPoint(
        method=options.method,
        title="Handwritten characters",
        encoder=PIXELS,
        network=method.network.spec,
        square_root=None,
        arrays={name: tensor.detach().numpy().copy() for name, tensor in method.state_dict().items()},
        facts={
            "licence": "MIT (Omniglot, https://github.com/brendenlake/omniglot)",
            "data": "Omniglot, the 30 alphabets of the background set",
            "classes": "868 characters to learn from, each also turned by 90, 180 and 270 degrees; 96 to choose by",
            "steps": f"{told['training_steps']}, the best after {told['best_step']}",
            "seconds": str(told["training_seconds"]),
            "evaluation": f"{options.test_tasks} tasks of the 20 unseen alphabets of the evaluation set, {tests}",
        },
    )
    write_starting_point(point, options.publish)


def settings_of(options: argparse.Namespace) -> dict[str, object]:
    """The command line, to repeat it."""
    return {key: str(value) if isinstance(value, Path) else value for key, value in vars(options).items()}


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("background", type=Path)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--method", default="prototypes")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--ways", type=int, default=5, help="of validation, and of training")
    parser.add_argument("--train-ways", type=int, help="of training, if others")
    parser.add_argument("--shots", type=int, default=1)
    parser.add_argument("--queries", type=int, default=5, help="of each class while training")
    parser.add_argument("--inner-steps", type=int, help="of gradient methods, while training")
    parser.add_argument("--evaluation-steps", type=int, default=5, help="of gradient methods, with --inner-steps")
    parser.add_argument("--meta-batch", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--validate-every", type=int, default=200)
    parser.add_argument("--patience", type=int, default=0)
    parser.add_argument("--test-ways", type=int, nargs="+", default=[5, 20])
    parser.add_argument("--test-tasks", type=int, default=1000)
    parser.add_argument(
        "--no-rotations", dest="rotations", action="store_false", help="no turned characters as classes"
    )
    parser.add_argument("--start-from", type=Path, help="parameters that an earlier run saved, of any method")
    parser.add_argument("--save", type=Path, help="where to save the parameters")
    parser.add_argument("--publish", type=Path, help="where to save a starting point for the application")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--cache", type=Path, help="a folder to keep the decoded pictures in")
    parser.add_argument("--out", type=Path, help="JSON lines are appended here")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def say(report: TrainingReport) -> None:
    """One line for every validation."""
    loss = "-" if report.loss is None else f"{report.loss:.4f}"
    accuracy = f"{100 * report.accuracy:.2f} ± {100 * report.half_width:.2f}"
    pace = f"{report.seconds_per_step:.3f} s/step  {report.seconds_left / 60:.0f} min left"
    print(f"step {report.step}/{report.steps}  loss {loss}  validation {accuracy}  {pace}", flush=True)


def load(source: Path, cache: Path | None) -> LabelledRows:
    """The drawings of a zip or a folder as float16 rows of grey values, from the cache if they are in it."""
    kept = cache / f"{source.stem}.npz" if cache else None
    if kept and kept.exists():
        arrays = np.load(kept)
        rows, names = arrays["rows"], arrays["names"]
    else:
        pairs = [(name, as_row(picture)) for name, picture in pictures(source)]
        rows, names = np.stack([row for _, row in pairs]), np.array([name for name, _ in pairs])
    if kept and not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, rows=rows, names=names)
    classes, labels = np.unique(names, return_inverse=True)
    return LabelledRows(rows, labels, np.arange(len(rows)), tuple(classes.tolist()), ("Omniglot",) * len(classes))


def pictures(source: Path) -> Iterator[tuple[str, Image.Image]]:
    """Every picture with the folder it lies in, its class. A zip is read where it is; nothing is unpacked."""
    if source.is_dir():
        for path in sorted(source.rglob("*.png")):
            yield str(path.parent), Image.open(path)
        return
    with zipfile.ZipFile(source) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".png"):
                yield name.rpartition("/")[0], Image.open(io.BytesIO(archive.read(name)))


def as_row(picture: Image.Image) -> NDArray[np.float16]:
    """Grey values 0..1, float16 (784,)."""
    small = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return (np.asarray(small, dtype=np.float32).ravel() / 255).astype(np.float16)


if __name__ == "__main__":
    main()
