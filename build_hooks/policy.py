"""Write into every page that it may ask nothing of any other host, so that the browser enforces what we promise.

The theme's few inline scripts are allowed by their digests: a script that gets into a page by another way does not
run. Styles may be inline, because formulas and plots carry theirs; they cannot fetch anything from elsewhere either.
"""

import base64
import hashlib
import re

from mkdocs.plugins import event_priority

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
START = "<head>"

_serving = False


def on_startup(*, command: str, **_: object) -> None:
    global _serving
    _serving = command == "serve"


def policy(page: str) -> str:
    """Say what a page may load: its own files, and the inline scripts that it has now."""
    digests = sorted(
        {
            "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
            for script in INLINE.findall(page)
        }
    )
    if _serving:  # `mkdocs serve` adds a script that reloads the page on a change
        digests = ["'unsafe-inline'"]
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *digests],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'self'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


@event_priority(-100)  # last, when all inline scripts are there
def on_post_page(output: str, **_: object) -> str:
    return output.replace(
        START, f'{START}\n    <meta http-equiv="Content-Security-Policy" content="{policy(output)}">', 1
    )


@event_priority(-100)
def on_post_template(output_content: str, *, template_name: str, **_: object) -> str:
    return on_post_page(output_content) if template_name.endswith(".html") else output_content
