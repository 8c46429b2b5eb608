"""Render, while serving, only the pages that a change can have changed.

MkDocs renders every page again after every change. Most of that time goes into two steps: Markdown to HTML, and HTML
to entries of the search index. Both are remembered here, in memory, for as long as `mkdocs serve` runs. A page is
rendered anew when its Markdown has changed, as all other hooks and plugins hand it over, or when anything has changed
that rendering may look up elsewhere: `mkdocs.yml`, the names of the pages, what `watch` lists (the package, whose
docstrings the reference shows). A build that is not served remembers nothing.
"""

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

RENDERED = ("content", "toc", "_title_from_render", "present_anchor_ids")  # what `Page.render` sets, besides links

_serving = False
_surroundings = b""
_pages: dict[str, tuple[bytes, dict[str, Any], dict[str, dict[str, str]], list[tuple[Any, ...]]]] = {}
_entries: dict[str, tuple[str, list[dict[str, Any]]]] = {}


def on_startup(*, command: str, **_: object) -> None:
    global _serving
    _serving = command == "serve"


@event_priority(-100)  # when the other hooks have added their files
def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    """Take the digest of all that a page's HTML may depend on besides its own Markdown."""
    global _surroundings
    if _serving:
        state = hashlib.sha256(Path(config.config_file_path).read_bytes())
        for file in files:
            state.update(f"{file.src_uri} {file.dest_uri}\n".encode())
        for folder in map(Path, config.watch):
            for path in sorted(folder.rglob("*.py")):
                state.update(str(path).encode() + path.read_bytes())
        _surroundings = state.digest()
    return files


@event_priority(-100)  # when the other hooks have written what is rendered
def on_page_markdown(markdown: str, *, page: Page, **_: object) -> None:
    if _serving:
        state = hashlib.sha256(_surroundings + repr(page.meta).encode() + markdown.encode()).digest()
        page.render = remembered(page, state, page.render)  # type: ignore[method-assign, assignment]


def remembered(
    page: Page, state: bytes, render: Callable[[MkDocsConfig, Files], None]
) -> Callable[[MkDocsConfig, Files], None]:
    """Return `page.render`, which takes what was rendered before from the same Markdown."""

    def render_or_recall(config: MkDocsConfig, files: Files) -> None:
        references: Any = config.plugins.get("autorefs")
        if page.file.src_uri in _pages and _pages[page.file.src_uri][0] == state:
            _, rendered, links, anchors = _pages[page.file.src_uri]
            vars(page).update(copy.deepcopy(rendered))  # a hook adds to the headings
            # The files are new objects in every build.
            found = {name: files.get_file_from_path(name) for name in links}
            page.links_to_anchors = {file: links[name] for name, file in found.items() if file}
            for _, arguments, named in anchors:
                references.register_anchor(page, *arguments, **named)
            return
        anchors = []
        if references:  # which objects of the package are described where
            register = references.register_anchor

            def note(of: Page, *arguments: Any, **named: Any) -> None:
                anchors.append((of, arguments, named))
                register(of, *arguments, **named)

            references.register_anchor = note
        try:
            render(config, files)
        finally:
            if references:
                references.register_anchor = register
        links = {file.src_uri: anchors_there for file, anchors_there in (page.links_to_anchors or {}).items()}
        _pages[page.file.src_uri] = (
            state,
            copy.deepcopy({name: getattr(page, name) for name in RENDERED}),
            links,
            anchors,
        )

    return render_or_recall


def on_env(env: Any, *, config: MkDocsConfig, **_: object) -> Any:
    index = getattr(config.plugins.get("material/search"), "search_index", None)
    if _serving and index is not None:
        add = index.add_entry_from_context

        def add_or_recall(page: Page) -> None:
            name, content = page.file.src_uri, str(page.content)
            if name not in _entries or _entries[name][0] != content:
                start = len(index.entries)
                add(page)
                _entries[name] = (content, index.entries[start:])
            else:
                index.entries.extend(_entries[name][1])

        index.add_entry_from_context = add_or_recall
    return env
