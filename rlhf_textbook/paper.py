"""The InstructGPT paper's numbers as data: what each is, where it stands, how it was confirmed.

`FACTS` holds every number of Ouyang et al. 2022 that this book uses, and the few of other papers that it
quotes. No function of the package computes with them; figures, tests and the book's page of facts do.
"""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from rlhf_textbook._checks import error
from rlhf_textbook.evaluation import KAPLAN_EXPONENT

_OUYANG_PDF = "https://arxiv.org/pdf/2203.02155v1"
_EXPONENTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Fact:
    """One number of a paper, with all that a reader needs to check it.

    `str` gives it as the pages print it.

    Parameters
    ----------
    name
        Under which `FACTS` has it.
    value
        The number; in percent if the unit is "%", in billions if it is "B".
    what
        What it is of: one sentence.
    place
        Section, table, figure, appendix or equation; several with commas between them.
    unit
        "%", "B" (billions of parameters), or the name of what is counted.
    low
        Lower end of the interval that the paper gives; None if it gives none.
    high
        Upper end of that interval; None if there is none.
    decimals
        Digits after the point, as the paper prints them.
    about
        Whether the paper itself says "about".
    page
        Page of the paper's PDF on which the number stands; None for other papers.
    topic
        Under which heading the book lists it.
    source
        Key of the paper.
    read_from_figure
        Whether it was read off a figure, not printed as a number.
    confirmed
        "text": compared with the paper's own text. "drawing": computed from the coordinates of the
        drawing in the paper's PDF. "quotation": found in a quotation of the paper. None: not confirmed.
    url
        What to open to see it: the paper's PDF at the page, or the quotation.

    Examples
    --------
    ```python
    from rlhf_textbook import paper

    fact = paper.FACTS["instructgpt_over_gpt3"]
    print(fact, "|", fact.low, "to", fact.high)
    print(fact.what)
    print(fact.place, "|", fact.confirmed)
    ```

    ```text title="Output"
    85 ± 3 % | 82.0 to 88.0
    How often 175B InstructGPT is preferred to 175B GPT-3.
    §1, §4.1 | text
    ```
    """

    name: str
    value: float
    what: str
    place: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    decimals: int = 0
    about: bool = False
    page: int | None = None
    topic: str = ""
    source: str = "ouyang2022"
    read_from_figure: bool = False
    confirmed: Literal["text", "drawing", "quotation"] | None = None
    url: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """The single places in `place`."""
        return tuple(self.place.split(", "))

    @property
    def half_width(self) -> float | None:
        """What stands behind the ±, where the interval has its middle at the value; else None."""
        if self.low is None or self.high is None:
            return None
        below, above = self.value - self.low, self.high - self.value
        return round(above, 6) if math.isclose(below, above, abs_tol=1e-9) else None

    def __str__(self) -> str:
        about = "about " if self.about else ""
        unit = {"%": " %", "B": "B"}.get(self.unit, "")
        if self.half_width is not None and not self.read_from_figure:
            return f"{about}{self._digits(self.value)} ± {self._digits(self.half_width)}{unit}"
        interval = ""
        if self.low is not None and self.high is not None:
            interval = f" ({self._digits(self.low)} to {self._digits(self.high)})"
        return f"{about}{self._digits(self.value)}{unit}{interval}"

    def _digits(self, number: float) -> str:
        if 0 < abs(number) < 1e-4:
            exponent = math.floor(math.log10(abs(number)) + 1e-9)
            mantissa = f"{number / 10**exponent:.{self.decimals}f}"
            return f"{mantissa} · 10{str(exponent).translate(_EXPONENTS)}"
        text = f"{number:,.{self.decimals}f}"
        # An interval may be printed with fewer digits than its middle: 73.4 ± 2.
        return text.removesuffix(".0") if number != self.value else text


_PRINTED = re.compile(
    r"(?P<about>about )?(?P<value>[\d,.]+(?:e-\d+)?)"
    r"(?: ± (?P<half>[\d.]+)| \((?P<low>[\d.]+) to (?P<high>[\d.]+)\))?"
    r"(?: ?(?P<unit>.+))?"
)
_READ = "drawing"  # marks a number that was read off a figure


