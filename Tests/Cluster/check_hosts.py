"""Runs percept with mpirun on three network namespaces, which stand for three hosts, and in control groups with little memory.
Usage: check_hosts.py PERCEPT. Imports only the standard library. Needs root, iproute2 and Open MPI; skips what the system
does not allow, with a message.
"""
import contextlib
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

PERCEPT = sys.argv[1]
HOSTS = ("percept-h1", "percept-h2", "percept-h3")
SWITCH = "percept-sw"
NETWORK = "10.77.0"
# Open MPI starts its daemons with this command, as it does with ssh. Each "host" has its own name and, if the folder
# hidden-HOST exists, other data.
AGENT = """#!/bin/bash
while [[ "$1" == -* ]]; do shift; done
host=percept-h${1##*.}; shift
exec ip netns exec "$host" unshare --uts --mount /bin/sh -c \\
  "hostname $host; [ ! -d hidden-$host ] || mount --bind hidden-$host faces/b; $*"
"""


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options)


@contextlib.contextmanager
def hosts():
    """Creates the namespaces, connected by a switch, and removes them afterwards."""
    try:
        run("ip", "netns", "add", SWITCH)
        run("ip", "-n", SWITCH, "link", "add", "switch", "type", "bridge")
        run("ip", "-n", SWITCH, "link", "set", "switch", "up")
        for number, host in enumerate(HOSTS, 1):
            run("ip", "netns", "add", host)
            run("ip", "link", "add", "eth0", "netns", host, "type", "veth", "peer", "name", f"port{number}", "netns", SWITCH)
            run("ip", "-n", SWITCH, "link", "set", f"port{number}", "master", "switch", "up")
            run("ip", "-n", host, "addr", "add", f"{NETWORK}.{number}/24", "dev", "eth0")
            run("ip", "-n", host, "link", "set", "eth0", "up")
            run("ip", "-n", host, "link", "set", "lo", "up")
        yield
    finally:
        for name in (*HOSTS, SWITCH):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def png(noise, brightness, side):
    """Returns a PNG file of random levels."""
    rows = b"".join(b"\0" + bytes(brightness + noise.randrange(150) for _ in range(side)) for _ in range(side))

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_images(folder, count, side=32):
    noise = random.Random(1)
    for name, brightness in (("a", 0), ("b", 20)):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            (folder / name / f"{index:03}.png").write_bytes(png(noise, brightness, side))


def mpirun(folder, words, count, environment={}):
    """Starts percept on the first `count` hosts."""
    options = [
        "--allow-run-as-root", "-n", str(count), "--host", ",".join(f"{NETWORK}.{number}:1" for number in range(1, count + 1)),
        "--mca", "plm_rsh_agent", str(folder / "agent"), "--mca", "btl", "tcp,self", "--mca", "oob_tcp_if_include",
        f"{NETWORK}.0/24", "--mca", "btl_tcp_if_include", f"{NETWORK}.0/24", "--mca", "mpi_yield_when_idle", "1",
    ]
    return subprocess.Popen(
        ["ip", "netns", "exec", HOSTS[0], "unshare", "--uts", "/bin/sh", "-c",
         f'hostname {HOSTS[0]}; exec mpirun "$@"', "mpirun", *options, PERCEPT, *words],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment})


def wait(process, limit=120):
    output, errors = process.communicate(timeout=limit)
    return process.returncode, output, errors


def check(condition, message):
    if not condition:
        sys.exit(f"check_hosts.py: {message}")


