"""Make a wide table readable on a phone: `<div class="rows" markdown>` around it.

There each row stands by itself, its first cell as a heading, and each other cell below it with the name of its column,
which the cell carries for the style sheet. On a wide screen and on paper it is a table, with its columns' names on top.
"""

import re
import sys
from html import escape, unescape
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the builder may have been started from elsewhere

from build_hooks.faults import place
from build_hooks.spaces import breakable

OPENING = '<div class="rows">'
TABLE = re.compile(rf"(?<={OPENING})\s*(<table>.*?</table>)\s*(?=</div>)", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CODE = re.compile(r"(?<=<code>)[^<]+(?=</code>)")
HEAD = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)


def labeled(table: str) -> str:
    """Give every cell of the body the name of its column, and let a long name in code be broken."""
    heads = [escape(unescape(re.sub(r"<[^>]+>", "", head)).strip()) for head in HEAD.findall(table)]

    def row(match: re.Match[str]) -> str:
        names = iter(heads)
        return re.sub(r"<td(?=[ >])", lambda _: f'<td data-label="{next(names, "")}"', match[0])

    return CODE.sub(lambda code: breakable(code[0]), ROW.sub(row, table))


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    content, found = TABLE.subn(lambda match: labeled(match[1]), content)
    # In a list or a fold-out Markdown leaves the opening as it was written.
    if found != len(re.findall(r'<div class="rows"[ >]', content)):
        where = place(page, OPENING[:-1])
        raise PluginError(f"{where}: each {OPENING[:-1]} markdown> holds one table and nothing else")
    return content
