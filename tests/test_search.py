"""Claims about the search: what a reader would type leads to the page that explains it.

The theme searches in a worker, a script without a page, so that it runs here without a browser, too.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

Search = Callable[[str], list[str]]
FIRST = 5  # pages that fit on a screen
# What stands around a worker in a browser. Messages 0 and 2 set it up and ask; the answer's groups are pages.
AROUND = """
const answers = [];
let ask;
const self = globalThis;
const addEventListener = (_, listener) => { ask = (type, data) => listener({ data: { type, data } }); };
const postMessage = (message) => { answers.push(message); };
"""
LEADS_TO = {
    "perplexity": "lessons/1-alignment-problem",
    "hallucination": "lessons/1-alignment-problem",
    "supervised fine-tuning": "lessons/2-supervised-fine-tuning",
    "SFT": "lessons/2-supervised-fine-tuning",
    "mask": "lessons/2-supervised-fine-tuning",
    "Bradley-Terry": "lessons/3-reward-modeling",
    "reward model": "lessons/3-reward-modeling",
    "ranking loss": "lessons/3-reward-modeling",
    "PPO": "lessons/4-ppo",
    "advantage": "lessons/4-ppo",
    "baseline": "lessons/4-ppo",
    "value function": "lessons/4-ppo",
    "clip range": "lessons/4-ppo",
    "clipped surrogate": "lessons/4-ppo",
    "probability ratio": "lessons/4-ppo",
    "KL penalty": "lessons/5-kl-penalty-and-pretraining-mix",
    "KL divergence": "lessons/5-kl-penalty-and-pretraining-mix",
    "pretraining mix": "lessons/5-kl-penalty-and-pretraining-mix",
    "win rate": "lessons/6-results-and-alignment-tax",
    "alignment tax": "lessons/6-results-and-alignment-tax",
    "quality gap": "lessons/6-results-and-alignment-tax",
    "Likert": "lessons/6-results-and-alignment-tax",
    "confidence interval": "lessons/6-results-and-alignment-tax",
    "TruthfulQA": "lessons/6-results-and-alignment-tax",
    "softmax": "prerequisites",
    "cross-entropy": "prerequisites",
    "sigmoid": "prerequisites",
    "best of N": "project/4-best-of-n",
    "over-optimization": "project/5-over-optimization",
    "overoptimization": "project/5-over-optimization",
    "DPO": "after-instructgpt",
    "GAE": "lessons/4-ppo",
    "PPO-ptx": "glossary",
    "Bradley–Terry": "lessons/3-reward-modeling",
    "Goodhart": "glossary",
    "Elo": "lab/6-win-rates",
    "KL estimator": "lab/9-kl-estimators",
    "ppo_ptx_objective": "reference/objective",
    "ranking_loss": "reference/reward_model",
}


@pytest.fixture(scope="module")
def search(site: Path) -> Iterator[Search]:
    """Return the pages that the theme's search finds in the index of the site, best first."""
    (worker,) = (site / "assets/javascripts/workers").glob("search.*.js")
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    engine = MiniRacer()
    engine.eval(AROUND + worker.read_text(encoding="utf-8"))

    def ask(number: int, data: object) -> Any:
        engine.eval(f"answers.length = 0; ask({number}, {json.dumps(data)});")
        for _ in range(1000):  # the worker answers a moment later: how much later is the engine's affair
            if engine.eval("answers.length"):
                break
            time.sleep(0.01)
        (answer,) = json.loads(str(engine.eval("JSON.stringify(answers)")))
        return answer.get("data")

    def pages(query: str) -> list[str]:
        return [group[0]["location"].partition("#")[0].removesuffix(".html") for group in ask(2, query)["items"]]

    ask(0, index | {"options": {"suggest": True}})
    yield pages
    engine.close()


@pytest.mark.parametrize("term", LEADS_TO)
def test_what_a_reader_types_leads_to_the_page_that_explains_it(term: str, search: Search) -> None:
    assert LEADS_TO[term] in search(term)[:FIRST]


@pytest.mark.parametrize("term", ["Clipped Surrogate", "clipped surr", "  clipped   surrogate "])
def test_capitals_spaces_and_the_end_of_a_word_do_not_matter(term: str, search: Search) -> None:
    assert search(term)[:FIRST] == search("clipped surrogate")[:FIRST]


@pytest.mark.parametrize("spelled", ["cross-entropy", "best-of-N", "over-optimization", "log-likelihood"])
def test_with_a_hyphen_or_without_it_the_same_pages_are_found(spelled: str, search: Search) -> None:
    assert set(search(spelled)[:2]) & set(search(spelled.replace("-", " "))[:FIRST])


def test_what_is_not_in_the_book_is_not_found(search: Search) -> None:
    assert search("photosynthesis") == []
    assert search('"') == []
