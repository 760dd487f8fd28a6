"""Runs percept in a temporary folder, reads and changes its files, and runs checks. Shared by check_backbones.py and
check_features.py. Imports only the standard library: the peak memory of a child includes that of its parent before exec.
"""
import dataclasses
import functools
import hashlib
import io
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PHOTOS = ROOT.parent / "shared/data"


class Skipped(Exception):
    """The machine lacks what a check needs."""


@dataclasses.dataclass
class Result:
    code: int  # negative: the signal
    output: str
    words: str  # standard error
    seconds: float
    megabytes: float  # peak memory

    def objects(self):
        """Returns the objects of lines of JSON. Numbers are text, so that they are equal only if every digit is."""
        return [json.loads(line, parse_float=str) for line in self.output.splitlines()]


class Percept:
    """A program with folders of its own for HOME, the cache and temporary files."""

    def __init__(self, program, data_home, folder):
        self.program, self.folder, self.figures = program, folder, ""
        self.environment = {**os.environ, "XDG_DATA_HOME": str(data_home)}
        for variable in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
            self.environment[variable] = str(folder / variable.lower())
            (folder / variable.lower()).mkdir()

    def run(self, *arguments, code=0, limit=60, under=(), program=None, **environment):
        """Runs a command. Fails if it ends with another exit code or takes more than `limit` seconds."""
        command = [str(part) for part in (*under, program or self.program, *arguments)]
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as words:
            start = time.monotonic()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=words, cwd=self.folder, start_new_session=True,
                env={**self.environment, **{key: str(value) for key, value in environment.items()}})
            timer = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0), words.seek(0)
            result = Result(process.returncode, output.read().decode(), words.read().decode(),
                            time.monotonic() - start, usage.ru_maxrss / 1024)
        assert result.code == code, f"{(*arguments, program)[0]} ended with {result.code} instead of {code}: " \
            + result.words.strip()[-300:]
        return result

    def new_folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    @functools.cache
    def photos(self, *groups):
        """Returns a folder of linked photos. Each group is a class, a folder of the shared data, and the indices of its files."""
        if not PHOTOS.is_dir():
            raise Skipped(f"{PHOTOS} is missing")
        folder = self.new_folder()
        for name, source, numbers in groups:
            files = sorted((PHOTOS / source).iterdir())
            (folder / name).mkdir(exist_ok=True)
            for index in numbers:
                (folder / name / f"{source.replace('/', '-')}-{files[index].name}").symlink_to(files[index])
        return folder

    def forty(self):
        return self.photos(*((name, f"ants_bees/train/{name}", range(20)) for name in ("ants", "bees")))

    def train(self, data, *options, **more):
        """Trains a classifier, and returns its file."""
        model = self.new_folder() / "model.safetensors"
        self.run("train", data, "--quiet", "-o", model, *options, **more)
        return model

    def features(self, data, *options):
        """Returns the features of all images, by the paths of their files, from the cache that a training writes."""
        cache = self.new_folder()
        self.train(data, "--iterations", "1", *options, XDG_CACHE_HOME=cache)
        (file,) = cache.rglob("*.pixels")
        return read_cache(file.read_bytes())


def read_cache(content):
    """Returns the features in a cache file by the paths of the images. CacheFile.swift describes the format."""
    magic, version, _, _, length, rows, columns, _ = struct.unpack_from("<8s7q", content)
    assert magic == b"PERCEPTC" and version == 4, f"unknown version of the cache: {magic} {version}"
    reader = io.BytesIO(content[64:64 + length])

    def number():
        return struct.unpack("<q", reader.read(8))[0]

    def text():
        return reader.read(number()).decode()

    text(), number(), number(), text(), text(), text(), text()  # data, width, height, fit, color, extractor, identity
    [text() for _ in range(number())]  # classes
    [(text(), number()) for _ in range(number())]  # labels
    files = [(text(), number(), number(), number(), number(), text())[0] for _ in range(number())]
    assert len(files) == rows and 1 not in content[64 + length:64 + length + rows], "some images were not read"
    start = (64 + length + 5 * rows + 4095) // 4096 * 4096
    return {file: content[start + row * columns:start + (row + 1) * columns] for row, file in enumerate(files)}


def backbone_range(model):
    """Returns where the backbone begins and ends in the content of a model file."""
    start = 8 + int.from_bytes(model[:8], "little")
    return tuple(start + offset for offset in json.loads(model[8:start])["backbone"]["data_offsets"])


def with_backbone(model, backbone):
    """Returns the content of a model file with another backbone and its digest."""
    start = 8 + int.from_bytes(model[:8], "little")
    begin, end = backbone_range(model)
    header = json.loads(model[8:start])
    for tensor in [value for key, value in header.items() if key != "__metadata__"]:
        tensor["data_offsets"] = [offset + (len(backbone) - (end - begin) if offset >= end - start else 0)
                                  for offset in tensor["data_offsets"]]
    header["backbone"]["shape"] = [len(backbone)]
    digests = [hashlib.sha256(content).hexdigest() for content in (model[begin:end], backbone)]
    assert digests[0] in header["__metadata__"]["percept"]
    header["__metadata__"]["percept"] = header["__metadata__"]["percept"].replace(*digests)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + model[start:begin] + backbone + model[end:]


def main(checks):
    """Runs checks with the program and the folder of installed backbones that the command line names."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as folder:
        percept = Percept(sys.argv[1], sys.argv[2], pathlib.Path(folder))
        for check in checks:
            percept.figures, start = "", time.monotonic()
            try:
                check(percept)
                kind, words = "passed", "good"
            except Skipped as reason:
                kind, words = "skipped", f"skipped, {reason}"
            except Exception as error:  # the other checks must still run
                kind, words = "failed", f"{error}" if isinstance(error, AssertionError) else f"{error!r}"
            counts[kind] += 1
            print(f"{check.__doc__}: {words}{percept.figures} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0
