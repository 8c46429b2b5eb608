"""Say what is wrong, and where: front matter that cannot be read, a disk that is full; and the line of a fault."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import yaml
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.pages import Page

FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)}


def place(page: Page, fault: str) -> str:
    """Name a page, with the line of what is at fault if it stands in the source as it does in the HTML."""
    before, found, _ = page.file.content_string.partition(fault)
    return f"{page.file.src_uri}, line {before.count(chr(10)) + 1}" if found else page.file.src_uri


@contextmanager
def located(page: Page, fault: str) -> Iterator[None]:
    """Put the place before what an error says."""
    try:
        yield
    except PluginError as problem:
        raise PluginError(f"{place(page, fault)}: {problem}") from None


def on_page_read_source(*, page: Page, **_: object) -> None:
    """Stop at front matter that MkDocs would show as text, because it cannot read it."""
    text, name = page.file.content_string, page.file.src_uri
    if not re.match(r"---[ \t]*\n", text):
        return
    match = FRONT_MATTER.match(text)
    if match is None:
        raise PluginError(f"{name}, line 1: the front matter that begins here has no end: expected a line ---")
    try:
        data = yaml.safe_load(match[1])
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 2 if problem.problem_mark else 1
        raise PluginError(f"{name}, line {line}: front matter: {problem.problem}") from None
    if not isinstance(data, dict):
        raise PluginError(f"{name}, line 1: front matter: expected names with values, got {data!r}")


@event_priority(-100)  # the others close what they have open first
def on_build_error(*, error: Exception, **_: object) -> None:
    """Say in a line that the disk is full; where in MkDocs that was noticed does not matter."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        file = error.filename2 or error.filename  # the copy, where a file was copied
        raise PluginError(f"the site cannot be written: {error.strerror}{f': {file}' if file else ''}") from None
