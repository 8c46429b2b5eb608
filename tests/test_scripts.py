"""Claims about the one script out of the course's modules: it does what they do, or the build stops and says where."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from py_mini_racer import JSParseException, MiniRacer

from build_hooks import scripts

ENTRY = "assets/main.js"
Said = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def nothing_noted() -> Iterator[None]:
    """Leave the hook's list of modules as it was."""
    before = list(scripts._entries)
    yield
    scripts._entries[:] = before


def bundled(folder: Path, modules: dict[str, str], entries: tuple[str, ...] = (ENTRY,)) -> tuple[str, Files]:
    """Put modules into one script as a build does; return it, and all files that the site would get."""
    for name, code in modules.items():
        path = folder / "docs/assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    (folder / "mkdocs.yml").touch()
    config = MkDocsConfig(config_file_path=str(folder / "mkdocs.yml"))
    config.load_dict(
        {
            "site_name": "Test",
            "docs_dir": str(folder / "docs"),
            "site_dir": str(folder / "site"),
            "extra_javascript": ["assets/plain.js", *({"path": entry, "type": "module"} for entry in entries)],
        }
    )
    assert config.validate() == ([], [])
    config.plugins._current_plugin = "scripts"  # as while an event is on
    config = scripts.on_config(config)
    assert [str(script) for script in config.extra_javascript] == ["assets/plain.js", scripts.BUNDLE]
    paths = sorted((folder / "docs").rglob("*.js"))
    sources = [path.relative_to(folder / "docs").as_posix() for path in paths]
    files = Files([File(path, config.docs_dir, config.site_dir, use_directory_urls=False) for path in sources])
    files = scripts.on_files(files, config=config)
    bundle = files.get_file_from_path(scripts.BUNDLE)
    assert bundle is not None
    return bundle.content_string, files


@pytest.fixture(scope="module")
def said() -> Iterator[Said]:
    """Run a script and return what it said, in order."""
    engine = MiniRacer()

    def run(script: str) -> list[str]:
        say = "const heard = []; const say = (word) => { heard.push(String(word)); };"
        return list(json.loads(str(engine.eval(f"(() => {{ {say}\n{script}\nreturn JSON.stringify(heard); }})()"))))

    yield run
    engine.close()  # one that is left open can keep the process from ending


def refused(folder: Path, modules: dict[str, str]) -> str:
    with pytest.raises(PluginError) as stop:
        bundled(folder, modules)
    return str(stop.value)


def test_module_runs_once_and_after_all_that_it_imports(tmp_path: Path, said: Said) -> None:
    modules = {
        "main.js": 'import "./left.js";\nimport { right } from "./parts/right.js";\nsay("main " + right);\n',
        "left.js": 'import { base } from "./base.js";\nsay("left " + base);\n',
        "parts/right.js": 'import { base } from "../base.js";\nexport const right = base + 1;\nsay("right");\n',
        "base.js": 'export const base = 1;\nsay("base");\n',
    }
    script, _ = bundled(tmp_path, modules)
    assert said(script) == ["base", "left 1", "right", "main 2"]


def test_several_entries_share_what_they_import(tmp_path: Path, said: Said) -> None:
    modules = {
        "main.js": 'import { count } from "./store.js";\nsay("main " + count());\n',
        "other.js": 'import { count } from "./store.js";\nsay("other " + count());\n',
        "store.js": "let n = 0;\nexport function count() {\n  n += 1;\n  return n;\n}\n",
    }
    script, _ = bundled(tmp_path, modules, (ENTRY, "assets/other.js"))
    assert said(script) == ["main 1", "other 2"]


def test_every_plain_form_of_export_arrives_and_nothing_else_gets_out(tmp_path: Path, said: Said) -> None:
    exported = (
        "export const a = 1;\nexport function f() { return 2; }\nexport class C { three() { return 3; } }\n"
        "export async function later() {}\nconst hidden = 4;\n"
    )
    main = (
        'import { a, f, C, later, } from "./parts.js";\nconst own = 5;\n'
        'say([a, f(), new C().three(), typeof later, typeof hidden].join(" "));\n'
    )
    script, _ = bundled(tmp_path, {"main.js": main, "parts.js": exported})
    assert said(script + "say(typeof a + typeof own + typeof module_main);") == [
        "1 2 3 function undefined",
        "undefined" * 3,
    ]


def test_modules_keep_names_of_their_own_and_are_strict(tmp_path: Path, said: Said) -> None:
    modules = {
        "main.js": 'import "./other.js";\nconst name = "main";\nsay(name);\n',
        "other.js": 'const name = "other";\nsay(name);\nsay((function () { return this; })());\n',
    }
    assert said(bundled(tmp_path, modules)[0]) == ["other", "undefined", "main"]


@pytest.mark.parametrize("end", ["", " // the end", "\n\n"])
def test_how_a_file_ends_does_not_matter(end: str, tmp_path: Path, said: Said) -> None:
    modules = {"main.js": 'import { a } from "./a.js";\nsay(a)' + end, "a.js": "export const a = 1" + end}
    assert said(bundled(tmp_path, modules)[0]) == ["1"]


