"""Let the site be read from disk, and pack it into one archive to take along.

A page from disk may not fetch the search index, but may run a script that holds it; the theme looks for one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the builder may have been started from elsewhere

from build_hooks.archive import write_archive

ARCHIVE = "downloads/rlhf-executed.zip"
# What only a server needs; the page for what is not found takes its styles from the server's root.
LEFT_OUT = {ARCHIVE, "404.html", "search/search_index.json", "sitemap.xml", "sitemap.xml.gz", "objects.inv"}
# A page from disk may not fetch its font early: browsers refuse, and say so. It comes with the styles.
PRELOAD = re.compile(rb'\s*<link rel="preload"[^>]*>')
README = """RLHF, executed: the whole site, to read without a network.

Open index.html in a browser. Search, formulas, answer boxes and interactive pieces work from disk.
"""


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    # So that a page may link to it; it is packed when all else is there.
    files.append(File.generated(config, ARCHIVE, content=b""))
    return files


@event_priority(-100)
def on_post_build(*, config: MkDocsConfig, **_: object) -> None:
    site = Path(config.site_dir)
    index = site / "search" / "search_index.json"
    index.with_suffix(".js").write_text("var __index = " + index.read_text(encoding="utf-8"), encoding="utf-8")
    write_archive(site, ARCHIVE, lambda: contents(site))


def contents(site: Path) -> Iterator[tuple[str, bytes]]:
    """Yield all files that a reader from disk needs."""
    yield "rlhf-executed/read-me-first.txt", README.encode()
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.is_file() and name not in LEFT_OUT and path.suffix != ".map":
            content = path.read_bytes()
            yield f"rlhf-executed/{name}", PRELOAD.sub(b"", content) if path.suffix == ".html" else content
