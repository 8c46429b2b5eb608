"""Win rates between all models, the quality gaps behind them, and whether the gaps add up.

Ouyang et al. 2022, section 4.1 with figure 1: labelers prefer PPO-ptx and PPO to SFT, SFT to prompted GPT-3 and that to
GPT-3. The figure has all models against one baseline; here everyone meets everyone, so that one strength a model
(Bradley–Terry, lesson 6) can be fitted and tested.

One run trains base, SFT, PPO and PPO-ptx. `prompted` is the base model whose prompts start as a FAQ page. Each pair of
models answers each prompt four times, and noisy labelers or the gold labeler say which answer is better.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import quality, rank
from rlhf_textbook.tiny.language import FAQ
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.ppo import train_ppo
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons, train_reward_model
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

CONFIG = TinyConfig()
MODELS = ("base", "prompted", "sft", "ppo", "ppo_ptx")
N_ANSWERS = 4  # of each model to each prompt

SEEDS = range(10)
SETTINGS: list[dict[str, Any]] = [{}]


def bradley_terry(wins: ArrayLike, *, n_steps: int = 2000) -> FloatArray:
    """Quality of each player that makes the wins most probable, in nats, with mean 0.

    `P(i beats j) = s_i / (s_i + s_j) = σ(q_i − q_j)` with `q = log s`, and each step sets
    `s_i ← (wins of i) / Σ_j n_ij / (s_i + s_j)`, which never makes the wins less probable (Hunter 2004).

    Parameters
    ----------
    wins
        `wins[i, j]` is how often i beat j, shape (n, n), zeros on the diagonal; a tie counts half for both. Shares do
        as well where all pairs met equally often.
    n_steps
        How many steps to take.

    Raises
    ------
    ValueError
        If `wins` is no square, or a player has won or lost all matches: no finite quality does that.
    """
    table = checks.float_array("wins", wins, min_ndim=2, max_ndim=2)
    if table.shape[0] != table.shape[1]:
        raise checks.error("wins", "a square", f"shape {table.shape}")
    if (table.sum(axis=0) == 0).any() or (table.sum(axis=1) == 0).any():
        raise checks.error("wins", "players who each win some and lose some", "one who does not")
    met = table + table.T
    strength = np.ones(len(table))
    for _ in range(n_steps):
        strength = table.sum(axis=1) / (met / (strength[:, None] + strength)).sum(axis=1)
        strength /= np.exp(np.log(strength).mean())
    return np.log(strength)


def measure(seed: int, *, config: TinyConfig = CONFIG) -> dict[str, Any]:
    """Train all models and let everyone meet everyone.

    `labelers`, `gold` and `gold_decided` are win rates of the row's model against the column's, in the order of
    `MODELS`, 0 on the diagonal: by the labelers who ranked the training data; by the gold labeler, a tie counting half;
    and by the gold labeler without the ties. `ties` is their share, `quality` each model's mean for the gold labeler.
    """
    streams = random_streams(np.random.default_rng(seed))
    world = make_world(config, streams["world"])
    training, test = world.training_prompts, world.test_prompts
    base = pretrain(config, training, streams["pretraining"])
    sft = fine_tune(base, world.demonstrations[: config.n_demonstrations], config, streams["sft"])
    ranked = collect_comparisons(sft, training, world.labelers, config, streams["comparisons"]).sequences
    reward_model = train_reward_model(sft, ranked, world.demonstrations, config, streams["reward model"])
    ppo = train_ppo(sft, reward_model, training, config, streams["ppo"])
    ppo_ptx = train_ppo(sft, reward_model, training, config, streams["ppo-ptx"], ptx_coef=config.ptx_coef)

    rng = streams["evaluation"]
    asked = np.repeat(test, N_ANSWERS, axis=0)
    faq = asked.copy()
    faq[:, 0] = FAQ
    entrants = ((base, asked), (base, faq), (sft, asked), (ppo, asked), (ppo_ptx, asked))
    answers = [sample(params, prompts, rng) for params, prompts in entrants]
    gold = np.stack([quality(a) for a in answers])
    by_labeler = np.stack([[quality(a, weights) for a in answers] for weights in world.labelers])

    n = len(MODELS)
    by_labelers, by_gold, decided, ties = np.zeros((4, n, n))
    for i in range(n):
        for j in range(i + 1, n):
            labeler = rng.integers(len(world.labelers), size=len(asked))  # each comparison by one, drawn at random
            pair = by_labeler[labeler, :, np.arange(len(asked))][:, [i, j]]
            first = rank(pair, config.labeler_temperature, rng)[:, 0]
            won, tied = (gold[i] > gold[j]).mean(), (gold[i] == gold[j]).mean()
            for table, share in (
                (by_labelers, (first == 0).mean()),
                (by_gold, won + tied / 2),
                (decided, won / (1 - tied)),
            ):
                table[i, j], table[j, i] = share, 1 - share
            ties[i, j] = ties[j, i] = tied
    return {
        "labelers": by_labelers,
        "gold": by_gold,
        "gold_decided": decided,
        "ties": ties,
        "quality": gold.mean(axis=1),
    }
