"""Tidy what mkdocstrings writes of the package.

A folded source repeats the docstring that stands above it, two lines of three on most pages: it is left out there, and
the numbers of the lines say so. The search does not look into sources. "References" is a section like the others.
"""

import re
import sys
from itertools import compress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the builder may have been started from elsewhere

from build_hooks.spaces import breakable

SOURCE = re.compile(r'<details class="mkdocstrings-source">.*?</details>', re.DOTALL)
NUMBERS = re.compile(r'(?<=<pre><span></span>)<span class="normal">.*?(?=</pre>)', re.DOTALL)
CODE = re.compile(r"(?<=<pre><span></span><code>).*?(?=</code></pre>)", re.DOTALL)
REFERENCES = re.compile(r'<details class="references" open>\s*<summary>References</summary>(.*?)</details>', re.DOTALL)
NAME = re.compile(r'(?<=<span class="doc doc-object-name )([\w -]+">)(\w+)(?=</span>)')


def without_docstrings(source: str) -> str:
    """Leave out the lines of a listing that hold nothing but a docstring, and their numbers."""
    numbers, code = NUMBERS.search(source), CODE.search(source)
    if numbers is None or code is None:
        return source
    lines, kept = code[0].split("\n"), list[bool]()
    for line in lines:
        # An empty line inside a docstring is marked as nothing, nor is the one below it.
        empty = not re.sub(r"<[^>]+>", "", line).strip()
        kept.append('<span class="sd">' not in line and not (empty and kept and not kept[-1]))
    shown, numbered = ("\n".join(compress(part, kept)) for part in (lines, numbers[0].split("\n")))
    return source.replace(code[0], shown).replace(numbers[0], numbered)


def on_page_content(content: str, **_: object) -> str:
    if "doc-object" not in content:
        return content
    content = SOURCE.sub(lambda match: without_docstrings(match[0]), content)
    content = content.replace('class="mkdocstrings-source"', 'class="mkdocstrings-source" data-search-exclude')
    content = REFERENCES.sub(r'<p><span class="doc-section-title">References:</span></p>\1', content)
    # A long name may be broken where one would pause; and no blanks inside parentheses.
    content = NAME.sub(lambda match: match[1] + breakable(match[2]), content)
    return re.sub(r"(?<=\()\s+(?=<code>)|(?<=</code>)\s+(?=\))", "", content)
