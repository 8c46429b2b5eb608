"""Make pages of the lab's scripts: run their cells, show what they printed and drew, offer the notebook.

A lab page is a script in the percent format, `docs/lab/9-kl-estimators.py`. Here it is run, cell by cell, in a
Jupyter kernel of its own, and becomes two files of the site: the notebook with its outputs, to download, and a page
in Markdown: text cells as they stand, code cells as Python blocks, what they printed as output blocks. From there on
it is a page like any other. The site's own extensions read its formulas, admonitions and tables, MkDocs checks its
links and lists its headings, the other hooks do their work, and its blocks look like all blocks, light and dark.

That is why mkdocs-jupyter does not render it. What it stands on (jupytext, nbclient, ipykernel) is used as it is,
but its HTML passes by the site's Markdown: `$x$`, `!!!` and links to `.md` files stay as they are and nothing checks
them, each page brings the style sheet of a notebook application and asks another host for scripts, and its cache does
not notice that the code behind a page has changed.

Executed notebooks are kept in `.cache/lab/`, beside `mkdocs.yml`, by the content of the script and of all code and
results that it could use. A cell that fails, warns, or shows what a page cannot show stops the build.
"""

import asyncio
import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")  # without a choice, jupyter_core warns

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the builder may have been started from elsewhere

FOLDER = "lab/"
SOURCES = ("figures", "lab", "rlhf_textbook")
AT_ONCE = min(4, os.cpu_count() or 1)

PLOT = "image/svg+xml"
TABLE = "text/markdown"
COLOR_CODE = re.compile(r"\x1b\[[\d;]*m")
PLACEHOLDER = re.compile(r'(?:<p>)?<div data-cell-plot="(\d+)"></div>(?:</p>)?')
INTRODUCTION = """
This page is a notebook: [download it]({stem}.ipynb){{ download="{stem}.ipynb" }} with its outputs, or [as a plain \
script]({stem}.py){{ download="{stem}.py" }}.
{{ .lab-download }}

??? note "To run it yourself"

    It needs the [course archive](../packages/rlhf-textbook-course.tar.gz): unpack it, put the notebook into the \
folder you get, and run there:

    ```shell
    python -m pip install . joblib matplotlib notebook
    python -m notebook {stem}.ipynb
    ```
"""

_plots: dict[str, list[str]] = {}


@dataclass(frozen=True)
class Script:
    """A lab page as it is written."""

    uri: str
    text: str
    cached: Path

    @property
    def stem(self) -> str:
        return self.uri.removeprefix(FOLDER).removesuffix(".py")

    def fault(self, number: int, source: str, told: str) -> PluginError:
        """Name the cell that is at fault by its number and its line in the script."""
        line = self.text[: self.text.find(source)].count("\n") + 1
        return PluginError(f"{self.uri}, line {line}: code cell {number} {told}")


def digest_of_sources() -> bytes:
    """Take the digest of everything but the script itself that could change an output."""
    everything = hashlib.sha256(repr(sys.version_info[:2]).encode())
    paths = [Path(__file__), ROOT / "requirements" / "docs.txt"]  # the latter for the versions of the libraries
    for folder in SOURCES:
        paths += sorted((ROOT / folder).rglob("*.py"))
    paths += sorted((ROOT / "lab" / "results").rglob("*.json*"))
    for path in paths:
        everything.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return everything.digest()


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    """Put page and notebook of each script beside it."""
    sources = digest_of_sources()
    cache = Path(config.config_file_path).parent / ".cache" / "lab"
    scripts = []
    for file in files:
        if file.src_uri.startswith(FOLDER) and file.src_uri.endswith(".py"):
            text = file.content_string
            digest = hashlib.sha256(sources + text.encode()).hexdigest()[:16]
            scripts.append(Script(file.src_uri, text, cache / f"{Path(file.src_uri).stem}-{digest}.ipynb"))
    execute([script for script in scripts if not script.cached.exists()])
    for script in scripts:
        notebook = script.cached.read_text(encoding="utf-8")
        page = page_of(script, notebook)
        for ending, content in (("md", page), ("ipynb", notebook)):
            files.append(File.generated(config, f"{FOLDER}{script.stem}.{ending}", content=content))
    return files


def execute(scripts: list[Script]) -> None:
    """Run scripts, a few at a time, and keep their notebooks; raise what went wrong, of all of them."""
    if not scripts:
        return
    # The first import makes an index of the fonts, and on a slow machine says so in the cell it finds itself in.
    import matplotlib.font_manager  # noqa: F401

    loop = asyncio.SelectorEventLoop()  # the usual one of Windows lacks what the kernels' sockets need
    try:
        with TemporaryDirectory(ignore_cleanup_errors=True) as settings:
            outcomes = loop.run_until_complete(execute_all(scripts, settings))
    finally:
        loop.close()
    problems = [str(outcome) for outcome in outcomes if isinstance(outcome, PluginError)]
    if problems:
        raise PluginError("\n".join(problems))
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


