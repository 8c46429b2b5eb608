"""Put the package and the whole course into the built site, to install and to download from there.

A reader installs `rlhf_textbook` with one line from wherever the book is hosted. The page is
written with the address that the build knows (`site_url`); a few lines of script put in the
address it was really read from, so a copy on another host or on disk shows its own.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from flit_core import buildapi
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

FOLDER = "packages"
COURSE = "rlhf-textbook-course.tar.gz"
PLACEHOLDER = "WHEEL_URL"

_wheel_name = ""


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    """Build wheel and source archive; flit reads the project in the folder of `mkdocs.yml`."""
    global _wheel_name
    with TemporaryDirectory() as folder:
        _wheel_name = buildapi.build_wheel(folder)
        source_name = buildapi.build_sdist(folder)
        for built, published in ((_wheel_name, _wheel_name), (source_name, COURSE)):
            content = (Path(folder) / built).read_bytes()
            files.append(File.generated(config, f"{FOLDER}/{published}", content=content))
    return files


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    path = f"{FOLDER}/{_wheel_name}"
    address = (config.site_url or "").rstrip("/") + "/" + path
    relative = get_relative_url(path, page.url)
    return content.replace(PLACEHOLDER, f'<span data-wheel="{relative}">{address}</span>')
