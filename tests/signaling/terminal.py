"""The carelay command in a working directory of the test's own."""

import io
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from signaling.cli.main import main


@dataclass(frozen=True)
class Done:
    """What a command left on the terminal."""

    code: int
    output: str
    errors: str

    @property
    def refusal(self) -> str:
        """The one line of a command that failed."""
        assert self.code == 1
        assert self.errors.count("\n") == 1, self.errors
        return self.errors.removeprefix("carelay: ").rstrip()


class Carelay:
    """Runs `carelay …` in this process: starting a new one costs a second of imports."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        settings = f"[server]\nport = {free_port()}\n[relay]\nhost = '127.0.0.1'\nport = 0\n"
        Path("config.toml").write_text(settings)

    def __call__(self, *arguments: str, stdin: str = "", **environ: str) -> Done:
        self._capsys.readouterr()
        with self._monkeypatch.context() as changed:
            changed.setattr("sys.stdin", io.StringIO(stdin))
            for name, value in environ.items():
                changed.setenv(name, value)
            code = main(arguments)
        return Done(code, *self._capsys.readouterr())


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
