"""The claim that the book's bytes depend on its sources alone: not on the place, the day or the machine's settings."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

from build_hooks.dates import time_of_sources
from make import NOT_COPIED

ROOT = Path(__file__).resolve().parent.parent
# The build's own cache comes along, or the lab would be run again; what others keep in it or beside it does not.
LEFT_BEHIND = shutil.ignore_patterns(*(name for name in NOT_COPIED if name != ".*cache"), ".*_cache", "matrix")


def test_another_build_elsewhere_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy", tmp_path / "site"
    shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND, copy_function=shutil.copy)  # as a clone: all times are new
    settings = {
        "PYTHONHASHSEED": "12345",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONPATH": str(copy),  # the package, which is installed from here, too
        "SOURCE_DATE_EPOCH": str(time_of_sources()),  # a copy has no commits to read it from
    }
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(other)]
    done = subprocess.run(command, cwd=copy, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert names == {path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file()}
    _, different, unread = filecmp.cmpfiles(site, other, names, shallow=False)
    assert (different, unread) == ([], [])
