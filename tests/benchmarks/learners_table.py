"""Makes the tables of docs/learners.md: every method, number of examples and data set, measured as `evaluate` does.

    python tests/benchmarks/learners_table.py FOLDER... --results FILE.json [--methods A,B] [--shots 1,5,10]
        [--episodes 100] [--encoder ID] [--page docs/learners.md]

Every FOLDER is a data set with a folder per class. Tasks have up to 10 classes, and a fifth of the photos to label are
of other classes of the data set; how many of each class there are is drawn from a Dirichlet distribution. Results are
kept in ``--results`` as they come, so that a long run can be taken up again, and slow methods be run with fewer tasks:
what is there already with at least as many tasks is not run again. The tables are written between the two markers of
the page; the prose around them stays.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import NotEnoughExamplesError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import DEFAULT_ENCODER, EmbeddingCache, encoder_spec
from fewshot_gui.learners import learner_specs
from fewshot_gui.metalearning.evaluation import Figures
from fewshot_gui.metalearning.frozen_prototypes import FROZEN_PROTOTYPES
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.evaluating import EvaluationRequest, evaluate
from fewshot_gui.workflows.labelled_folders import read_labelled_folders

BEGIN, END = "<!-- tables: made by tests/benchmarks/learners_table.py -->", "<!-- end of the tables -->"
MOST_WAYS, UNKNOWN_SHARE = 10, 0.2


@dataclass(frozen=True)
class Result:
    """One method on one data set with so many examples; accuracies in 0..1, half-widths of 95 % intervals."""

    encoder: str
    data: str
    ways: int
    shots: int
    method: str
    episodes: int
    accuracy: float
    accuracy_half_width: float
    gain: float
    gain_half_width: float
    calibration_error: float
    auroc: float | None
    seconds: float

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What it is a result of."""
        return self.encoder, self.data, self.shots, self.method


