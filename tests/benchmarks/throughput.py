"""How fast whole folders are labelled, against what the machine could do and a straightforward script, as Markdown.

python tests/benchmarks/throughput.py FOLDER [--sizes 4000x3000,533x400] [--photos 300] [--rounds 3]

FOLDER holds real photos, at any depth; from them JPEGs of each size are made that are all different. Every round runs
three things one after the other, so that their ratios hold on a machine that is busy with other things:

1. ``fewshot-gui label`` with an empty cache of embeddings (the encoder is converted beforehand),
2. the same again, now that every photo is known,
3. the script below: Pillow, torchvision's resize, timm's network in eager PyTorch, a DataLoader with two workers.

The bound is what ``label --stats`` tells of its own work: cores / (core-seconds per photo for decoding and encoding).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageOps

SCRIPT = """
import sys, time
from pathlib import Path
import timm, torch
from PIL import Image
from torchvision import transforms

class Photos(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.paths = sorted(Path(folder).rglob("*.jpg"))
        self.transform = transforms.Compose([
            transforms.Resize(256, transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(224),
            transforms.ToTensor(), transforms.Normalize([0.498] * 3, [0.502] * 3)])
    def __len__(self):
        return len(self.paths)
    def __getitem__(self, index):
        return self.transform(Image.open(self.paths[index]).convert("RGB"))

if __name__ == "__main__":
    model = timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=0).eval()
    started = time.perf_counter()
    with torch.inference_mode():
        for batch in torch.utils.data.DataLoader(Photos(sys.argv[1]), batch_size=32, num_workers=2):
            model(batch)
    print(time.perf_counter() - started)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="4000x3000,533x400")
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| size | label, photos/s | of the bound | again, photos/s | times the first run | times the script |")
    print("|---|---|---|---|---|---|")
    for size in options.sizes.split(","):
        width, height = map(int, size.split("x"))
        with TemporaryDirectory(prefix="throughput-") as temporary:
            folder = Path(temporary)
            _make_photos(options.folder, folder, (width, height), options.photos)
            rounds = [_round(folder, number) for number in range(options.rounds)]
        figures = [median(values) for values in zip(*rounds, strict=True)]
        print("| {} | {:.1f} | {:.0%} | {:.0f} | {:.1f} | {:.1f} |".format(size, *figures))


def _make_photos(source: Path, folder: Path, size: tuple[int, int], count: int) -> None:
    """``count`` different JPEGs, and two classes of three examples each."""
    originals = _originals(source)
    rng = np.random.default_rng(0)
    for number in range(count + 6):
        photo = originals[number % len(originals)]
        left, top = (rng.uniform(0, 0.2) * side for side in photo.size)
        box = (left, top, left + 0.8 * photo.width, top + 0.8 * photo.height)
        name = f"photos/{number:05d}.jpg" if number < count else f"examples/{number % 2}/{number}.jpg"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        photo.resize(size, Image.Resampling.BICUBIC, box).save(folder / name, quality=90)


def _originals(source: Path) -> list[Image.Image]:
    """Up to twenty photos of the folder, spread over it."""
    paths = sorted(path for path in source.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not paths:
        sys.exit(f"no photos in {source}")
    chosen = paths[:: max(1, len(paths) // 20)][:20]
    return [ImageOps.exif_transpose(Image.open(path)).convert("RGB") for path in chosen]


def _round(folder: Path, number: int) -> tuple[float, ...]:
    """Photos per second, share of the bound, photos per second again, ratio of these, ratio to the script."""
    cache = folder / f"cache {number}"
    first, again = _label(folder, cache), _label(folder, cache)
    (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(folder / "script.py"), str(folder / "photos")]
    seconds = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    speed, speed_again = first["photos_per_second"], again["photos_per_second"]
    of_bound = speed / first["bound_photos_per_second"]
    return speed, of_bound, speed_again, speed_again / speed, speed * seconds / first["photos"]


def _label(folder: Path, cache: Path) -> dict[str, float]:
    """The statistics of one run; with an empty cache the encoder is converted, and the examples embedded, before."""
    environment = os.environ | {"FEWSHOT_GUI_CACHE": str(cache)}
    command = [sys.executable, "-m", "fewshot_gui", "label", "--examples", str(folder / "examples")]
    if not cache.exists():
        warm = [*command, "--photos", str(folder / "examples"), "--out", str(folder / "warm.csv")]
        subprocess.run(warm, check=True, env=environment, stdout=subprocess.DEVNULL)
    out = ["--photos", str(folder / "photos"), "--out", str(folder / "out.csv"), "--stats", str(folder / "stats.json")]
    started = time.perf_counter()
    subprocess.run([*command, *out], check=True, env=environment, capture_output=True)
    stats: dict[str, float] = json.loads((folder / "stats.json").read_text(encoding="utf-8"))
    print(f"{time.perf_counter() - started:.1f} s with start-up", file=sys.stderr)
    return stats


if __name__ == "__main__":
    main()
