"""Where results live: one line a run in a committed file a claim, and one small file a run that has just finished.

A run lands under its key in `.cache/lab-runs/`, written beside and renamed into place: whatever
stops a sweep, a file is there and whole or not there. Any number of sweeps may write at once.
`python -m lab collect` merges the files into `lab/results/`, sorted, for the commit.
"""

import hashlib
import json
import math
import os
import secrets
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lab.code_version import ROOT
from rlhf_textbook._checks import error


@dataclass(frozen=True)
class Run:
    """What one call of `measure(seed, **setting)` returned, which code did it, and the wall time it took."""

    code: str
    setting: dict[str, Any]
    seed: int
    result: dict[str, Any]
    seconds: float

    def key(self, claim: str) -> str:
        """Under what the run is stored: equal keys, equal results."""
        return run_key(claim, self.seed, self.setting, self.code)

    def line(self) -> str:
        """Write the run as one line of JSON; numbers read back as they were, to the last bit."""
        return json.dumps(asdict(self), allow_nan=False) + "\n"


def run_key(claim: str, seed: int, setting: dict[str, Any], code: str) -> str:
    """SHA-256 of all that a result depends on."""
    return hashlib.sha256(canonical([claim, seed, setting, code]).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON in one spelling: no spaces, the names in a dictionary sorted."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(name: str, value: Any) -> Any:
    """Turn `value` into what JSON holds exactly: text, finite numbers, booleans, None, lists and dictionaries of them.

    Arrays and numpy's numbers become Python's. NaN and infinities are refused: JSON has
    none, and in a mean over seeds they would hide which run went wrong.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise error(name, "finite numbers", repr(value))
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(f"{name}[{i}]", item) for i, item in enumerate(value)]
    if isinstance(value, dict):
        if strange := [key for key in value if not isinstance(key, str)]:
            raise error(name, "names that are text", repr(strange[0]))
        return {key: plain(f"{name}[{key!r}]", item) for key, item in value.items()}
    raise error(name, "numbers, text, or lists of them", type(value).__name__)


@dataclass(frozen=True)
class Store:
    """The folder of committed results, and the one where runs land as they finish."""

    results: Path = ROOT / "lab" / "results"
    runs: Path = ROOT / ".cache" / "lab-runs"

    def committed_file(self, claim: str) -> Path:
        """Name the file with the committed runs of a claim."""
        return self.results / f"{claim}.jsonl"

    def run_file(self, claim: str, key: str) -> Path:
        """Name the file in which a run lands."""
        return self.runs / claim / f"{key}.json"

    def committed(self, claim: str) -> dict[str, Run]:
        """Read the committed runs by key; a damaged line is left out with a warning."""
        file = self.committed_file(claim)
        if not file.exists():
            return {}
        lines = file.read_text(encoding="utf-8").splitlines()
        runs = [read(line, f"line {i} of {file}") for i, line in enumerate(lines, 1)]
        return {run.key(claim): run for run in runs if run}

    def uncollected(self, claim: str) -> dict[str, Run]:
        """Read the runs that have landed, by key, whether they are in the committed file or not."""
        found = ((file.stem, self.landed(claim, file.stem)) for file in self.runs.joinpath(claim).glob("*.json"))
        return {key: run for key, run in found if run}

    def landed(self, claim: str, key: str) -> Run | None:
        """Read the run that has landed under that key; a damaged file counts as none, with a warning."""
        file = self.run_file(claim, key)
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        run = read(text, str(file))
        if run and run.key(claim) != key:
            warnings.warn(f"{file} holds another run than its name says; it is not used", stacklevel=2)
            return None
        return run

    def add(self, claim: str, run: Run) -> None:
        """Let a run land, all of it or nothing.

        Raises
        ------
        OSError
            If it cannot be written: the disk is full, the folder is read-only.
        """
        keep(self.run_file(claim, run.key(claim)), run.line())

    def all(self, claim: str) -> dict[str, Run]:
        """Read every run of the claim by key, of whatever code version."""
        # In this order a run that is collected meanwhile is not missed; on a tie the committed one wins.
        uncollected = self.uncollected(claim)
        return uncollected | self.committed(claim)

    def collect(self, claim: str, code: str) -> int:
        """Merge the runs by that code version into the committed file, sorted; return how many were new.

        A committed run by other code stays until there is one by this code for the same seed and setting.
        """
        committed = self.committed(claim)
        current = {key: run for key, run in self.all(claim).items() if run.code == code}
        renewed = {(run.seed, canonical(run.setting)) for run in current.values()}
        kept = [run for run in committed.values() if (run.seed, canonical(run.setting)) not in renewed]
        kept = sorted([*current.values(), *kept], key=lambda run: (canonical(run.setting), run.seed, run.code))
        new = len(current.keys() - committed.keys())
        if new:
            write_whole(self.committed_file(claim), "".join(run.line() for run in kept))
        return new


def read(text: str, place: str) -> Run | None:
    """Read one stored run, or warn and return None where the text is damaged."""
    try:
        return Run(**json.loads(text))
    except (ValueError, TypeError):
        warnings.warn(f"{place} is damaged and not used; the run is computed again", stacklevel=2)
        return None


def keep(file: Path, text: str) -> None:
    """Write a file whose name says all that its content depends on, all of it or nothing."""
    try:
        write_whole(file, text)
    except PermissionError:  # on Windows, while somebody else reads or writes the same
        if not file.exists():
            raise


def write_whole(file: Path, text: str) -> None:
    """Write a file so that nobody ever finds half of it, not even after a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")  # another writer's draft has another name
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
