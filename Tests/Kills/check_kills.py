"""Kills percept at random moments, and checks that nothing is lost and nothing remains: a training that is resumed until it
ends writes the same bytes as one that was never killed. Commands that tune, fill the cache, or write a report give the same
result when they run again. Usage: check_kills.py PERCEPT COUNT SEED. Imports only the standard library.
"""
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

SIDE = 48


def png(noise, brightness):
    """Returns a gray PNG file of random levels."""
    rows = b"".join(b"\0" + bytes(brightness + noise.randrange(150) for _ in range(SIDE)) for _ in range(SIDE))

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_images(folder, noise):
    """Writes 80 images of each of two classes, which differ in brightness."""
    for name, brightness in (("dark", 0), ("light", 20)):
        (folder / name).mkdir(parents=True)
        for index in range(80):
            (folder / name / f"{index:03}.png").write_bytes(png(noise, brightness))


class Command:
    """A command in a folder of its own, and the output and files that it leaves if it is not killed."""

    def __init__(self, folder, words, inputs={}, resumes=False):
        self.folder, self.words, self.inputs, self.resumes = folder, words, inputs, resumes
        self.prepare()
        start = time.monotonic()
        self.expected = self.run(), self.files()
        self.seconds = time.monotonic() - start

    def prepare(self):
        """Empties the folder and writes the inputs."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for name, content in self.inputs.items():
            (self.folder / name).write_bytes(content)

    def files(self):
        """Returns the content of all files in the folder, also of hidden ones, by their paths."""
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def run(self, options=(), moment=None):
        """Runs the command and returns its output; if it is killed before it ends, after `moment` seconds, returns None."""
        process = subprocess.Popen(
            [*self.words, *options], cwd=self.folder, env={**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            output, words = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            output, words = process.communicate()
        if process.returncode == -9:
            return None
        assert process.returncode == 0, f"ended with {process.returncode}: {words.decode().strip()[-300:]}"
        return output

    def check(self, noise, most):
        """Kills the command once, or up to `most` times while it is resumed, and compares its result. Returns the kills."""
        self.prepare()
        kills, output = 0, None
        while output is None:
            isKilled = kills < (most if self.resumes else 1)
            output = self.run(["--resume"] if self.resumes else [], noise.uniform(0, self.seconds) if isKilled else None)
            kills += output is None
        assert output == self.expected[0], f"it printed {output.decode()[-300:]}"
        files, expected = self.files(), self.expected[1]
        assert files.keys() == expected.keys(), f"other files remain: {sorted(files.keys() ^ expected.keys())}"
        changed = [name for name in files if files[name] != expected[name]]
        assert not changed, f"{changed} have other content"
        return kills


def main(percept, count, seed):
    noise = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        data = place / "faces"
        write_images(data, noise)
        size = ["--image-size", "48", "--quiet"]
        training = [percept, "train", data, *size, "-o", "m.safetensors", "--force"]
        cache = Command(place / "cache", [*training, "--iterations", "5"])
        model = {"m.safetensors": cache.expected[1]["m.safetensors"]}
        commands = {
            "train": Command(
                place / "train", [*training, "--hidden", "30", "--epochs", "40", "--checkpoint-every", "40"], resumes=True),
            "tune": Command(place / "tune", [percept, "tune", data, *size, "--learning-rates", "auto,0.001,0.01", "--force"]),
            "cache": cache,
            "report": Command(place / "report", [percept, "report", "m.safetensors", data, "--quiet", "--force"], model),
        }
        failures = 0
        for index, (name, command) in enumerate(commands.items()):
            kills, wanted = 0, (count * (index + 1)) // len(commands) - (count * index) // len(commands)
            while kills < wanted:
                try:
                    kills += command.check(noise, wanted - kills)
                except AssertionError as error:
                    failures += 1
                    kills += 1
                    print(f"{name}: {error}", flush=True)
            print(f"{name}: killed {kills} times within {command.seconds:.2f} s", flush=True)
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
