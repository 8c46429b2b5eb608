"""Reward hacking: what a policy does that its reward model likes and people do not, and what puts an end to it.

Ouyang et al. 2022, section 3.5: a KL penalty is there "to mitigate over-optimization of the reward model"; section 3.1:
steps 2 and 3 "can be iterated continuously", with new comparisons of the current best policy's responses.

One run trains PPO without a penalty against a reward model that has seen few comparisons, measures by what the
responses differ from those of the SFT model, and then tries the remedies: a penalty; many more comparisons; and a
second round of as many comparisons again, of responses by the SFT model, by the policy, or half by each.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from rlhf_textbook._checks import BoolArray, FloatArray, IntArray
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import features, quality, rank
from rlhf_textbook.tiny.language import (
    END,
    FIRST_SYMBOL,
    N_SYMBOLS,
    N_TOKENS,
    PROMPT_LENGTH,
    SEQUENCE_LENGTH,
    WORDS,
    render,
    response_tokens,
    right_answers,
)
from rlhf_textbook.tiny.model import Params
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, reward, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

CONFIG = TinyConfig()
N_FEW = 300
"""Prompts with comparisons in the first round, and again in the second."""
REWARD_MODELS = ("many", "few", "few + SFT", "few + own", "few + both")
"""By the comparisons it is trained on; after + those of the second round, by whose responses they compare."""
POLICIES = ("SFT", "many, penalty", "many", "few, penalty", "few", "few + SFT", "few + own", "few + both")
"""By the reward model that trained it; the penalty is the usual β, elsewhere β = 0."""
TRAITS = ("right symbols", "words", "filler", "capitals", "copied", "favorite", "distinct")
EXAMPLES = ("SFT", "many, penalty", "many", "few")
N_EXAMPLES = 4

SEEDS = range(10)
SETTINGS: list[dict[str, Any]] = [{}]


def usage(sequences: IntArray) -> FloatArray:
    """Share of responses with each word at each place, shape (6, 27); behind its end a response has no words."""
    used = response_tokens(sequences)[..., None] & (sequences[:, PROMPT_LENGTH:, None] == np.arange(N_TOKENS))
    return used.mean(axis=0)


def copied(sequences: IntArray) -> BoolArray:
    """Whether a response repeats the prompt's three symbols in their order, however written, shape (n,)."""
    responses = sequences[:, PROMPT_LENGTH : PROMPT_LENGTH + 3]
    same = (responses - FIRST_SYMBOL) % N_SYMBOLS == sequences[:, 2:5] - FIRST_SYMBOL
    return np.all(same & (responses >= FIRST_SYMBOL), axis=1)


def traits(sequences: IntArray) -> list[float]:
    """Describe many responses by the numbers of `TRAITS`, all but the second of them shares.

    `filler` is the share of responses with a word that is no symbol; `copied` is among prompts that ask for something
    else; `favorite` is the share of the commonest word at each of the first three places, on average; `distinct` the
    number of different responses over that of responses.
    """
    responses = sequences[:, PROMPT_LENGTH:]
    known = features(sequences)
    not_asked = (right_answers(sequences) != sequences[:, 2:5] - FIRST_SYMBOL).any(axis=1)
    body = response_tokens(sequences) & (responses != END)
    return [
        float(known[:, 0].mean()),
        float(body.sum(axis=1).mean()),
        float((body & (responses < FIRST_SYMBOL)).any(axis=1).mean()),
        float(known[:, 4].mean()),
        float(copied(sequences[not_asked]).mean()),
        float(usage(sequences)[:3].max(axis=1).mean()),
        len(np.unique(responses, axis=0)) / len(responses),
    ]


def blind_share(sequences: IntArray, values: FloatArray) -> float:
    """How much of the values' variance the response alone explains, whatever the prompt was.

    A number for each word at each place, summed, fitted by ridge regression to every other response; R² on the rest.
    """
    words = np.eye(N_TOKENS)[sequences[:, PROMPT_LENGTH:]].reshape(len(sequences), -1)
    learned, rest = words[::2], words[1::2]
    ridge = np.eye(words.shape[1])  # for words that occur at no or few places
    weights = np.linalg.solve(learned.T @ learned + ridge, learned.T @ values[::2])
    errors = values[1::2] - rest @ weights
    return float(1 - (errors**2).mean() / values[1::2].var())