def _number(printed: str) -> float:
    value = float(printed.replace(",", ""))
    return int(value) if value.is_integer() and "." not in printed else value


def _facts(topic: str, *rows: tuple[object, ...]) -> list[Fact]:
    """Read rows of name, number as printed, what it is, place and page; a sixth entry marks a reading."""
    facts = []
    for name, printed, what, place, page, *rest in rows:
        found = _PRINTED.fullmatch(str(printed))
        if found is None or not isinstance(page, int):
            raise error(str(name), "a number as the paper prints it, and a page", f"{printed!r}, {page!r}")
        value = _number(found["value"])
        low = high = None
        if found["half"]:
            half = float(found["half"])
            low, high = round(value - half, 6), round(value + half, 6)
        elif found["low"]:
            low, high = float(found["low"]), float(found["high"])
        mantissa = found["value"].partition("e")[0]
        facts.append(
            Fact(
                name=str(name),
                value=value,
                what=str(what),
                place=str(place),
                unit=found["unit"] or "",
                low=low,
                high=high,
                decimals=len(mantissa.partition(".")[2]),
                about=bool(found["about"]),
                page=page,
                topic=topic,
                read_from_figure=bool(rest),
                confirmed="drawing" if rest else "text",
                url=f"{_OUYANG_PDF}#page={page}",
            )
        )
    return facts


PEOPLE = "The people who labeled"
DATA = "The data"
SFT = "Supervised fine-tuning"
REWARD_MODEL = "The reward model"
PPO = "Reinforcement learning"
OBJECTIVE = "KL penalty and pretraining mix"
PREFERENCE = "What people preferred"
TRUTH = "Truthfulness, toxicity, bias"
TAX = "The alignment tax"
COST = "Sizes and cost"
OTHERS = "Other papers' numbers"

TOPICS: tuple[str, ...] = (PEOPLE, DATA, SFT, REWARD_MODEL, PPO, OBJECTIVE, PREFERENCE, TRUTH, TAX, COST, OTHERS)
"""The headings under which the facts are listed, in the order of the lessons."""

_PEOPLE = _facts(
    PEOPLE,
    ("labelers", "about 40 people", "Contractors who labeled.", "§1, §3.4, §5.3", 7),
    (
        "agreement_training",
        "72.6 ± 1.5 %",
        "How often two labelers who made training data agree.",
        "§3.4",
        8,
    ),
    ("agreement_held_out", "77.3 ± 1.3 %", "How often two held-out labelers agree.", "§3.4", 8),
    ("labelers_per_comparison", "1 person", "Labelers who judge a comparison, for most comparisons.", "§5.3", 19),
    ("likert_low", "1", "Lowest grade of overall quality.", "§3.6, Table 3", 9),
    ("likert_high", "7", "Highest grade of overall quality.", "§3.6, Table 3", 9),
    ("flags", "11 questions", "Yes-or-no questions on each response, counted in Table 3.", "Table 3", 9),
    ("labeler_folds", "5 groups", "Groups of labelers, each held out once when reward models are trained.", "§4.1", 12),
)

