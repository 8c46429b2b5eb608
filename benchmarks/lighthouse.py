"""Rate pages of the book as Lighthouse does, on the phone and the slow line that it simulates.

    python -m benchmarks.lighthouse            # builds the book, rates home, a lesson and a page of the lab
    python -m benchmarks.lighthouse --runs 1

Needs Chromium and node; `npx` fetches Lighthouse where it is not there. The book is served compressed, as hosts of
pages do it.
"""

import argparse
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from make import PYTHON

LIGHTHOUSE = "lighthouse@12"
PAGES = ("index.html", "lessons/3-reward-modeling.html", "lab/4-over-optimization.html")
BROWSER = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
SCORES = ("performance", "accessibility", "best-practices", "seo")
MEASURES = {
    "first paint": "first-contentful-paint",
    "largest paint": "largest-contentful-paint",
    "blocked": "total-blocking-time",
    "shift": "cumulative-layout-shift",
    "bytes": "total-byte-weight",
}


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Serves files, what is text compressed."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(200)
        self.send_header("Content-Type", kind + ("; charset=utf-8" if kind.startswith("text/") else ""))
        self.send_header("Cache-Control", "max-age=3600")
        if path.suffix in {".html", ".css", ".js", ".json", ".svg", ".xml"}:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def rate(address: str, chromium: str, npx: str) -> dict[str, float | str]:
    """Return the four scores of a page, then milliseconds, a shift and bytes, and with what it was measured."""
    command = [npx, "--yes", LIGHTHOUSE, address, "--quiet", f"--chrome-flags={BROWSER}", "--output=json"]
    done = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, encoding="utf-8", check=True
    )
    report: Any = json.loads(done.stdout)
    scores = {name: round(100 * report["categories"][name]["score"]) for name in SCORES}
    measured = {name: report["audits"][audit]["numericValue"] for name, audit in MEASURES.items()}
    browser = report["environment"]["hostUserAgent"].partition("Chrome/")[2].partition(" ")[0]
    return scores | measured | {"Lighthouse": report["lighthouseVersion"], "Chromium": browser}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write what was measured")
    chosen = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    npx = shutil.which("npx")
    if not chromium or not npx:
        sys.exit("lighthouse: expected Chromium and npx (of node) on the path")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        subprocess.run(
            [PYTHON if PYTHON.exists() else sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", folder],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressed, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        found = {page: [rate(address + page, chromium, npx) for _ in range(chosen.runs)] for page in PAGES}
        server.shutdown()
        server.server_close()
    if chosen.json:
        chosen.json.write_text(json.dumps(found), encoding="utf-8")
    else:
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
