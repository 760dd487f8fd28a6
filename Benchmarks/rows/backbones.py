"""Features of a pretrained network, whole commands: from photos, and from what an earlier run has kept."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from harness.bench import HERE, Bench
from harness.measuring import Run, Series, alternately
from harness.processes import python
from harness.results import Amount, Check, Line, Outcome, Row

BACKBONE = "efficientnet-lite0"
MEMORY = 300e6
# How far apart probabilities may be: ours are those after 1,000 iterations, theirs those of the minimum.
TOLERANCE = 0.1


@dataclass(frozen=True)
class Trainings:
    """Trainings on photos of two classes, on both sides."""

    bench: Bench
    data: Path

    @staticmethod
    def of(bench: Bench) -> "Trainings":
        return Trainings(bench, bench.pictures.faces() if bench.is_quick else bench.pictures.ants_bees())

    @property
    def test(self) -> Path:
        (split,) = (folder for folder in self.data.iterdir() if folder.name != "train")
        return split

    def ours(self, cache_home: Path, model: Path) -> Run:
        return self.bench.train(self.data, ["--features", BACKBONE, "--quiet"], cache_home, model)

    def theirs(self, program: str, features: Path) -> Run:
        """By a program that computes features and keeps them in a file."""
        script = python(HERE / "peers" / f"{program}_backbone.py")
        folders = [self.data / "train", self.test]
        return self.bench.launcher.run([*script, self.bench.backbone(BACKBONE), *folders, features], {})

    def check(self, model: Path, against: str, theirs: Series) -> Check:
        """Whether our model and theirs classify the photos of the test split alike."""
        photos = sorted(self.test.glob("*/*"))
        last = photos[-1].parent.name
        lines = self.bench.predict(model, photos).answer["output"].splitlines()
        ours = [json.loads(line)["probabilities"][last] for line in lines]
        correct = sum((p > 0.5) == (photo.parent.name == last) for p, photo in zip(ours, photos, strict=True))
        answer = json.loads(theirs.answer["output"])
        off = max(abs(a - b) for a, b in zip(ours, answer["probabilities"], strict=True))
        what = f"{correct} of {len(photos)} photos are correct, {answer['correct']} with {against}; "
        what += f"probabilities are off by {off:.1e} at most, {TOLERANCE:.0e} allowed"
        return Check(what, abs(correct - answer["correct"]) <= 2 and off <= TOLERANCE)


def backbone_cold(bench: Bench) -> Outcome:
    trainings, folder = Trainings.of(bench), bench.folder()
    model = folder / "model.safetensors"
    series = alternately(
        {
            "ours": lambda: trainings.ours(bench.folder(), model),
            "PyTorch": lambda: trainings.theirs("torch", folder / "torch.npz"),
            "onnxruntime": lambda: trainings.theirs("onnx", folder / "onnx.npz"),
        },
        bench.big,
    )
    ours, torch, onnx = series.values()
    peak = ours.peak_memory or 0
    lines = [
        # PyTorch's memory is that of several processes, which no single number tells.
        replace(Line.times(ours, "PyTorch, a loader per core", torch, required=4), theirs_memory=None),
        Line.times(ours, "onnxruntime in Python", onnx, required=1),
        Line(Amount(peak, "B"), "300 MB", Amount(MEMORY, "B"), 1, peak),
    ]
    checks = [trainings.check(model, "PyTorch", torch), trainings.check(model, "onnxruntime", onnx)]
    return Outcome.of(series.values(), lines, checks)


def backbone_warm(bench: Bench) -> Outcome:
    trainings, kept = Trainings.of(bench), bench.folder()
    model, features = kept / "model.safetensors", kept / "features.npz"
    trainings.ours(kept, model)
    trainings.theirs("onnx", features)
    script = python(HERE / "peers" / "saved_features.py")
    series = alternately(
        {
            "ours": lambda: trainings.ours(kept, model),
            "scikit-learn": lambda: bench.launcher.run([*script, features], {}),
        },
        bench.small,
    )
    ours, theirs = series.values()
    line = Line.times(ours, "NumPy + scikit-learn", theirs, required=5)
    return Outcome.of(series.values(), [line], [trainings.check(model, "scikit-learn", theirs)])


ROWS = [
    Row("backbone-cold", "`percept train` on 396 photos with EfficientNet-Lite0, no cache", backbone_cold),
    Row("backbone-warm", "the same again, with the features that the first run has kept", backbone_warm),
]
