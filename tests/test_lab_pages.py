"""Claims about the lab's pages: made from scripts that run from top to bottom, and shown as they ran."""

import gzip
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from bs4 import BeautifulSoup

from lab import verdicts
from lab.statistics import verdict
from lab.store import Store
from lab.sweep import STORED_ONLY, claim_name, find_claims

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((ROOT / "docs/lab").glob("*.py"))
CODE = re.compile(r"^# %%\n(.*?)(?=^# %%|\Z)", re.MULTILINE | re.DOTALL)


def notebook_of(site: Path, script: Path) -> Any:
    return json.loads((site / f"lab/{script.stem}.ipynb").read_text(encoding="utf-8"))


def printed_by(cell: Any) -> str:
    texts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            texts.append(output["text"])
        elif output["data"].keys() == {"text/plain"}:
            texts.append(output["data"]["text/plain"] + "\n")
    return "".join(texts).strip("\n")


def test_there_are_lab_pages() -> None:
    assert SCRIPTS


def page_of(script: Path, site: Path) -> Path:
    return site / "lab" / f"{script.stem}.html"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_code_cell_of_the_script_was_run_in_order_and_without_complaint(script: Path, site: Path) -> None:
    cells = [cell for cell in notebook_of(site, script)["cells"] if cell["cell_type"] == "code"]
    written = [code.strip("\n") for code in CODE.findall(script.read_text(encoding="utf-8"))]
    assert [cell["source"] for cell in cells] == [code for code in written if code]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert outputs
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_page_shows_each_cell_with_its_own_output(script: Path, site: Path) -> None:
    cells = [cell for cell in notebook_of(site, script)["cells"] if cell["cell_type"] == "code"]
    page = BeautifulSoup(page_of(script, site).read_text(encoding="utf-8"), "html.parser")
    blocks = page.select("div.language-python.highlight")
    for block, cell in zip(blocks, cells, strict=True):
        assert block.select_one("code").get_text().strip("\n") == cell["source"]  # type: ignore[union-attr]
        below = block.find_next_sibling()
        is_output = below is not None and "language-text" in (below.get("class") or [])
        shown = below.select_one("code").get_text().strip("\n") if is_output else ""  # type: ignore[union-attr]
        assert shown == printed_by(cell)
    shown_data = [output.get("data", {}) for cell in cells for output in cell["outputs"]]
    drawn = [data for data in shown_data if "image/svg+xml" in data]
    assert len(page.select("figure.plot > svg[role=img]")) == len(drawn)
    for data in drawn:
        svg = ElementTree.fromstring(data["image/svg+xml"])  # a drawing that stands by itself too
        assert svg.get("aria-label") == data["text/plain"]
    names = [str(part["id"]) for part in page.select("[id]")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_page_offers_notebook_and_script_and_is_light(script: Path, site: Path) -> None:
    page = page_of(script, site).read_text(encoding="utf-8")
    for ending in ("ipynb", "py"):
        assert re.search(rf'href="(\.\./)?{script.stem}\.{ending}"', page)
    assert (site / f"lab/{script.stem}.py").read_bytes() == script.read_bytes()
    without_plots = re.sub(r'<figure class="plot">.*?</figure>', "", page, flags=re.DOTALL)
    assert len(gzip.compress(without_plots.encode())) < 60_000


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_code_is_laid_out_for_a_narrow_screen(script: Path) -> None:
    lines = [line for code in CODE.findall(script.read_text(encoding="utf-8")) for line in code.split("\n")]
    assert not [line for line in lines if len(line) > 88]


def stored(number: int, field: str, *place: int) -> list[float]:
    """Give a field of a claim's stored runs, at a place in it, in the order of the seeds."""
    (claim,) = find_claims(number)
    runs = sorted(Store().committed(claim_name(claim.measure)).values(), key=lambda run: run.seed)
    return [float(np.array(run.result[field])[place]) for run in runs]


def test_table_of_verdicts_has_every_claim_over_all_its_stored_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORED_ONLY, "1")
    found = verdicts.statements()
    seeds = {int(claim.__name__.split("_")[1]): len(claim.SEEDS) for claim in find_claims()}
    assert [each.lab for each in found] == sorted(each.lab for each in found)
    assert {each.lab: each.effect.n for each in found} == seeds
    effects = {(each.lab, each.text): each.effect.estimate for each in found}
    assert len(effects) == len(found)
    by_hand = {
        (0, "PPO improves the quality over SFT"): np.subtract(stored(0, "ppo.gold"), stored(0, "sft.gold")),
        (2, "the quality rises meanwhile"): np.subtract(stored(2, "gold", 3, 10), stored(2, "gold", 3, 4)),
        (6, "and PPO-ptx to PPO, share"): np.array(stored(6, "labelers", 4, 3)),
    }
    for key, values in by_hand.items():
        assert effects[key] == pytest.approx(values.mean())