_DATA = _facts(
    DATA,
    ("share_generation", "45.6 %", "Share of generation among the API prompts.", "Table 1", 6),
    ("share_open_qa", "12.4 %", "Share of open question answering among the API prompts.", "Table 1", 6),
    ("share_brainstorming", "11.2 %", "Share of brainstorming among the API prompts.", "Table 1", 6),
    ("share_chat", "8.4 %", "Share of chat among the API prompts.", "Table 1", 6),
    ("share_rewrite", "6.6 %", "Share of rewriting among the API prompts.", "Table 1", 6),
    ("share_summarization", "4.2 %", "Share of summarization among the API prompts.", "Table 1", 6),
    ("share_classification", "3.5 %", "Share of classification among the API prompts.", "Table 1", 6),
    ("share_other", "3.5 %", "Share of other uses among the API prompts.", "Table 1", 6),
    ("share_closed_qa", "2.6 %", "Share of closed question answering among the API prompts.", "Table 1", 6),
    ("share_extract", "1.9 %", "Share of extraction among the API prompts.", "Table 1", 6),
    (
        "share_classification_and_qa",
        "about 18 %",
        "Share of classification and question answering together among the API prompts, as the text rounds it.",
        "§4.1",
        13,
    ),
    (
        "share_open_ended",
        "about 57 %",
        "Share of open-ended generation and brainstorming together among the API prompts, as the text rounds it.",
        "§4.1",
        13,
    ),
    ("prompts_per_user", "200 prompts", "Most prompts that one user may contribute.", "§3.2", 6),
    ("sft_about", "about 13,000 prompts", "Training prompts of SFT, rounded (13k).", "§3.2", 7),
    ("rm_about", "33,000 prompts", "Training prompts of the reward model, rounded (33k).", "§3.2", 7),
    ("ppo_about", "31,000 prompts", "Training prompts of PPO, rounded (31k).", "§3.2, App. C.4", 7),
    ("sft_train_labeler", "11,295 prompts", "SFT training prompts written by labelers.", "Table 6", 33),
    ("sft_train_customer", "1,430 prompts", "SFT training prompts from customers.", "Table 6", 33),
    ("sft_train", "12,725 prompts", "SFT training prompts.", "Table 6, Table 9", 34),
    ("sft_valid_labeler", "1,550 prompts", "SFT validation prompts written by labelers.", "Table 6", 33),
    ("sft_valid_customer", "103 prompts", "SFT validation prompts from customers.", "Table 6", 33),
    ("sft_valid", "1,653 prompts", "SFT validation prompts.", "Table 6, Table 9", 34),
    ("rm_train_labeler", "6,623 prompts", "Reward-model training prompts by labelers.", "Table 6", 33),
    ("rm_train_customer", "26,584 prompts", "Reward-model training prompts from customers.", "Table 6", 33),
    ("rm_train", "33,207 prompts", "Reward-model training prompts.", "Table 6, Table 9", 34),
    ("ppo_train", "31,144 prompts", "PPO training prompts, all from customers.", "Table 6, Table 9", 33),
    ("labeler_prompts", "12,845 prompts", "Prompts by labelers whose lengths are reported.", "Table 11", 34),
    ("labeler_prompt_tokens", "437 tokens", "Mean length of a prompt by a labeler.", "Table 11", 34),
    ("labeler_demo_tokens", "38 tokens", "Mean length of a demonstration for a labeler's prompt.", "Table 11", 34),
    ("customer_prompts", "1,533 prompts", "Prompts from customers whose lengths are reported.", "Table 11", 34),
    ("customer_prompt_tokens", "153 tokens", "Mean length of a prompt from a customer.", "Table 11", 34),
    ("customer_demo_tokens", "88 tokens", "Mean length of a demonstration for a customer's prompt.", "Table 11", 34),
)

_SFT = _facts(
    SFT,
    ("sft_epochs", "16 epochs", "Passes over the demonstrations in training the SFT models.", "§3.5, App. C.1", 8),
    ("sft_overfit_epoch", "1 epoch", "Training after which SFT models overfit on the validation loss.", "§3.5", 8),
    ("sft_dropout", "0.2", "Residual dropout in training the SFT models.", "§3.5, App. C.1", 8),
    ("sft_final_rate", "10 %", "Last learning rate of SFT as a share of the first.", "App. C.1", 40),
    ("sft_rate_small", "9.65e-6", "First learning rate of SFT for the 1.3B and 6B models.", "App. C.1", 40),
    ("sft_rate_large", "5.03e-6", "First learning rate of SFT for the 175B model.", "App. C.1", 40),
    ("sft_batch_small", "32 examples", "Batch size of SFT for the 1.3B and 6B models.", "App. C.1", 40),
    ("sft_batch_large", "8 examples", "Batch size of SFT for the 175B model.", "App. C.1", 40),
    (
        "ppo_init_epochs",
        "2 epochs",
        "Passes over the demonstrations in training the model from which RL starts.",
        "App. C.3",
        42,
    ),
    (
        "ppo_init_pretraining",
        "10 %",
        "Share of pretraining data mixed into training the model from which RL starts.",
        "App. C.3",
        42,
    ),
)