def compare_both(
    policies: tuple[Params, Params],
    prompts: IntArray,
    labeler_weights: FloatArray,
    config: TinyConfig,
    rng: np.random.Generator,
) -> IntArray:
    """Rankings as `collect_comparisons` makes them, of responses half by one policy and half by another."""
    n, k = len(prompts), config.n_ranked
    counts = (k // 2, k - k // 2)
    parts = [
        sample(policy, np.repeat(prompts, m, axis=0), rng).reshape(n, m, SEQUENCE_LENGTH)
        for policy, m in zip(policies, counts, strict=True)
    ]
    sequences = np.concatenate(parts, axis=1)
    by_labeler = np.stack([quality(sequences.reshape(n * k, -1), weights) for weights in labeler_weights])
    qualities = by_labeler.reshape(-1, n, k)[rng.integers(len(labeler_weights), size=n), np.arange(n)]
    order = rank(qualities, config.labeler_temperature, rng)
    return np.take_along_axis(sequences, order[..., None], axis=1)


def measure(seed: int, *, config: TinyConfig = CONFIG, n_few: int = N_FEW) -> dict[str, Any]:
    """Let policies hack reward models, and describe what they write on prompts that no stage has seen.

    Fields in the order of `POLICIES`: `gold`; `score`, by its own reward model (the SFT model's by that of few); `gap`,
    the quality that score promises to someone who knows the SFT model's responses, less the true one; `traits`, a row
    of `TRAITS` each; `hack`, the word and place whose share has grown most, and `hack_share`. Of the reward models:
    `blind`, in the order of `REWARD_MODELS` and last the gold labeler. Of the policy `few`: `overrated`, shares of its
    hack in all responses of the SFT model, in the tenth of them with the largest gap, and in its own. Of the first
    prompts, by policy in `EXAMPLES`: `text`, `text_few`, `text_many` (scores) and `text_gold`; and `worst`, the
    responses of `few` with the largest gap.
    """

    def stream(name: str) -> np.random.Generator:
        return random_streams(np.random.default_rng(seed))[name]  # from its start, whoever has used it before

    world = make_world(config, stream("world"))
    training, labelers, test = world.training_prompts, world.labelers, world.test_prompts
    base = pretrain(config, training, stream("pretraining"))
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, stream("sft"))

    def learn(ranked: IntArray) -> Params:
        return train_reward_model(sft, ranked, world.demonstrations, config, stream("reward model"))

    def follow(reward_model: Params, beta: float = 0.0) -> Params:
        return train_ppo(sft, reward_model, training, replace(config, kl_coef=beta), stream("ppo"))

    ranked = collect_comparisons(sft, training, labelers, config, stream("comparisons")).sequences
    judges = {"many": learn(ranked), "few": learn(ranked[:n_few])}
    policies = {"SFT": sft, "few": follow(judges["few"])}

    again, rng = training[n_few : 2 * n_few], stream("ppo-ptx")  # a stream that nothing else here uses
    by_policy = collect_comparisons(policies["few"], again, labelers, config, rng).sequences
    by_both = compare_both((sft, policies["few"]), again, labelers, config, rng)
    second = {"few + SFT": ranked[n_few : 2 * n_few], "few + own": by_policy, "few + both": by_both}
    for name, more in second.items():
        judges[name] = learn(np.concatenate([ranked[:n_few], more]))
    for name in POLICIES:
        judge, _, penalty = name.partition(", ")
        if name not in policies:
            policies[name] = follow(judges[judge], config.kl_coef if penalty else 0.0)

    asked = np.repeat(test, 2, axis=0)
    before = sample(sft, asked, stream("evaluation"))
    sft_gold, sft_usage = quality(before), usage(before)

    def promised(judge: Params, sequences: IntArray) -> FloatArray:
        slope, level = np.polyfit(reward(judge, before)[0], sft_gold, 1)
        return level + slope * reward(judge, sequences)[0]

    written = {name: sample(policies[name], asked, stream("evaluation")) for name in POLICIES}
    judge_of = {name: judges["few" if name == "SFT" else name.partition(", ")[0]] for name in POLICIES}
    growth = {name: usage(sequences) - sft_usage for name, sequences in written.items()}
    hacks = {name: divmod(int(grown.argmax()), N_TOKENS) for name, grown in growth.items()}

    few = written["few"]
    place, word = hacks["few"]
    sft_gap = promised(judges["few"], before) - sft_gold
    overrated = before[np.argsort(sft_gap)[-len(before) // 10 :]]
    gap = promised(judges["few"], few) - quality(few)
    worst = few[np.argsort(-gap)[:N_EXAMPLES]]
    shown = np.concatenate([written[name][: 2 * N_EXAMPLES : 2] for name in EXAMPLES])
    return {
        "gold": [quality(written[name]).mean() for name in POLICIES],
        "score": [reward(judge_of[name], written[name])[0].mean() for name in POLICIES],
        "gap": [(promised(judge_of[name], written[name]) - quality(written[name])).mean() for name in POLICIES],
        "traits": [traits(written[name]) for name in POLICIES],
        "hack": [f"{WORDS[w]} at {p + 1}" for p, w in hacks.values()],
        "hack_share": [usage(written[name])[hacks[name]] for name in POLICIES],
        "blind": [
            *(blind_share(before, reward(judges[name], before)[0]) for name in REWARD_MODELS),
            blind_share(before, sft_gold),
        ],
        "overrated": [usage(sequences)[place, word] for sequences in (before, overrated, few)],
        "text": [render(sequence) for sequence in shown],
        "text_few": reward(judges["few"], shown)[0],
        "text_many": reward(judges["many"], shown)[0],
        "text_gold": quality(shown),
        "worst": [render(sequence) for sequence in worst],
        "worst_promise": promised(judges["few"], worst),
        "worst_gold": quality(worst),
    }