async def execute_all(scripts: list[Script], settings: str) -> list[BaseException | None]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(script: Script) -> None:
        async with turns:
            await execute_one(script, settings)

    return await asyncio.gather(*map(in_turn, scripts), return_exceptions=True)


async def execute_one(script: Script, settings: str) -> None:
    import jupytext
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    class ThisPython(AsyncKernelManager):
        """Starts the Python that builds the site, whatever kernels are registered on the machine."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options, kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))

    notebook: Any = jupytext.reads(script.text, fmt="py:percent")
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    if not (notebook.cells and notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")):
        raise PluginError(f"{script.uri}: expected it to start with a text cell whose first line is '# Title'")
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        kernel_name="python3",
        timeout=None,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # it would warn that it talks to this machine unencrypted
    )
    # No settings or start-up files of whoever builds the site.
    private = {"IPYTHONDIR": settings, "JUPYTER_CONFIG_DIR": settings}
    environment = {**os.environ, **private, "LAB_STORED_ONLY": "1"}  # a sweep takes too long for a build
    try:
        await client.async_execute(cwd=str(ROOT), env=environment)
    except CellExecutionError as problem:
        number, source, error = next(
            (number, cell.source, output)
            for number, cell in enumerate(code_cells(notebook), start=1)
            for output in cell.outputs
            if output.output_type == "error"
        )
        trace = COLOR_CODE.sub("", "\n".join(error.traceback))
        raise script.fault(number, source, f"failed: {problem.ename}: {problem.evalue}\n{trace}\n") from None
    except DeadKernelError as problem:
        raise PluginError(f"{script.uri}: its Python ended in the middle: {problem}") from problem
    check_outputs(script, notebook)
    # The same script gives the same bytes, whenever and wherever it is run.
    from lab.store import keep

    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    content = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    keep(script.cached, content + "\n")


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def check_outputs(script: Script, notebook: Any) -> None:
    """Raise where a cell warns, or shows what would not do on a page."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        for output in cell.outputs:
            if output.output_type == "stream":
                if output.name == "stderr":
                    raise script.fault(number, cell.source, f"wrote to stderr: {output.text.strip()}")
                shown = output.text
            elif PLOT in output.data or TABLE in output.data:
                continue
            elif output.data.keys() != {"text/plain"}:
                kinds = ", ".join(sorted(output.data.keys() - {"text/plain"}))
                raise script.fault(number, cell.source, f"shows {kinds}: expected text, Markdown or a figures.Plot")
            else:
                shown = output.data["text/plain"]
            if re.search(r"\bat 0x[0-9a-fA-F]+", shown):
                raise script.fault(number, cell.source, f"shows a place in memory, each time another: {shown.strip()}")


def fenced(info: str, content: str) -> str:
    longest = max(map(len, re.findall(r"`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{content}\n{fence}"


def page_of(script: Script, executed: str) -> str:
    """Write a notebook as Markdown."""
    first, *others = json.loads(executed)["cells"]
    plots = _plots[f"{FOLDER}{script.stem}.md"] = list[str]()
    title, _, text = first["source"].partition("\n")
    parts = [title, INTRODUCTION.format(stem=script.stem), text]
    for cell in others:
        if cell["cell_type"] == "markdown":
            parts.append(cell["source"])
        else:
            parts += [fenced("python", cell["source"]), *shown_outputs(cell, plots)]
    return "\n\n".join(parts) + "\n"


def shown_outputs(cell: dict[str, Any], plots: list[str]) -> list[str]:
    """Write what a cell printed, in one block, and below it what it drew."""
    printed, drawn = "", []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if output["output_type"] == "stream":
            printed += output["text"]
        elif PLOT in data:
            drawn.append(f'<div data-cell-plot="{len(plots)}"></div>')
            plots.append(data[PLOT])
        elif TABLE in data:
            drawn.append(data[TABLE])
        else:
            printed += data["text/plain"] + "\n"
    return ([fenced('text title="Output"', printed.strip("\n"))] if printed.strip() else []) + drawn


def on_page_content(content: str, *, page: Page, **_: object) -> str:
    plots = _plots.get(page.file.src_uri, [])
    return PLACEHOLDER.sub(lambda match: f'<figure class="plot">{plots[int(match[1])]}</figure>', content)
