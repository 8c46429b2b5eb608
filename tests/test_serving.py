"""Claims about what is remembered while serving: a rebuild renders what changed, and gives what a fresh build gives."""

import filecmp
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CONFIG = f"""
site_name: Test
theme: {{name: material, font: false}}
hooks: [{ROOT.as_posix()}/build_hooks/references.py, {ROOT.as_posix()}/build_hooks/remember.py]
plugins:
  - search
  - bibtex: {{bib_file: docs/works.bib, footnote_format: "ref-{{key}}"}}
  - mkdocstrings: {{handlers: {{python: {{paths: [.]}}}}}}
markdown_extensions: [footnotes, toc]
nav: [index.md, other.md, reference.md]
watch: [package]
validation: {{anchors: warn}}
"""
WORK = "@article{dove2020, author = {Dove, A.}, title = {Birds}, year = {2020}, journal = {J}}\n"
SOURCES = {
    "mkdocs.yml": CONFIG,
    "docs/works.bib": WORK,
    "docs/index.md": "# Home\n\nBirds [@dove2020]; [there](other.md#part); [f][package.f].\n",
    "docs/other.md": "# Other\n\n## Part\n\nMore birds [@dove2020].\n",
    "docs/reference.md": "# Reference\n\n::: package\n",
    "package/__init__.py": '"""A package."""\n\n\ndef f():\n    """Say one."""\n',
}
# What `mkdocs serve` does, without the server: a build after each change, in one process.
SERVE = """
import json, logging, os, sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.pages import Page

os.environ["NO_MKDOCS_2_WARNING"] = "1"
logging.basicConfig(level=logging.WARNING)
command, changes = sys.argv[1], json.loads(sys.argv[2])
original, rendered = Page.render, []
Page.render = lambda page, *a: (rendered[-1].append(page.file.src_uri), original(page, *a))[1]
for number, change in enumerate(changes):
    for name, text in change.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    config = load_config("mkdocs.yml", site_dir=f"site-{number}")
    if number == 0:
        config.plugins.on_startup(command=command, dirty=False)
    rendered.append([])
    build(config, serve_url="http://127.0.0.1:8000/" if command == "serve" else None)
print(json.dumps(rendered))
"""


def builds(folder: Path, *changes: dict[str, str], command: str = "serve") -> tuple[list[list[str]], str]:
    """Build after each change; return which pages were rendered in each build, and what was told."""
    folder.mkdir()
    arguments = [sys.executable, "-c", SERVE, command, json.dumps(changes)]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    rendered: list[list[str]] = json.loads(done.stdout)
    return rendered, done.stderr


def assert_equal_sites(one: Path, other: Path) -> None:
    names = {path.relative_to(one).as_posix() for path in one.rglob("*") if path.is_file()}
    assert names == {path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file()}
    # The inventory, for the references of other projects, lists only what was rendered; nobody asks a served book.
    different = filecmp.cmpfiles(one, other, names - {"objects.inv", "sitemap.xml.gz"}, shallow=False)[1:]
    assert different == ([], [])


ONE_PAGE = {"docs/other.md": "# Other\n\nNew words, a [link](index.md).\n"}
PACKAGE = {"package/__init__.py": '"""A package."""\n\n\ndef f():\n    """Say two."""\n'}


def test_after_a_change_only_what_it_can_change_is_rendered_and_the_site_is_that_of_a_fresh_build(
    tmp_path: Path,
) -> None:
    rendered, told = builds(tmp_path / "served", SOURCES, {}, ONE_PAGE, PACKAGE)
    everything = ["index.md", "other.md", "reference.md"]
    assert rendered == [everything, [], ["other.md"], everything]
    # The page that lost a heading was rendered, the one that links to it was not, and is told of all the same.
    assert told.count("'index.md' contains a link 'other.md#part', but the doc 'other.md' does not contain") == 2
    builds(tmp_path / "fresh", SOURCES | ONE_PAGE, PACKAGE, command="build")
    assert_equal_sites(tmp_path / "served/site-2", tmp_path / "fresh/site-0")
    assert_equal_sites(tmp_path / "served/site-3", tmp_path / "fresh/site-1")


def test_a_build_that_is_not_served_remembers_nothing(tmp_path: Path) -> None:
    rendered, _ = builds(tmp_path / "built", SOURCES, {}, command="build")
    assert rendered[0] == rendered[1] != []
