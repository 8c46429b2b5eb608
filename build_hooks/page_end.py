"""End every page with what a reader can do about it: report a mistake, edit it, cite it, take the book along.

Where the book is published from a repository, `REPO_URL` says so, and the links lead to it. Elsewhere, as on a reader's
own machine, there is nobody to report to, and the links that need one are left out.
"""

from html import escape
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

ABOUT = "take-along.md"


def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files, **_: object) -> str:
    about = files.get_file_from_path(ABOUT)
    if about is None:
        return content
    address = get_relative_url(about.url, page.url)
    links = [f'<a href="{address}#cite">Cite this</a>', f'<a href="{address}">Read it offline or as EPUB</a>']
    repository = (config.repo_url or "").rstrip("/")
    if repository:
        title = quote(f"On the page {page.file.src_uri}: ")
        source = quote(page.file.src_uri)
        links[:0] = [
            f'<a href="{escape(repository)}/issues/new?title={title}">Report a mistake</a>',
            f'<a href="{escape(repository)}/edit/main/docs/{source}">Edit this page</a>',
        ]
    return f'{content}<div class="page-end">{" · ".join(links)}</div>'
