"""Let the site be read from disk, and pack it into one archive to take along.

A page from disk may not fetch the search index, but may run a script that holds it; the theme looks for one.
"""

import zipfile
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ARCHIVE = "downloads/rlhf-executed.zip"
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
    archive = site / ARCHIVE
    left_out = {archive, index, site / "sitemap.xml", site / "sitemap.xml.gz", site / "objects.inv"}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        entry("rlhf-executed/read-me-first.txt", README.encode(), packed)
        for path in sorted(site.rglob("*")):
            if path.is_file() and path not in left_out and path.suffix != ".map":
                entry("rlhf-executed/" + path.relative_to(site).as_posix(), path.read_bytes(), packed)


def entry(name: str, content: bytes, archive: zipfile.ZipFile) -> None:
    # Without the time of the build: the same site gives the same archive.
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