def percept_processes(folder):
    """Returns the processes of percept that run in the folder, with their hosts' namespaces."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(path / "exe") == os.path.realpath(PERCEPT) and os.readlink(path / "cwd") == str(folder):
                found[int(path.name)] = os.stat(path / "ns/net").st_ino
        except OSError:
            continue
    return found


def check_training(folder):
    training = [
        "train", "faces", "--color", "gray", "--image-size", "32", "--form", "primal", "--learning-rate", "0.005",
        "--iterations", "8000", "--quiet", "-o",
    ]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([PERCEPT, *training, "one.safetensors"], cwd=folder, env=environment, check=True, capture_output=True)
    model = (folder / "one.safetensors").read_bytes()

    code, _, errors = wait(mpirun(folder, [*training, "three.safetensors"], 3))
    check(code == 0, errors)
    check((folder / "three.safetensors").read_bytes() == model, "three hosts write another model than one process")
    print("hosts: three hosts write the same model as one process")

    process = mpirun(folder, [*training, "m.safetensors", "--checkpoint-every", "800"], 3)
    checkpoint = folder / "m.safetensors.checkpoint"
    end = time.monotonic() + 60
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    second = os.stat(f"/run/netns/{HOSTS[1]}").st_ino
    victims = [number for number, host in percept_processes(folder).items() if host == second]
    check(len(victims) == 1, f"expected one process on {HOSTS[1]}, found {len(victims)}")
    start = time.monotonic()
    os.kill(victims[0], signal.SIGKILL)
    code, _, errors = wait(process, 30)
    seconds = time.monotonic() - start
    check(code != 0 and seconds < 10, f"the job ended with {code} after {seconds:.1f} s")
    check(f"on node {NETWORK}.2 exited on signal 9" in errors, f"the message does not name host and reason: {errors}")
    print(f"hosts: after a killed process, the job ended in {seconds:.1f} s")
    code, _, errors = wait(mpirun(folder, [*training, "m.safetensors", "--resume"], 2))
    check(code == 0, errors)
    check((folder / "m.safetensors").read_bytes() == model, "the resumed training writes another model")
    check(not percept_processes(folder), "processes remain")
    print("hosts: resumed on two hosts, the training writes the same model")


def check_predictions(folder):
    prediction = ["predict", "one.safetensors", "--csv", "faces", "none.png"]
    alone = subprocess.run([PERCEPT, *prediction], cwd=folder, capture_output=True, text=True)
    code, output, errors = wait(mpirun(folder, prediction, 3))
    check(code == alone.returncode == 66 and output == alone.stdout, f"three hosts predict something else: {errors}")
    print("hosts: three hosts print the same predictions as one process")


def check_failures(folder):
    training = ["train", "faces", "--iterations", "3", "--quiet", "-o", "other.safetensors"]
    prediction = ["predict", "one.safetensors", "--json", "faces"]
    hidden = folder / f"hidden-{HOSTS[2]}"
    for content, words, reason in (
        ((), training, 'class "b" has no images'), (("000.png",), training, "see different data"),
        (("000.png",), prediction, f"{HOSTS[2]} cannot classify an image that {HOSTS[0]} can: faces/b/"),
    ):
        hidden.mkdir()
        for name in content:
            shutil.copy(folder / "faces/b" / name, hidden / name)
        start = time.monotonic()
        code, _, errors = wait(mpirun(folder, words, 3), 30)
        check(code != 0 and time.monotonic() - start < 15, f"the job ended with {code} after {time.monotonic() - start:.1f} s")
        check(errors.count("Error: ") == 1 and reason in errors and HOSTS[2] in errors,
              f"expected one message that names {HOSTS[2]}: {errors}")
        shutil.rmtree(hidden)
    print("hosts: a host that sees other images is named")
    process = mpirun(folder, ["train", "faces", "--iterations", "3", "--quiet", "-o", "/proc/nowhere/m.safetensors"], 3)
    code, _, errors = wait(process, 30)
    check(code == 73 and errors.count("Error: ") == 1 and HOSTS[0] in errors, f"code {code}: {errors}")
    print("hosts: an output that cannot be written is one message")


@contextlib.contextmanager
def control_groups(limits):
    """Groups limited to so many bytes: the files to join them by."""
    root = pathlib.Path("/sys/fs/cgroup")
    is_v1 = (root / "memory").is_dir()
    groups = []
    try:
        for index, limit in enumerate(limits):
            group = (root / "memory" if is_v1 else root) / f"percept-{os.getpid()}-{index}"
            group.mkdir()
            groups.append(group)
            if not is_v1 and (group / "memory.swap.max").exists():
                (group / "memory.swap.max").write_text("0")
            (group / ("memory.limit_in_bytes" if is_v1 else "memory.max")).write_text(str(limit))
        yield groups
    finally:
        for group in groups:
            group.rmdir()


def check_memory(folder):
    """Trains on 400 MB of features on four ranks, each in a group of 150 MB."""
    side, count = 256, 6104
    (folder / "large").mkdir()
    levels = [bytes(min(255, value // 2 + 48 * label) for value in range(256)) for label in (0, 1)]
    with open(folder / "large/images-idx3-ubyte", "wb") as file:
        file.write(struct.pack(">4B3I", 0, 0, 8, 3, count, side, side))
        for index in range(count):
            file.write(os.urandom(side * side).translate(levels[index % 2]))
    with open(folder / "large/labels-idx1-ubyte", "wb") as file:
        file.write(struct.pack(">4BI", 0, 0, 8, 1, count) + bytes(index % 2 for index in range(count)))
    training = ["train", "large", "--learning-rate", "0.001", "--iterations", "5", "--form", "primal", "--quiet", "-o"]
    with control_groups([150 << 20] * 4) as groups:
        (folder / "limited").write_text(
            "#!/bin/sh\n" + "".join(f'[ $OMPI_COMM_WORLD_RANK != {rank} ] || echo $$ >{group}/cgroup.procs\n'
                                    for rank, group in enumerate(groups)) + f'exec {PERCEPT} "$@"\n')
        (folder / "limited").chmod(0o755)
        result = subprocess.run(
            ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "4", str(folder / "limited"), *training,
             "four.safetensors"], cwd=folder, capture_output=True, text=True, timeout=300)
        check(result.returncode == 0, f"four ranks in 150 MB each: {result.stderr}")
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([PERCEPT, *training, "alone.safetensors"], cwd=folder, env=environment, check=True, capture_output=True)
    check((folder / "four.safetensors").read_bytes() == (folder / "alone.safetensors").read_bytes(),
          "four ranks with little memory write another model")
    print("memory: four ranks in groups of 150 MB train on 400 MB of features")


def main():
    if shutil.which("mpirun") is None:
        return print("hosts: skipped, because Open MPI is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        write_images(folder / "faces", 150)
        (folder / "agent").write_text(AGENT)
        (folder / "agent").chmod(0o755)
        try:
            with hosts():
                check_training(folder)
                check_predictions(folder)
                check_failures(folder)
        except (OSError, subprocess.CalledProcessError) as error:
            if getattr(error, "cmd", ["ip"])[0] != "ip":
                raise
            print(f"hosts: skipped, because network namespaces cannot be made: {getattr(error, 'stderr', '') or error}")
        try:
            with control_groups([1 << 30]):
                pass
        except OSError as error:
            return print(f"memory: skipped, because control groups cannot be made: {error}")
        check_memory(folder)


main()