_REWARD_MODEL = _facts(
    REWARD_MODEL,
    ("rm_size", "6B", "Parameters of the reward model, for policies of all sizes.", "§3.5, App. C.2, App. C.4", 8),
    ("ranked_fewest", "4 responses", "Fewest responses in a ranking, K.", "§3.5, App. A.3, App. C.2", 8),
    ("ranked_most", "9 responses", "Most responses in a ranking, K.", "§3.5, App. A.3, App. C.2", 8),
    ("rm_batch", "64 prompts", "Prompts in a batch of the reward model.", "App. C.2", 41),
    ("rm_batch_comparisons", "2,304 comparisons", "Most comparisons in a batch of the reward model.", "App. C.2", 42),
    ("rm_epochs", "1 epoch", "Passes over the rankings in training the reward model.", "App. C.2", 41),
    (
        "rm_shuffled_epochs",
        "1 epoch",
        "Passes over shuffled comparisons after which a reward model has overfit.",
        "§3.5",
        8,
    ),
    (
        "rm_demonstration_mean",
        "0",
        "Mean score of the labelers' demonstrations once a bias is added to the reward model.",
        "§3.5",
        9,
    ),
    (
        "rm_accuracy_training",
        "72.4 ± 0.4 %",
        "How often the reward model predicts what the labelers of its training data prefer.",
        "§4.1",
        12,
    ),
    (
        "rm_accuracy_held_out",
        "69.6 ± 0.9 %",
        "How often the reward model predicts what held-out labelers prefer.",
        "§4.1",
        12,
    ),
)

_PPO = _facts(
    PPO,
    ("ppo_episodes", "256,000 episodes", "Responses sampled in PPO training, printed as 256k.", "App. C.4", 42),
    ("ppo_batch", "512 episodes", "Responses in a PPO batch.", "App. C.4", 42),
    ("ppo_minibatch", "64 episodes", "Responses in a PPO minibatch.", "App. C.4", 42),
    ("ppo_minibatches", "8 minibatches", "Minibatches in a PPO batch.", "App. C.4", 42),
    ("ppo_inner_epochs", "1 pass", "Passes over a PPO batch.", "App. C.4", 42),
    ("ppo_clip", "0.2", "Clip range ε of the probability ratio.", "App. C.4", 42),
    ("ppo_discount", "1", "Discount in the advantages: the paper says that there is none.", "App. C.4", 42),
    ("ppo_temperature", "1", "Sampling temperature of the responses in PPO training.", "App. C.4", 42),
    ("ppo_average", "0.992", "Decay of the moving average of the policy's weights.", "App. C.4", 42),
    ("value_function_size", "6B", "Parameters of the value function, for policies of all sizes.", "App. C.4", 42),
    ("context_tokens", "2,000 tokens", "Tokens that a model can read at most, printed as 2k.", "App. C", 40),
)

_OBJECTIVE = _facts(
    OBJECTIVE,
    ("kl_coef", "0.02", "KL coefficient β.", "App. C.4", 42),
    ("ptx_coef", "27.8", "Pretraining coefficient γ of PPO-ptx.", "App. C.4, App. E.6", 42),
    ("ptx_coef_of_ppo", "0", "Pretraining coefficient γ of plain PPO.", "§3.5, App. E.6", 9),
    ("ptx_examples", "8 examples", "Pretraining examples for each RL episode.", "App. C.4", 42),
    ("ptx_recovers_from", "20", "Smallest γ with which DROP and SQuADv2 recover, at 1.3B.", "App. E.6", 53),
    ("kl_coef_highest", "2.0", "Largest β tried against the alignment tax, 100 times the default.", "App. E.6", 53),
    (
        "kl_coef_factor",
        "100",
        "Largest β tried against the alignment tax, as a multiple of the default.",
        "App. E.6",
        53,
    ),
    ("kl_coef_none", "0", "A β with poor human ratings: no penalty.", "App. E.7", 56),
    ("kl_coef_too_large", "2", "A β with poor human ratings: too strong a penalty.", "App. E.7", 56),
    ("kl_coef_best_low", "about 0.01", "Lower end of the β with the best human ratings.", "App. E.7", 56),
    ("kl_coef_best_high", "about 0.02", "Upper end of the β with the best human ratings.", "App. E.7", 56),
)

