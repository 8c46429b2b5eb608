"""A short digest of the code that a result depends on: a claim's module and what it imports of this project.

Docstrings, comments, layout, what an error says and the types of parameters do not count, so
that a better wording leaves every stored result valid. The digest is the same on every
supported Python.
"""

import ast
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("lab", "rlhf_textbook")
LOCK = Lock()  # workers may be threads, and `ast.parse` of Python 3.11 fails at times in several at once
# What changes no result: notes for type checkers, and `u` before a string.
IGNORED_FIELDS = {"annotation", "returns", "type_comment", "type_ignores", "kind"}


def code_version(measure: Callable[..., Any]) -> str:
    """Digest the module that `measure` stands in and every module of the project that it imports, transitively.

    A module that is imported by a computed name is not seen.
    """
    with LOCK:
        return imported_version(measure)


@cache  # a process keeps the code that it imported, so it also keeps that code's version
def imported_version(measure: Callable[..., Any]) -> str:
    """Digest the code of `measure` as it stands in the files when the process first asks."""
    return digest(Path(inspect.getfile(measure)), measure.__module__)


def digest(path: Path, name: str, root: Path = ROOT) -> str:
    """Digest the file `path`, imported as module `name`, and what it imports below `root`: 16 hexadecimal digits."""
    outlines: dict[str, Any] = {}
    todo = [(name, path)]
    while todo:
        name, path = todo.pop()
        if name not in outlines:
            tree = parse(path)
            outlines[name] = outline(tree)
            todo += imported_modules(tree, name, path.name == "__init__.py", root)
    text = json.dumps(sorted(outlines.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parse(path: Path) -> ast.Module:
    """Read a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))  # read as text: line ends are \n on every system


def outline(node: Any) -> Any:
    """Turn a syntax tree into nested lists, leaving out what changes no result.

    `ast.dump` would not do: what it writes for empty fields differs between versions of Python.
    """
    if isinstance(node, ast.Raise):
        return ["Raise"]  # a run that raises has no result
    if isinstance(node, ast.JoinedStr):
        return ["JoinedStr", *f_string_parts(node)]
    if isinstance(node, ast.AST):
        fields = [
            [name, outline(value)]
            for name, value in ast.iter_fields(node)
            if name not in IGNORED_FIELDS and value is not None and value != []
        ]
        # The type of an annotated name stays: in a dataclass it makes a field.
        if isinstance(node, ast.AnnAssign):
            fields.append(["annotation", outline(node.annotation)])
        return [type(node).__name__, *fields]
    if isinstance(node, list):
        return [outline(item) for item in node if not is_text_alone(item)]
    return ascii(node)


def f_string_parts(node: ast.JoinedStr) -> list[Any]:
    """List the parts of an f-string, texts joined: how they are split differs between versions of Python."""
    parts: list[Any] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text = str(part.value)
            if parts and isinstance(parts[-1], str):
                parts[-1] += text
            elif text:
                parts.append(text)
        elif isinstance(part, ast.FormattedValue):
            form = f_string_parts(part.format_spec) if isinstance(part.format_spec, ast.JoinedStr) else []
            parts.append([outline(part.value), part.conversion, form])
    return parts


def is_text_alone(node: Any) -> bool:
    """Whether a statement is a string and nothing else: a docstring, or a note in its form."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def imported_modules(tree: ast.Module, name: str, is_package: bool, root: Path) -> Iterator[tuple[str, Path]]:
    """Find the project's modules that a module imports, wherever in it the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from module_file(alias.name, root)
        elif isinstance(node, ast.ImportFrom):
            source = import_source(node, name, is_package)
            for alias in node.names:
                yield from where_defined(source, alias.name, root)


def import_source(node: ast.ImportFrom, name: str, is_package: bool) -> str:
    """Name in full the module after `from`, its leading dots resolved."""
    if not node.level:
        return node.module or ""
    parents = name.split(".")
    package = parents[: len(parents) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def module_file(name: str, root: Path) -> list[tuple[str, Path]]:
    """Find the module of that name and its file, if it belongs to the project."""
    if name.partition(".")[0] not in PACKAGES:
        return []
    path = root.joinpath(*name.split("."))
    files = [path / "__init__.py", path.with_name(path.name + ".py")]
    return [(name, file) for file in files if file.is_file()][:1]


def where_defined(source: str, name: str, root: Path) -> list[tuple[str, Path]]:
    """Find the module that `from source import name` takes `name` from.

    A package's `__init__.py` only passes names on; following it to all that it
    imports would make every result depend on every module.
    """
    if submodule := module_file(f"{source}.{name}", root):
        return submodule
    found = module_file(source, root)
    for module, file in found:
        if file.name == "__init__.py":
            for node in parse(file).body:
                if isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        if name == (alias.asname or alias.name):
                            return where_defined(import_source(node, module, True), alias.name, root)
    return found
