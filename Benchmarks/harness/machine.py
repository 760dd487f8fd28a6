"""What the numbers were measured on, and with which versions."""

import ctypes
import datetime
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def facts(root: Path) -> dict[str, str]:
    # Before ours is opened, which would be counted, too.
    blas = _blas()
    return host_facts(root) | {
        "peers": ", ".join(
            [f"Python {platform.python_version()}"]
            + [f"{name} {version(name)}" for name in ("numpy", "pillow", "scikit-learn", "torch", "onnxruntime")]
        ),
        "BLAS of the peers": blas,
    }


def host_facts(root: Path) -> dict[str, str]:
    """The same without the peers."""
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.1f} GB",
        "system": f"{_system()}, Linux {platform.release()}",
        "percept": _output(["git", "-C", str(root), "describe", "--always", "--dirty"]),
        "swift": _output(["swift", "--version"]).splitlines()[0],
        "kernels": f"{_kernels()}; {_resampling()} for resampling",
        "BLAS": _own_blas(),
    }


def _kernels() -> str:
    """The instruction set that percept's training kernels choose on this processor (CPerceptKernels.c)."""
    if _has("avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni"):
        return "AVX-512 with VNNI"
    return "AVX2 with FMA" if _has("avx2", "fma") else "baseline"


def _resampling() -> str:
    return "AVX2" if _has("avx2") else "baseline"


def _has(*features: str) -> bool:
    return set(features) <= set(_field("/proc/cpuinfo", "flags").split())


def _own_blas() -> str:
    """The library that percept trains batches with, and the type of core whose kernels percept chooses (BLAS.swift)."""
    name = "OPENBLAS_CORETYPE"
    before = os.environ.get(name)
    if _has("avx2", "fma"):
        avx512 = _has("avx512f", "avx512bw", "avx512dq", "avx512vl")
        os.environ.setdefault(name, "SkylakeX" if avx512 else "Haswell")
    try:
        library = ctypes.CDLL("libopenblas.so.0")
    except OSError:
        return "none"
    finally:
        # The peers choose for themselves.
        if before is None:
            os.environ.pop(name, None)
    library.openblas_get_corename.restype = library.openblas_get_config.restype = ctypes.c_char_p
    version = library.openblas_get_config().decode().split()[1]
    return f"OpenBLAS {version}, core {library.openblas_get_corename().decode()}"


def _blas() -> str:
    import numpy  # noqa: F401, so that its library is there to be asked
    from threadpoolctl import threadpool_info

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return "; ".join(
        f"{one['internal_api']} {one['version']}, {one.get('architecture')}, {one['num_threads']} threads"
        for one in libraries
    )


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return "unknown"


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")


def _output(command: list[str]) -> str:
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return finished.stdout.strip() or "unknown"
