"""Processes to measure: workers that live on, and commands from start to exit."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.measuring import Run

Command = Sequence[str | Path]


class Failure(Exception):
    """Something measured has failed, so there is no number."""


class Worker:
    """A process that reads requests and writes answers, one line of JSON each."""

    def __init__(self, command: Command, environment: dict[str, str]) -> None:
        self._command = [str(part) for part in command]
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | environment
        )

    def ask(self, **request: Any) -> Run:
        """Has one job done. A request's members that are None are left out."""
        assert self._process.stdin and self._process.stdout
        line = json.dumps({key: value for key, value in request.items() if value is not None})
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        reply = self._process.stdout.readline()
        if not reply:
            raise Failure(f"{' '.join(self._command)} ended at the request {line}")
        answer = json.loads(reply)
        if "error" in answer:
            raise Failure(f"{line}: {answer['error']}")
        return Run(answer["seconds"], answer["peakMemory"], answer)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


@dataclass(frozen=True)
class Launcher:
    """Runs commands by a small program of ours, because a large one would lend them its own peak memory."""

    program: Path

    def run(self, command: Command, environment: dict[str, str]) -> Run:
        """A command from start to exit; the answer's `output` and `messages` are its standard output and error."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report")
            finished = subprocess.run(
                [str(part) for part in [self.program, report, *command]],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | environment,
            )
            seconds, kilobytes, status = report.read_text().split() if report.exists() else ("", "", "?")
        if status != "0":
            raise Failure(f"{' '.join(map(str, command))} failed ({status}):\n{finished.stderr}{finished.stdout}")
        return Run(float(seconds), int(kilobytes) * 1024, {"output": finished.stdout, "messages": finished.stderr})


def python(script: Path) -> list[str | Path]:
    """The command that runs a script with this Python."""
    return [sys.executable, script]
