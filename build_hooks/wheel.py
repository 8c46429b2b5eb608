"""Put the package's wheel into the built site, and its address on the home page.

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

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "packages"
PLACEHOLDER = "WHEEL_URL"

_wheel: tuple[str, bytes] | None = None


def _built_wheel() -> tuple[str, bytes]:
    with TemporaryDirectory() as folder:
        name = buildapi.build_wheel(folder)
        return name, (Path(folder) / name).read_bytes()


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    global _wheel
    _wheel = _built_wheel()
    files.append(File.generated(config, f"{FOLDER}/{_wheel[0]}", content=_wheel[1]))
    return files


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    if PLACEHOLDER not in content:
        return content
    assert _wheel is not None, "on_files runs before any page"
    path = f"{FOLDER}/{_wheel[0]}"
    address = (config.site_url or "").rstrip("/") + "/" + path
    relative = get_relative_url(path, page.url)
    return content.replace(PLACEHOLDER, f'<span data-wheel="{relative}">{address}</span>')
