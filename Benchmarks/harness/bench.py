"""What a row is given to measure with."""

import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from harness.measuring import Run
from harness.pictures import Pictures
from harness.processes import Launcher, Worker

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Bench:
    """Programs, data and how often to measure."""

    programs: Path
    data: Path
    shared: Path
    is_quick: bool
    scratch: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)

    @property
    def pictures(self) -> Pictures:
        return Pictures(self.data, self.shared)

    @property
    def percept(self) -> Path:
        return self.programs / "percept"

    @property
    def launcher(self) -> Launcher:
        return Launcher(self.programs / "Launch")

    def backbone(self, name: str) -> Path:
        """The ONNX file that `scripts/get-backbone` has installed."""
        return Path(os.environ["XDG_DATA_HOME"], "percept", "backbones", f"{name}.onnx")

    @property
    def small(self) -> int:
        """How often something short is timed."""
        return 1 if self.is_quick else 9

    @property
    def big(self) -> int:
        """How often something long is timed."""
        return 1 if self.is_quick else 5

    @property
    def long(self) -> int:
        """How often something that takes a minute is timed."""
        return 1 if self.is_quick else 2

    def sized(self, full: int, quick: int) -> int:
        """A size of the work: the smallest that still compares both sides where the run is quick."""
        return quick if self.is_quick else full

    def folder(self) -> Path:
        """A new, empty folder, gone at the end of it all: an own cache for a cold start, room for a model."""
        return Path(tempfile.mkdtemp(dir=self.scratch.name))

    def ours(self) -> Worker:
        return Worker([self.programs / "Worker"], cache(self.folder()))

    def hashes(self) -> Worker:
        """The program that groups near-duplicates; not one of `programs`, because it needs more of Percept than is public."""
        return Worker([HERE.parent / ".build" / "release" / "PerceptHashBenchmark"], {})

    def theirs(self) -> Worker:
        return Worker([sys.executable, HERE / "peers" / "worker.py"], {})

    def train(self, data: Path, options: list[str], cache_home: Path, model: Path) -> Run:
        """`percept train`, from start to exit."""
        command: list[str | Path] = [self.percept, "train", data, *options, "-o", model, "--force"]
        return self.launcher.run(command, cache(cache_home))

    def predict(self, model: Path, pictures: list[Path]) -> Run:
        """`percept predict --json`, from start to exit."""
        return self.launcher.run([self.percept, "predict", model, *pictures, "--json"], cache(self.folder()))


def cache(folder: Path) -> dict[str, str]:
    """The environment in which caches go to a folder."""
    return {"XDG_CACHE_HOME": str(folder)}
