"""Say where a line must not end: between a number and its unit, "Table" and its number, the halves of GPT-3.

Authors type plain spaces and hyphens. Code, formulas and figures are left as they are. Other hooks call `breakable` to
say where a long name in code may be broken.
"""

import re

TAG = re.compile(r"(<[^>]*>)")
LEFT_ALONE = {"pre", "code", "math", "svg", "script", "style"}
SPACES = re.compile(
    r"(?<=\d) (?=%|±|nats?\b|points?\b|kB\b|MB\b|GB\b|[mµ]?s\b|min\b|B\b)"
    r"|(?<=±) (?=\d)"
    r"|(?<=\bApp\.) (?=[A-Z])|(?<=\bTable) (?=\d)|(?<=\bFigure) (?=\d)|(?<=\bEq\.) (?=\d)"
)
NAMES = re.compile(r"\b(GPT-\d|PPO-ptx)\b")


def breakable(name: str) -> str:
    """Let a line end inside a name where one would pause: after `(`, `_` and `/`."""
    return re.sub(r"([(_/])(?=.)", r"\1<wbr>", name)


def kept_together(text: str) -> str:
    return NAMES.sub(r'<span class="unbroken">\1</span>', SPACES.sub("\u00a0", text))


def on_page_content(content: str, **_: object) -> str:
    parts, inside = TAG.split(content), 0
    for at, part in enumerate(parts):
        if at % 2 == 0:
            parts[at] = part if inside else kept_together(part)
        else:
            name = part.strip("</>").partition(" ")[0].lower()
            if name in LEFT_ALONE and not part.endswith("/>"):
                inside += -1 if part.startswith("</") else 1
    return "".join(parts)