class Results:
    """The results so far, on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        self._results = {result.key: result for result in (Result(**row) for row in rows)}

    def has(self, key: tuple[str, str, int, str], episodes: int) -> bool:
        """Whether there is a result from at least so many tasks."""
        return key in self._results and self._results[key].episodes >= episodes

    def add(self, result: Result) -> None:
        """Keep a result, unless there is one from more tasks."""
        if not self.has(result.key, result.episodes + 1):
            self._results[result.key] = result
            rows = [vars(one) for one in self._results.values()]
            self._path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")

    def of(self, encoder: str) -> list[Result]:
        """Those of one encoder."""
        return [result for result in self._results.values() if result.encoder == encoder]


def measure(options: argparse.Namespace, results: Results) -> None:
    """Run what is not there yet."""
    methods = options.methods.split(",") if options.methods else [spec.name for spec in learner_specs()]
    with EmbeddingCache() as cache:
        source = EmbeddingSource(encoder_spec(options.encoder), cache)
        for folder in options.folders:
            classes = read_labelled_folders([folder], source, Unwatched()).data.classes
            for shots in options.shots:
                todo = [
                    method
                    for method in methods
                    if not results.has((options.encoder, folder.name, shots, method), options.episodes)
                ]
                measure_methods(request(folder, classes, todo, shots, options), source, results)


def request(
    folder: Path, classes: int, methods: Sequence[str], shots: int, options: argparse.Namespace
) -> EvaluationRequest:
    """Tasks that leave a fifth of the classes, at least one, for strangers; of two classes none can be left."""
    strangers = max(1, classes // 5) if classes > 2 else 0
    return EvaluationRequest(
        folders=(folder,),
        methods=tuple(methods),
        ways=min(MOST_WAYS, classes - strangers),
        shots=(shots,),
        episodes=options.episodes,
        query_mix="dirichlet",
        unknown_share=UNKNOWN_SHARE if strangers else 0.0,
        seed=options.seed,
    )


def measure_methods(task: EvaluationRequest, source: EmbeddingSource, results: Results) -> None:
    """Run one data set with one number of examples; a data set that is too small for it is passed over."""
    name = task.folders[0].name

    def keep(figures: Figures) -> None:
        result = Result(
            encoder=source.spec.id,
            data=name,
            ways=task.ways,
            shots=task.shots[0],
            method=figures.method,
            episodes=figures.episodes,
            accuracy=figures.accuracy.mean,
            accuracy_half_width=figures.accuracy.half_width,
            gain=figures.gain.mean,
            gain_half_width=figures.gain.half_width,
            calibration_error=figures.calibration_error,
            auroc=figures.auroc,
            seconds=figures.seconds,
        )
        results.add(result)
        print(f"{name} {result.shots} {result.method}: {100 * result.accuracy:.1f}", file=sys.stderr, flush=True)

    if not task.methods:
        return
    try:
        evaluate(task, source, Unwatched(), on_result=keep)
    except NotEnoughExamplesError as error:
        print(f"{name}: {error}", file=sys.stderr)


def tables(results: Sequence[Result]) -> str:
    """Markdown: the means over the data sets first, then a table for each number of examples."""
    methods = list(dict.fromkeys([FROZEN_PROTOTYPES, *(spec.name for spec in learner_specs())]))
    methods += sorted({result.method for result in results} - set(methods))
    measured = [method for method in methods if any(result.method == method for result in results)]
    shots = sorted({result.shots for result in results})
    parts = [means_table(results, measured, shots)]
    for number in shots:
        of_number = [result for result in results if result.shots == number]
        parts.append(f"### {number} example{'s' * (number > 1)} per class\n\n{data_table(of_number, measured)}")
    return "\n\n".join(parts)


def means_table(results: Sequence[Result], methods: Sequence[str], shots: Sequence[int]) -> str:
    """Rows of methods: mean accuracy and gain over the data sets, for each number of examples."""
    head = [
        "method",
        *(f"{number} ex.: accuracy | gain" for number in shots),
        "calibration error",
        "unknown AUROC",
        "slowest, s",
    ]
    lines = [row(head), row(["---"] * (len(shots) * 2 + 4))]
    for method in methods:
        cells = [method]
        for number in shots:
            of_number = [one for one in results if one.shots == number]
            own = [one for one in of_number if one.method == method]
            gain = "" if method == FROZEN_PROTOTYPES else mean_cell(own, "gain")
            cells += [mean_cell(own, "accuracy") + share_measured(own, of_number), gain]
        own = [one for one in results if one.method == method]
        aurocs = [one.auroc for one in own if one.auroc is not None]
        cells += [
            percent([one.calibration_error for one in own]),
            percent(aurocs),
            f"{max(o.seconds for o in own):.2g}",
        ]
        lines.append(row(cells))
    return "\n".join(lines)


def data_table(results: Sequence[Result], methods: Sequence[str]) -> str:
    """Rows of data sets, columns of methods, the mean at the bottom."""
    found = {(one.data, one.method): one for one in results}
    ways = {one.data: one.ways for one in results}
    lines = [row(["data", "classes", *methods]), row(["---"] * (len(methods) + 2))]
    for data in sorted(ways):
        cells = [
            cell(found[data, m].accuracy, found[data, m].accuracy_half_width) if (data, m) in found else ""
            for m in methods
        ]
        lines.append(row([data, str(ways[data]), *cells]))
    own = [[one for one in results if one.method == method] for method in methods]
    means = [f"**{mean_cell(one, 'accuracy')}**{share_measured(one, results)}" if one else "" for one in own]
    return "\n".join([*lines, row(["**mean**", "", *means])])


def share_measured(own: Sequence[Result], everyones: Sequence[Result]) -> str:
    """A mark on a mean that leaves out data sets which other methods were measured on."""
    done, all_of_them = len({one.data for one in own}), len({one.data for one in everyones})
    return f" ({done} of {all_of_them})" if 0 < done < all_of_them else ""


def mean_cell(results: Sequence[Result], what: str) -> str:
    """The mean over data sets; its interval tells what other tasks from the same data sets would change."""
    if not results:
        return ""
    values = [getattr(one, what) for one in results]
    widths = [getattr(one, f"{what}_half_width") for one in results]
    half_width = math.sqrt(sum(width**2 for width in widths)) / len(results)
    return cell(sum(values) / len(values), half_width, sign="+" if what == "gain" else "")


def cell(value: float, half_width: float, *, sign: str = "") -> str:
    """A figure in per cent with its interval."""
    return f"{100 * value:{sign}.1f} ±{100 * half_width:.1f}"


def percent(values: Sequence[float]) -> str:
    """A mean in per cent, or nothing."""
    return f"{100 * sum(values) / len(values):.1f}" if values else ""


def row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def write_page(page: Path, text: str) -> None:
    """Put the tables between the markers of the page, at its end if it has none."""
    old = page.read_text(encoding="utf-8") if page.exists() else "# Learners\n"
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2] if rest else "\n"
    page.write_text(f"{before.rstrip()}\n\n{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure what is missing and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--methods", default="", help="separated by commas; all of them unless told")
    parser.add_argument("--shots", type=lambda text: [int(part) for part in text.split(",")], default=[1, 5, 10])
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path, help="where the tables go; printed unless told")
    options = parser.parse_args()
    results = Results(options.results)
    measure(options, results)
    text = tables(results.of(options.encoder))
    if options.page is None:
        print(text)
    else:
        write_page(options.page, text)


if __name__ == "__main__":
    main()
