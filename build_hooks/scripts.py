"""Put the course's scripts into one classic script, `assets/course.js`.

They are written as modules, which a browser does not load from disk, and of which each would be a request of its own.
Here every module becomes a function that returns what it exports. That takes the modules to be written plainly:
`import { a, b } from "./file.js";` on one line, `export` before a const, a function or a class.
"""

import re
from pathlib import Path

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

BUNDLE = "assets/course.js"
IMPORT = re.compile(r'^import (?:\{ (?P<names>[\w, ]+?),? \} from )?"(?P<path>\.[\w./-]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function|class) (?P<name>\w+))", re.MULTILINE)
NOT_PLAIN = re.compile(r"^[ \t]*(?:import|export)\b.*|\bimport(?: ?\(|\.meta\b).*", re.MULTILINE)

_entries: list[str] = []


def on_config(config: MkDocsConfig, **_: object) -> MkDocsConfig:
    """Replace the modules among the site's scripts by the bundle."""
    modules = [script for script in config.extra_javascript if getattr(script, "type", "") == "module"]
    if modules:  # a rebuild while serving finds them replaced
        _entries[:] = [str(script) for script in modules]
        bundle = ExtraScriptValue(BUNDLE)
        bundle.defer = True
        config.extra_javascript = [*(s for s in config.extra_javascript if s not in modules), bundle]
    return config


def on_files(files: Files, *, config: MkDocsConfig, **_: object) -> Files:
    """Publish the bundle instead of the modules."""
    docs = Path(config.docs_dir)
    done: dict[Path, str] = {}
    for entry in _entries:
        add(docs / entry, done)
    for path in done:
        if module := files.get_file_from_path(path.relative_to(docs.resolve()).as_posix()):
            files.remove(module)
    content = "// Built from the modules of the course; see docs/assets.\n" + "\n".join(done.values())
    files.append(File.generated(config, BUNDLE, content=f'(() => {{\n"use strict";\n{content}}})();\n'))
    return files


def variable(path: Path) -> str:
    return "module_" + re.sub(r"\W", "_", path.stem)


def exports(code: str) -> list[str]:
    return [match["name"] for match in EXPORT.finditer(code)]


def add(path: Path, done: dict[Path, str], waiting: tuple[Path, ...] = ()) -> None:
    """Add a module behind those that it imports."""
    path = path.resolve()
    if path in done:
        return
    if path in waiting:
        raise PluginError(f"{path.name}: imports itself, by way of {waiting[-1].name}")
    if variable(path) in map(variable, done):
        raise PluginError(f"{path.name}: another script has this name already")
    try:
        code = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise PluginError(f"no script {path.name}: {problem.strerror}") from problem

    def place(text: str, start: int) -> str:
        return f"{path.name}, line {text.count(chr(10), 0, start) + 1}"

    def imported(match: re.Match[str]) -> str:
        other = path.parent / match["path"]
        if not other.is_file():
            raise PluginError(f"{place(match.string, match.start())}: no script {match['path']}")
        add(other, done, (*waiting, path))
        if not match["names"]:
            return ""
        # A browser would refuse the module; out of an object, the name would be `undefined` without a word.
        offered = exports(other.read_text(encoding="utf-8"))
        for name in match["names"].split(","):
            if name.strip() not in offered:
                raise PluginError(f"{place(match.string, match.start())}: {other.name} exports no `{name.strip()}`")
        return f"const {{ {match['names']} }} = {variable(other)};"

    plain = EXPORT.sub("", IMPORT.sub(imported, code))
    if other := NOT_PLAIN.search(re.sub(r"//.*", "", plain)):
        where = place(other.string, other.start())
        raise PluginError(f"{where}: cannot put `{other[0].strip()}` into one script")
    returned = ", ".join(exports(code))
    done[path] = f"const {variable(path)} = (() => {{\n{plain.rstrip()}\nreturn {{ {returned} }};\n}})();\n"