def test_table_of_verdicts_is_on_the_lab_s_first_page(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORED_ONLY, "1")
    cells = notebook_of(site, ROOT / "docs/lab/index.py")["cells"]
    shown = [output["data"]["text/markdown"] for cell in cells for output in cell.get("outputs", [])]
    assert shown == [verdicts.table()]
    rows = BeautifulSoup((site / "lab/index.html").read_text(encoding="utf-8"), "html.parser").select("table tr")
    for each in verdicts.statements():
        found = verdict(each.effect, each.side, each.bound)
        (row,) = (row for row in rows if each.text in row.get_text())
        assert row.select("td")[-1].get_text(strip=True) == found


TITLE = "# %% [markdown]\n# # Page\n#\n# Text with $x^2$.\n\n# %%\n"
FAULTY = {
    "raises": ("x = 1\n\n# %%\nx / 0", "lab/raises.py, line 10: code cell 2 failed: ZeroDivisionError"),
    "warns": ("import warnings\nwarnings.warn('old')", "lab/warns.py, line 7: code cell 1 wrote to stderr"),
    "address": ("object()", "lab/address.py, line 7: code cell 1 shows a place in memory"),
    "picture": (
        "from IPython.display import HTML\nHTML('<b>b</b>')",
        "lab/picture.py, line 7: code cell 1 shows text/html",
    ),
    "ends": ("import os\nos._exit(1)", "lab/ends.py: its Python ended in the middle"),
}


def make_book(folder: Path, **scripts: str) -> Path:
    (folder / "docs/lab").mkdir(parents=True)
    (folder / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    for name, text in scripts.items():
        (folder / f"docs/lab/{name}.py").write_text(text, encoding="utf-8")
    hook = f"{ROOT.as_posix()}/build_hooks/notebooks.py"
    config = f"site_name: Test\nplugins: []\nhooks: [{hook}]\nmarkdown_extensions: [pymdownx.superfences]\n"
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    return folder


def build(book: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"],
        cwd=book,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_build_stops_and_names_page_and_cell_of_every_fault(tmp_path: Path) -> None:
    scripts = {name: TITLE + code + "\n" for name, (code, _) in FAULTY.items()}
    done = build(make_book(tmp_path, **scripts, untitled="# %%\n1\n"))
    assert done.returncode == 1
    assert "ValueError" not in done.stderr
    for _, told in FAULTY.values():
        assert told in done.stderr
    assert "lab/untitled.py: expected it to start with a text cell" in done.stderr
    assert not list((tmp_path / "site").rglob("*.html"))
    assert not list((tmp_path / ".cache").rglob("*.ipynb"))


def test_a_page_is_run_again_only_when_it_has_changed_and_always_gives_the_same_bytes(tmp_path: Path) -> None:
    count = tmp_path / "count"
    cell = "import os, pathlib\nimport figures, rlhf_textbook\nwith pathlib.Path(os.environ['COUNT']).open('a') as f:\n"
    script = TITLE + cell + "    _ = f.write('x')\nprint('é ≤')\nprint(2)\n3\n"
    book = make_book(tmp_path / "book", page=script)
    for edit, runs in ((None, 1), (None, 1), (script + "\n# %%\n4\n", 2), (script, 2)):
        if edit is not None:
            (book / "docs/lab/page.py").write_text(edit, encoding="utf-8")
        done = build(book, COUNT=str(count))
        assert done.returncode == 0, done.stderr
        assert len(count.read_text()) == runs
    assert "é ≤\n2\n3\n" in (book / "site/lab/page/index.html").read_text(encoding="utf-8")

    other = make_book(tmp_path / "other", page=script)
    assert build(other, COUNT=str(count)).returncode == 0
    assert len(count.read_text()) == 3
    assert (other / "site/lab/page.ipynb").read_bytes() == (book / "site/lab/page.ipynb").read_bytes()


@pytest.mark.parametrize("changed", ["rlhf_textbook/a.py", "lab/claims/a.py", "lab/results/a.jsonl", "figures/a.py"])
def test_changed_code_or_results_call_for_another_run(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook: Any = importlib.import_module("build_hooks.notebooks")
    monkeypatch.setattr(hook, "ROOT", tmp_path)
    monkeypatch.setattr(hook, "__file__", str(tmp_path / "hook.py"))
    for name in ("hook.py", "requirements/docs.txt", changed):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a", encoding="utf-8")
    before = hook.digest_of_sources()
    assert hook.digest_of_sources() == before
    (tmp_path / changed).write_text("b", encoding="utf-8")
    assert hook.digest_of_sources() != before
