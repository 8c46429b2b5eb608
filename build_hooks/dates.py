"""Date all that the build makes by what it is made from: two builds of one commit have the same bytes.

Archives carry times, the site map days. The convention for that is a variable, `SOURCE_DATE_EPOCH`, which MkDocs and
flit both read. Where nobody has set it, the time of the commit stands in; for a book from the course archive, which has
no commits, the day of its release.
"""

import os
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def on_startup(**_: object) -> None:
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(time_of_sources()))


def time_of_sources() -> int:
    """Return seconds since 1970."""
    if (ROOT / ".git").exists():
        try:
            log = subprocess.run(
                ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
            )
            return int(log.stdout)
        except (OSError, subprocess.CalledProcessError, ValueError):
            pass  # no git on this machine, or no commit yet
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return int(datetime.combine(citation["date-released"], datetime.min.time(), timezone.utc).timestamp())