def test_site_gets_the_one_script_in_the_place_of_the_modules(tmp_path: Path) -> None:
    modules = {"main.js": 'import "./part.js";\n', "part.js": "say(1);\n", "plain.js": "say(2);\n"}
    _, files = bundled(tmp_path, modules)
    assert sorted(file.src_uri for file in files) == [scripts.BUNDLE, "assets/plain.js"]


def test_words_in_comments_and_texts_do_not_stop_the_build(tmp_path: Path, said: Said) -> None:
    main = '// import { a } from "./nought.js";\nsay("export and import"); // import(1)\nconst important = 1;\n'
    assert said(bundled(tmp_path, {"main.js": main})[0]) == ["export and import"]


A = "export const a = 1;\nexport const b = 2;\n"
NOT_TAKEN = {
    "a default export": "export default 1;",
    "a list of exports": "const a = 1;\nexport { a };",
    "a re-export": 'export * from "./a.js";',
    "a let, which may change": "export let a = 1;",
    "a generator": "export function* a() {}",
    "an indented export": "  export const a = 1;",
    "a default import": 'import a from "./a.js";',
    "an import of everything": 'import * as a from "./a.js";',
    "an import in several lines": 'import {\n  a,\n} from "./a.js";',
    "an import in single quotes": "import { a } from './a.js';",
    "an import without a semicolon": 'import { a } from "./a.js"',
    "an import from elsewhere": 'import { a } from "a.js";',
    "an import with an address": 'import { a } from "https://example.org/a.js";',
    "an import at run time": 'const a = await import("./a.js");',
    "a module's own address": "const a = import.meta.url;",
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_form_that_is_not_taken_stops_the_build_at_its_line(case: str, tmp_path: Path) -> None:
    code = NOT_TAKEN[case]
    message = refused(tmp_path, {"main.js": f"// One.\n// Two.\n{code}\nsay(1);\n", "a.js": A})
    offending = next(line for line in code.splitlines() if re.search(r"import|export", line))
    line = 3 + code.splitlines().index(offending)
    assert message.startswith(f"main.js, line {line}: cannot put `")
    assert re.search(r"(?:import|export).{,9}", offending)[0] in message  # type: ignore[index]


@pytest.mark.parametrize("names", ["c", "a, c", "a as c"])
def test_name_that_is_not_exported_stops_the_build_at_its_line(names: str, tmp_path: Path) -> None:
    main = f'// One.\nimport {{ {names} }} from "./a.js";\n'
    wanted = names.rpartition(", ")[2]
    assert refused(tmp_path, {"main.js": main, "a.js": A}) == f"main.js, line 2: a.js exports no `{wanted}`"


def test_script_that_is_not_there_stops_the_build_at_its_line(tmp_path: Path) -> None:
    told = refused(tmp_path, {"main.js": 'say(1);\nimport "./parts/nought.js";\n'})
    assert told == "main.js, line 2: no script ./parts/nought.js"
    assert "no script main.js" in refused(tmp_path / "other", {"plain.js": ""})


def test_circle_of_imports_stops_the_build(tmp_path: Path) -> None:
    modules = {"main.js": 'import "./a.js";\n', "a.js": 'import "./b.js";\n', "b.js": 'import "./a.js";\n'}
    assert refused(tmp_path, modules) == "a.js: imports itself, by way of b.js"
    assert refused(tmp_path, {"main.js": 'import "./main.js";\n'}) == "main.js: imports itself, by way of main.js"


@pytest.mark.parametrize("other", ["parts/one-two.js", "one_two.js"])
def test_two_modules_of_one_name_stop_the_build(other: str, tmp_path: Path) -> None:
    modules = {"main.js": f'import "./one-two.js";\nimport "./{other}";\n', "one-two.js": "", other: ""}
    assert refused(tmp_path, modules) == f"{Path(other).name}: another script has this name already"


def test_script_of_the_site_can_be_parsed(site: Path) -> None:
    code = (site / scripts.BUNDLE).read_text(encoding="utf-8")
    engine = MiniRacer()
    engine.eval(f"() => {{ {code} }}")  # parsed, and not run: it wants a page
    with pytest.raises(JSParseException):
        engine.eval(f"() => {{ {code} export const a = 1; }}")
    engine.close()


def test_site_has_no_module_and_asks_for_the_one_script_alone(site: Path) -> None:
    published = {path.relative_to(site).as_posix() for path in (site / "assets").rglob("*.js")}
    assert {path for path in published if not path.startswith("assets/javascripts/")} == {scripts.BUNDLE}
    page = (site / "lessons/3-reward-modeling.html").read_text(encoding="utf-8")
    assert 'type="module"' not in page
    assert re.findall(r'<script[^>]* src="\.\./(assets/[^"/]+)"', page) == [scripts.BUNDLE]
