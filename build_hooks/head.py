"""Let a page be drawn early: one style sheet, and no script that has to be there first.

The theme, the reference and the course bring five style sheets, and a browser draws nothing before it has all; they
become one file. What has to be in place before the theme's script runs (`extra.polyfills`) is written into the page,
and that script, `bundle.js`, waits until the page has been read.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

SHEET = "assets/style.css"
SHEET_LINK = re.compile(r'\s*<link rel="stylesheet" href="(?P<root>[^"]*?)(?P<path>assets/[^"]+)">')
EARLY_SCRIPT = re.compile(r'<script src="[^"]*?(?P<path>assets/[^"/]+)"></script>')
THEME_SCRIPT = re.compile(r'<script (?=src="[^"]*assets/javascripts/bundle)')
ADDRESS = re.compile(r"url\(([\"']?)(?!data:|#)(?P<path>[^\"')]+)\1\)")
MATH_FONT = "assets/fonts/math.woff2"
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/")
# The theme stops all transitions while it changes between light and dark. With a selector for everything on the page
# it makes browsers compute the style of everything, twice at each visit: too much for a soft change of color.
COSTLY = re.compile(r"\[data-md-color-switching\] \*[^{}]*\{[^{}]*\}")

_early: dict[str, str] = {}
_sheets: list[str] = []


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    """Take the scripts that are written into the pages, and do not publish them."""
    _early.clear()
    _sheets.clear()
    for script in config.extra.get("polyfills", []):
        if file := files.get_file_from_path(script):
            _early[script] = file.content_string
            files.remove(file)
    return files


def on_post_page(output: str, *, page: Page, **_: object) -> str:
    return quick(output, page.file.src_uri)


def on_post_template(output_content: str, *, template_name: str, **_: object) -> str:
    return quick(output_content, template_name) if template_name.endswith(".html") else output_content


def quick(html: str, name: str) -> str:
    """Rewrite what a page loads."""
    links = list(SHEET_LINK.finditer(html))
    sheets = [link["path"] for link in links]
    if not _sheets:
        _sheets.extend(sheets)
    if sheets != _sheets:
        raise PluginError(f"{name}: expected the style sheets of the other pages, {_sheets}, got {sheets}")
    if links:
        first = links[0]
        link = f'\n    <link rel="stylesheet" href="{first["root"]}{SHEET}">'
        if "<math" in html:  # or the font comes after the text, and moves it
            font = f"{first['root']}{MATH_FONT}"
            link += f'\n    <link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>'
        html = html[: first.start()] + link + SHEET_LINK.sub("", html[first.start() :])
    html = EARLY_SCRIPT.sub(lambda match: f"<script>\n{_early[match['path']]}</script>", html)
    return THEME_SCRIPT.sub("<script defer ", html)


def on_post_build(*, config: MkDocsConfig, **_: object) -> None:
    """Write the one sheet, in the order in which the pages asked for the five."""
    site = Path(config.site_dir)
    (site / SHEET).write_text("\n".join(sheet(site, path) for path in _sheets), encoding="utf-8", newline="\n")
    for path in _sheets:
        (site / path).unlink()
        (site / f"{path}.map").unlink(missing_ok=True)


def sheet(site: Path, path: str) -> str:
    """Read a style sheet, so that it can stand in the place of the one sheet."""
    folder = (site / path).parent

    def moved(match: re.Match[str]) -> str:
        target = (folder / match["path"]).resolve().relative_to((site / SHEET).parent.resolve())
        return f'url("{target.as_posix()}")'

    css = (site / path).read_text(encoding="utf-8")
    return ADDRESS.sub(moved, COSTLY.sub("", SOURCE_MAP.sub("", css)))
