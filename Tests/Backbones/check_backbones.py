"""Checks the installation of backbones, models that contain one, and files that would do harm.

usage: python3 check_backbones.py PERCEPT XDG_DATA_HOME
Prints one line per check, then "N passed, N failed, N skipped". Exits with 1 if any check failed.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

import hostile
from program import ROOT, Skipped, backbone_range, main, with_backbone

NAME = "efficientnet-lite0"


def installation(percept):
    """scripts/get-backbone installs a backbone that percept lists"""
    data = pathlib.Path(percept.environment["XDG_DATA_HOME"])
    home = pathlib.Path.home()  # pip's settings
    first = percept.run(program=ROOT / "scripts/get-backbone", limit=300, HOME=home)
    second = percept.run(program=ROOT / "scripts/get-backbone", HOME=home)
    assert len(re.findall("(?m)^Already installed: ", second.output)) == 2, second.output
    (listing,) = json.loads(percept.run("backbones", "--json").output)["backbones"]
    digest = hashlib.sha256((data / f"percept/backbones/{NAME}.onnx").read_bytes()).hexdigest()
    expected = {"name": NAME, "imageSize": 224, "features": 1280, "license": "Apache-2.0", "sha256": digest}
    found = {key: listing.get(key) for key in expected}
    assert found == expected and listing["millisecondsPerImage"] > 0, listing
    assert NAME in percept.run("backbones").output
    percept.figures = f"; {'already' if 'Already' in first.output else 'newly'} installed, " \
        f"{listing['millisecondsPerImage']:.1f} ms per image"


@contextlib.contextmanager
def service(percept, model):
    """Serves a model. The value is a function that returns the response to an image file."""
    server = subprocess.Popen([percept.program, "serve", model, "--port", "0", "--log-level", "none"],
                              stderr=subprocess.PIPE, text=True, env=percept.environment)
    try:
        line = server.stderr.readline()
        assert line.startswith("Serving"), line
        address = line.split()[-1]
        yield lambda file: urllib.request.urlopen(f"{address}predict", file.read_bytes()).read()
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()


def predictions(percept):
    """predict, evaluate, serve, and a linked model give equal probabilities to the last digit"""
    data = percept.forty()
    model = percept.train(data, "--features", NAME)
    linked = percept.train(data, "--features", NAME, "--link-backbone")
    assert model.stat().st_size > 13e6 > 1e5 > linked.stat().st_size
    # With the classes exchanged, evaluate lists almost every image as misclassified, with its probability.
    photos = percept.photos(*((name, f"ants_bees/val/{other}", range(20))
                              for name, other in [("ants", "bees"), ("bees", "ants")]))
    files = sorted(photos.rglob("*.jpg"))
    answers = {answer["file"]: answer for answer in percept.run("predict", model, "--json", *files).objects()}
    assert len(answers) == 40 and len({answer["probability"] for answer in answers.values()}) > 30
    assert [*answers.values()] == percept.run("predict", linked, "--json", *files).objects(), "the linked model differs"
    (evaluation,) = percept.run("evaluate", model, photos, "--json", "--limit", "40").objects()
    listed = [(one["file"], one["predicted"], one["probability"]) for one in evaluation["misclassified"]]
    assert len(listed) > 25, listed
    for file, name, probability in listed:
        found = answers[file]["class"], answers[file]["probability"]
        assert found == (name, probability), f"evaluate differs: {file}: {name} {probability} instead of {found}"
    with service(percept, model) as predict:
        for file in files:
            answer, expected = json.loads(predict(file), parse_float=str), answers[str(file)]
            assert answer.pop("model") == "model"
            assert {"file": str(file), **answer} == expected, f"serve differs: {answer} instead of {expected}"
    percept.figures = f"; {len(files)} of predict, serve and the linked model, {len(listed)} of evaluate"


def models(percept):
    """a model works without its backbone installed, a linked, damaged or truncated one is refused"""
    data = percept.forty()
    images = sorted((data / "ants").iterdir())[:3]
    model = percept.train(data, "--features", NAME)
    linked = percept.train(data, "--features", NAME, "--link-backbone")
    other = percept.new_folder()
    (other / "percept").mkdir()
    (other / "percept/lib").symlink_to(pathlib.Path(percept.environment["XDG_DATA_HOME"]) / "percept/lib")
    assert percept.run("predict", model, *images, XDG_DATA_HOME=other).output == percept.run("predict", model, *images).output
    content = model.read_bytes()
    begin, end = backbone_range(content)
    middle = (begin + end) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:]
    refused = other / "refused.safetensors"
    for variant, words in [(linked.read_bytes(), f"refers to the backbone {NAME} "), (flipped, "its backbone is damaged"),
                           (content[:-1], "truncated"), (content[:begin + 1000], "truncated"), (content[:100], "truncated")]:
        refused.write_bytes(variant)
        error = percept.run("predict", refused, *images, code=65, XDG_DATA_HOME=other)
        assert words in error.words and str(refused) in error.words and not error.output, error
    percept.figures = "; 5 refused"


def strace(percept, *arguments):
    """Returns the start of a command that writes its system calls to a file, and the file."""
    trace = percept.new_folder() / "trace"
    command = [*arguments, "strace", "-f", "-qq", "-e", "signal=none", "-o", trace, "-e",
               "trace=%network,open,openat,creat,mkdir,mkdirat,link,linkat,symlink,symlinkat,rename,renameat,renameat2"]
    try:
        percept.run(*command[1:], "true", program=command[0])
    except (AssertionError, OSError) as error:
        raise Skipped(f"{' and '.join([*arguments[:1], 'strace'])} are not permitted: {error}") from None
    return command, trace


def isolation(percept):
    """train and predict use no network and create no files but their own"""
    data = percept.forty()
    calls = 0
    command, trace = strace(percept, "unshare", "-n" if os.geteuid() == 0 else "-nr")
    home, cache, output = (percept.new_folder() for _ in range(3))
    places = {"HOME": home, "XDG_CACHE_HOME": cache, "TMPDIR": percept.new_folder()}
    for arguments in [("train", data, "--features", NAME, "-o", output / "model.safetensors"),
                      ("predict", output / "model.safetensors", *sorted((data / "ants").iterdir()))]:
        percept.run(*arguments, under=command, **places)
        lines = trace.read_text().splitlines()
        calls += len(lines)
        assert [line for line in lines if "libonnxruntime.so" in line and " = -1" not in line], "the runtime was not opened"
        for line in lines:
            call = re.match(r"\d+ +(\w+)\(", line)
            is_file = call and re.match("open|creat|mkdir|link|symlink|rename", call[1])
            assert is_file or not call, f"used the network: {line}"
            if call and " = -1" not in line and (call[1][:4] != "open" or re.search("O_CREAT|O_TMPFILE", line)):
                path = re.findall('"([^"]*)"', line)[-1]
                assert path.startswith((f"{cache}/", f"{output}/")), f"created a file: {line}"
    created = sorted(path.name for folder in places.values() for path in folder.rglob("*") if path.is_file())
    assert not any(home.iterdir()) and len(created) == 1 and created[0].endswith(".pixels"), created
    percept.figures = f"; 0 of {calls} system calls for files or the network"


def refusals(percept):
    """harmful ONNX files are refused by train, predict and serve before ONNX Runtime is opened"""
    data = percept.forty()
    images = sorted((data / "ants").iterdir())
    folder = percept.new_folder()
    file, model = folder / "bad.onnx", folder / "bad.safetensors"
    (folder / "secret").write_bytes(hostile.WEIGHTS)
    file.write_bytes(hostile.HARMLESS)
    good = percept.train(data, "--features", file)
    answers = percept.run("predict", good, "--json", *images).output
    assert len({one["probability"] for one in map(json.loads, answers.splitlines())}) == len(images), answers[:300]
    model.write_bytes(with_backbone(good.read_bytes(), hostile.HARMLESS))
    assert percept.run("predict", model, "--json", *images).output == answers, "the harmless network differs in another file"
    try:
        command, trace = strace(percept)
    except Skipped as reason:
        command, trace, percept.figures = (), None, f"; opened files not checked, {reason}"
    commands = [("train", data, "--features", file, "-o", folder / "new.safetensors"), ("predict", model, *images),
                ("serve", model, "--port", "0")]
    longest, largest = 0, 0
    for kind, (content, words) in hostile.KINDS.items():
        file.write_bytes(content)
        model.write_bytes(with_backbone(good.read_bytes(), content))
        for arguments in commands:
            where = f"{kind}, {arguments[0]}"
            try:
                result = percept.run(*arguments, code=65, limit=10, under=command)
            except AssertionError as error:
                raise AssertionError(f"{kind}: {error}") from None
            assert words in result.words and "bad cannot be used as a backbone" in result.words, f"{where}: {result.words}"
            opened = trace and re.findall(".*(?:onnxruntime|secret).*", trace.read_text())
            assert not opened, f"{where}: opened {opened}"
            assert result.seconds < 5 and result.megabytes < 300, f"{where}: {result}"
            longest, largest = max(longest, result.seconds), max(largest, result.megabytes)
    percept.figures += f"; {len(hostile.KINDS)} files, at most {longest:.2f} s and {largest:.0f} MB"


if __name__ == "__main__":
    sys.exit(main([installation, predictions, models, isolation, refusals]))