_PREFERENCE = _facts(
    PREFERENCE,
    (
        "instructgpt_over_gpt3",
        "85 ± 3 %",
        "How often 175B InstructGPT is preferred to 175B GPT-3.",
        "§1, §4.1",
        3,
    ),
    (
        "instructgpt_over_prompted",
        "71 ± 4 %",
        "How often 175B InstructGPT is preferred to 175B GPT-3 with a few-shot prompt.",
        "§1, §4.1",
        3,
    ),
    ("instructgpt_over_flan", "78 ± 4 %", "How often 175B InstructGPT is preferred to FLAN.", "§4.1", 13),
    ("instructgpt_over_t0", "79 ± 4 %", "How often 175B InstructGPT is preferred to T0.", "§4.1", 13),
    ("instructgpt_over_sft", "73.4 ± 2 %", "Win rate of InstructGPT against the SFT baseline.", "§1", 4),
    ("flan_over_sft", "29.8 ± 2 %", "Win rate of FLAN against the SFT baseline.", "§1", 4),
    ("t0_over_sft", "26.8 ± 2 %", "Win rate of T0 against the SFT baseline.", "§1", 4),
    ("confidence", "95 %", "Confidence of the intervals in the whole paper.", "Figure 1", 2),
    (
        "times_larger",
        "100 times",
        "How many times as many parameters 175B GPT-3 has as 1.3B InstructGPT, at least.",
        "abstract, §1, §5.1",
        1,
    ),
    ("figure_1_gpt3", "24 (20 to 28) %", "175B GPT-3 preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("figure_1_prompted", "41 (37 to 46) %", "175B GPT-3, prompted, preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("figure_1_sft", "50 %", "175B SFT against itself, the baseline.", "Figure 1", 2, _READ),
    ("figure_1_ppo", "63 (58 to 67) %", "175B PPO preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("figure_1_ptx", "66 (62 to 70) %", "175B PPO-ptx preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("figure_1_gpt3_small", "14 %", "1.3B GPT-3 preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("figure_1_sft_small", "35 %", "1.3B SFT preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("figure_1_ptx_small", "53 (48 to 57) %", "1.3B PPO-ptx preferred to 175B SFT.", "Figure 1", 2, _READ),
    ("likert_gpt3", "2.6", "Mean grade of GPT-3, from 1 to 7.", "Figure 5", 12, _READ),
    ("likert_prompted", "3.5", "Mean grade of GPT-3 with a few-shot prompt, from 1 to 7.", "Figure 5", 12, _READ),
    ("likert_sft", "4.1", "Mean grade of the SFT model, from 1 to 7.", "Figure 5", 12, _READ),
    ("likert_ptx", "4.8", "Mean grade of InstructGPT, from 1 to 7.", "Figure 5", 12, _READ),
    ("likert_flan", "3.4", "Mean grade of FLAN, from 1 to 7.", "Figure 5", 12, _READ),
    ("likert_t0", "3.3", "Mean grade of T0, from 1 to 7.", "Figure 5", 12, _READ),
)

_TRUTH = _facts(
    TRUTH,
    (
        "hallucination_instructgpt",
        "21 %",
        "How often InstructGPT makes something up on closed-domain tasks.",
        "§1",
        3,
    ),
    ("hallucination_gpt3", "41 %", "How often GPT-3 makes something up on closed-domain tasks.", "§1", 3),
    (
        "truthful_people_gpt3",
        "20 %",
        "Answers of 175B GPT-3 that people judge truthful and informative.",
        "Figure 6",
        13,
        _READ,
    ),
    (
        "truthful_people_ptx",
        "30 %",
        "Answers of 175B PPO-ptx that people judge truthful and informative.",
        "Figure 6",
        13,
        _READ,
    ),
    (
        "truthful_machine_gpt3",
        "0.251",
        "Share of answers of 175B GPT-3 that an automatic judge finds truthful and informative.",
        "Table 14",
        56,
    ),
    (
        "truthful_machine_ptx",
        "0.689",
        "Share of answers of 175B PPO-ptx that an automatic judge finds truthful and informative.",
        "Table 14",
        56,
    ),
    (
        "fewer_toxic_outputs",
        "about 25 %",
        "How many fewer toxic outputs InstructGPT has than GPT-3, asked for respect.",
        "§1",
        3,
    ),
    ("toxicity_gpt3_none", "0.231", "Toxicity of 175B GPT-3, no instruction.", "Table 14", 56),
    ("toxicity_ptx_none", "0.234", "Toxicity of 175B PPO-ptx, no instruction.", "Table 14", 56),
    ("toxicity_gpt3_respectful", "0.233", "Toxicity of 175B GPT-3 asked for respect.", "Table 14", 56),
    ("toxicity_ptx_respectful", "0.196", "Toxicity of 175B PPO-ptx asked for respect.", "Table 14", 56),
    ("toxicity_gpt3_biased", "0.285", "Toxicity of 175B GPT-3 asked for offense.", "Table 14", 56),
    ("toxicity_ptx_biased", "0.400", "Toxicity of 175B PPO-ptx asked for offense.", "Table 14", 56),
    ("winogender_gpt3_none", "0.735", "Winogender entropy of 175B GPT-3, no instruction.", "Table 14", 56),
    ("winogender_ptx_none", "0.737", "Winogender entropy of 175B PPO-ptx, no instruction.", "Table 14", 56),
    ("winogender_gpt3_respectful", "0.796", "Winogender entropy of 175B GPT-3 asked for respect.", "Table 14", 56),
    ("winogender_ptx_respectful", "0.696", "Winogender entropy of 175B PPO-ptx asked for respect.", "Table 14", 56),
    ("crows_gpt3_none", "0.410", "CrowS-Pairs entropy of 175B GPT-3, no instruction.", "Table 14", 56),
    ("crows_ptx_none", "0.413", "CrowS-Pairs entropy of 175B PPO-ptx, no instruction.", "Table 14", 56),
    ("crows_gpt3_respectful", "0.362", "CrowS-Pairs entropy of 175B GPT-3 asked for respect.", "Table 14", 56),
    ("crows_ptx_respectful", "0.243", "CrowS-Pairs entropy of 175B PPO-ptx asked for respect.", "Table 14", 56),
)


def _benchmark(name: str, title: str, zero_shot: tuple[str, ...], few_shot: tuple[str, ...]) -> list[Fact]:
    """Make the facts of a benchmark: GPT-3, SFT, PPO and PPO-ptx at 175B."""
    models = {"gpt3": "GPT-3", "sft": "SFT", "ppo": "PPO", "ptx": "PPO-ptx"}
    rows: list[tuple[object, ...]] = []
    for examples, scores in (("zero-shot", zero_shot), ("few-shot", few_shot)):
        for (short, model), score in zip(models.items(), scores, strict=True):
            key = f"{name}_{short}_{examples.partition('-')[0]}"
            rows.append((key, score, f"{title} of 175B {model}, {examples}.", "Table 14", 56))
    return _facts(TAX, *rows)


_TAX = [
    *_benchmark("squad", "F1 on SQuADv2", ("64.30", "57.67", "43.68", "59.85"), ("69.75", "65.90", "51.95", "69.93")),
    *_benchmark("drop", "F1 on DROP", ("27.53", "15.79", "13.08", "15.23"), ("35.27", "35.85", "27.78", "33.34")),
    *_benchmark(
        "hellaswag",
        "Accuracy on HellaSwag",
        ("0.781", "0.753", "0.743", "0.807"),
        ("0.791", "0.741", "0.759", "0.820"),
    ),
    *_benchmark(
        "translation",
        "BLEU of French to English",
        ("38.92", "36.90", "24.16", "34.28"),
        ("39.93", "35.07", "26.58", "36.76"),
    ),
    *_facts(
        TAX,
        ("rte_gpt3_zero", "0.563", "Accuracy on RTE of 175B GPT-3, zero-shot.", "Table 14", 56),
        ("rte_ppo_zero", "0.704", "Accuracy on RTE of 175B PPO, zero-shot.", "Table 14", 56),
    ),
]

_COST = _facts(
    COST,
    ("size_small", "1.3B", "Parameters of the smallest models.", "abstract, §1", 2),
    ("size_middle", "6B", "Parameters of the middle-sized models.", "§1", 2),
    ("size_large", "175B", "Parameters of the largest models.", "abstract, §1", 2),
    ("compute_gpt3", "3,640 petaflop/s-days", "Compute of pretraining 175B GPT-3.", "§5.1", 17),
    ("compute_sft", "4.9 petaflop/s-days", "Compute of training 175B SFT.", "§5.1", 17),
    ("compute_ptx", "60 petaflop/s-days", "Compute of training 175B PPO-ptx.", "§5.1", 17),
)

_OTHERS = [
    Fact(
        "gpt3_tokens",
        300,
        "Tokens on which GPT-3 was trained.",
        "Table 2.1",
        unit="billion tokens",
        topic=OTHERS,
        source="brown2020",
        confirmed="quotation",
        url="https://github.com/d2l-ai/d2l-en/blob/master/chapter_attention-mechanisms-and-transformers/"
        "large-pretraining-transformers.md",
    ),
    Fact(
        "gpt3_vocabulary",
        50_257,
        "Tokens in the vocabulary of GPT-2, which GPT-3 took over.",
        "§2.3",
        unit="tokens",
        topic=OTHERS,
        source="radford2019",
        confirmed="text",
        url="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf#page=4",
    ),
    Fact(
        "kaplan_exponent",
        KAPLAN_EXPONENT,
        "Exponent with which the loss falls as a model grows.",
        "§1.2",
        decimals=3,
        topic=OTHERS,
        source="kaplan2020",
        confirmed="quotation",
        url="https://longformexplainers.com/llm-pretraining/14-scaling-laws-kaplan",
    ),
    Fact(
        "lima_examples",
        1000,
        "Examples that sufficed to fine-tune LIMA.",
        "abstract",
        unit="examples",
        topic=OTHERS,
        source="zhou2023",
        confirmed="text",
        url="http://papers.nips.cc/paper_files/paper/2023/hash/ac662d74829e4407ce1d126477f4a03a-Abstract-Conference.html",
    ),
]


def _index(*groups: Iterable[Fact]) -> Mapping[str, Fact]:
    facts: dict[str, Fact] = {}
    for group in groups:
        for one in group:
            if one.name in facts:
                raise error(one.name, "one fact of that name", "two")
            facts[one.name] = one
    return MappingProxyType(facts)


FACTS: Mapping[str, Fact] = _index(
    _PEOPLE, _DATA, _SFT, _REWARD_MODEL, _PPO, _OBJECTIVE, _PREFERENCE, _TRUTH, _TAX, _COST, _OTHERS
)
"""All facts by name; it cannot be changed."""


def fact(name: str) -> Fact:
    """Look up a fact by its name.

    Like `FACTS[name]`, but a name that is not there is answered with the nearest ones.

    Parameters
    ----------
    name
        One of the names in `FACTS`.

    Returns
    -------
    Fact
        The number with its place and confirmation.

    Raises
    ------
    ValueError
        If there is no fact of that name.

    Examples
    --------
    ```python
    from rlhf_textbook import paper

    print(paper.fact("sft_train"), "prompts,", paper.fact("sft_train").place)
    print("β =", paper.fact("kl_coef"))
    try:
        paper.fact("kl_coeff")
    except ValueError as problem:
        print(problem)
    ```

    ```text title="Output"
    12,725 prompts, Table 6, Table 9
    β = 0.02
    name: expected 'kl_coef' or 'kl_coef_factor' or 'kl_coef_none', got 'kl_coeff'
    ```
    """
    if name in FACTS:
        return FACTS[name]
    words = set(re.findall(r"[a-z0-9]+", str(name).lower()))
    near = difflib.get_close_matches(str(name), FACTS, n=3, cutoff=0.5)
    near = near or [known for known in FACTS if words & set(known.split("_"))][:3]
    nearest = " or ".join(map(repr, near)) or f"one of {len(FACTS)} names, such as {next(iter(FACTS))!r}"
    raise error("name", nearest, repr(name))
