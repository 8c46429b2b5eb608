# %% [markdown]
# # 5. The alignment tax, and what pays it back
#
# !!! abstract "In this lab"
#
#     **The claim.** PPO costs a model abilities that nobody asked it to give up. Mixing pretraining into it, with a coefficient $\gamma$, wins them back; a larger KL coefficient $\beta$ does not ([@ouyang2022], §4.2 and App. E.6, Figures 33 and 34).
#
#     **You need** [lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md) for $\beta$ and $\gamma$, [lesson 6](../lessons/6-results-and-alignment-tax.md#the-alignment-tax) for the tax, [lab 0](0-pipeline.md) for the world.
#
#     **Time** 15 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_5_alignment_tax.py`; its results are in `lab/results/claim_5_alignment_tax.jsonl`.
#
# ## The claim
#
# The paper makes three statements.
#
# 1. **There is a tax.** Plain PPO does worse than GPT-3 on reading comprehension, on common sense and on translation (§1, §4.2).
# 2. **The mix pays it back.** On the 1.3B model, a pretraining coefficient of 20 or more undid the loss on the two benchmarks that were tested, DROP and SQuADv2, while the reward fell as $\gamma$ grew (App. E.6, Figure 33). For all models and benchmarks together the paper says less: the mix mitigates the loss and does not remove it everywhere (§4.2).
# 3. **A larger $\beta$ does not.** With $\beta$ up to 2, a hundred times the default, the losses on DROP and SQuADv2 stayed, and the reward fell substantially (§4.2, App. E.6, Figure 34).
#
# In the small, the benchmarks are two skills of the internet: to count in equal steps, and to swing between two symbols. No demonstration, no comparison and no prompt of PPO has anything to do with them.

# %%
import numpy as np

from rlhf_textbook.tiny.language import render, skill_pages

for page in skill_pages(4, np.random.default_rng(0)):
    print(render(page))

# %% [markdown]
# The first two symbols of such a page are free. From the third on only one symbol is right, and the **tax** is the loss on these, in nats a token, above that of the base model. A second measure is how often the likeliest next token is the right one.
#
# ## Predict
#
# ??? question "As β grows without end, PPO with γ = 0 stays at the SFT model. Does a large enough β then bring the tax down to whatever SFT has?"
#
#     Not even at a hundred times our usual $\beta$: hardly anything of PPO's gain remains there, and the tax is still larger than that of SFT. With $\gamma = 0.3$ it is *smaller* than that of SFT, and most of the gain is kept.
#
# ??? question "What does a large γ cost?"
#
#     Quality. The mixed-in pages are the internet, which mostly disobeys. At $\gamma = 3$ the skills are as good as new, and the answers are no better than those of the SFT model.
#
# ## The experiment
#
# First one small run to see the effect: a model of half the size, trained for a third of the time. `ppo` has $\gamma = 0$, `ppo_ptx` has $\gamma = 0.3$.

# %%
from lab.statistics import minus
from rlhf_textbook.tiny import TinyConfig, run_pipeline

quick = TinyConfig(n_hidden=64, pretraining_steps=400, ppo_updates=80, ppo_batch=128)
result = run_pipeline(quick, np.random.default_rng(0))
print("model      quality   loss on the skills, nats")
for name in ("base", "sft", "ppo", "ppo_ptx"):
    metrics = result.metrics[name]
    print(minus(f"{name:9}{metrics.gold:9.2f}{metrics.benchmark_loss:27.2f}"))

# %% [markdown]
# Now in full. From the same SFT model and reward model, PPO is trained with six values of $\gamma$ at the usual $\beta = 0.2$, and with six values of $\beta$ at $\gamma = 0$. The core of `measure`, shortened:
#
# ```text title="in lab/claims/claim_5_alignment_tax.py"
# def train(beta, gamma):
#     changed = replace(config, kl_coef=beta)
#     return train_ppo(sft, reward_model, prompts, changed, rng, ptx_coef=gamma)
# ```
#
# All models of a seed are measured on the same prompts and pages. The values were set beforehand, and tried on seeds 100 and 101, which are not among the ten.

# %%
from lab.claims.claim_5_alignment_tax import BETAS, GAMMAS, SEEDS, measure
from lab.statistics import (
    bootstrap_interval,
    mean_interval,
    paired_difference,
    show,
    verdict,
)
from lab.sweep import sweep

runs = sweep(measure, seeds=SEEDS)


def row(label, gold, win_rate, loss, accuracy):
    cells = [
        show(mean_interval(gold)),
        show(mean_interval(100 * win_rate), 1),
        show(mean_interval(loss), 3),
        show(mean_interval(100 * accuracy), 1),
    ]
    print(f"{label:10}" + "".join(f"{cell:>16}" for cell in cells))


METRICS = ("gold", "win_rate", "benchmark_loss", "skill_accuracy")
HEAD = ("quality", "beats SFT, %", "skills, nats", "right, %")
print(f"{len(SEEDS):2} seeds  " + "".join(f"{name:>16}" for name in HEAD))
for model in ("base", "sft"):
    row(model, *(runs[f"{model}_{metric}"][0] for metric in METRICS))
for knob, values in (("gamma", GAMMAS), ("beta", BETAS)):
    print()
    for i, value in enumerate(values):
        found = [runs[f"{knob}_{metric}"][0, :, i] for metric in METRICS]
        row(f"{knob} {value:g}", *found)

# %% [markdown]
# ## The result
#
# Both knobs trade what was won for what was lost. The plot shows the two trades: up is better, and so is left.

# %%
import figures.lab_5


def intervals(field):
    return [mean_interval(values) for values in np.atleast_2d(runs[field][0].T)]


MODELS = {"base": "base", "SFT": "sft"}


def tax(which):
    return intervals(f"{which}_benchmark_loss")


def quality(which):
    return intervals(f"{which}_gold")


figures.lab_5.frontier(
    {
        "γ, at β = 0.2": (GAMMAS, tax("gamma"), quality("gamma")),
        "β, at γ = 0": (BETAS, tax("beta"), quality("beta")),
    },
    {name: (*tax(which), *quality(which)) for name, which in MODELS.items()},
    "Quality against loss on the skills, the latter logarithmic. Both curves start at"
    " plain PPO, top right. With growing gamma the curve runs left at almost full"
    " height and drops only near the loss of the base model. With growing beta it falls"
    " at once and ends at the height of SFT, to the right of SFT.",
    xlabel="loss on the skills, nats a token",
    ylabel="quality to the gold labeler",
)

# %% [markdown]
# Three comparisons, paired by seed. For the last, the curve of $\beta$ is interpolated, in each seed, at the quality that $\gamma$ has reached.

# %%
base, sft = runs["base_benchmark_loss"][0], runs["sft_benchmark_loss"][0]
by_gamma, by_beta = runs["gamma_benchmark_loss"][0], runs["beta_benchmark_loss"][0]
ppo, usual = by_gamma[:, 0], GAMMAS.index(0.3)
ptx = by_gamma[:, usual]

paid = paired_difference(ppo, base)
print(f"tax of PPO          {show(paid, 3)} nats: {verdict(paid, '>')}")
print(f"of which SFT alone  {show(paired_difference(sft, base), 3)} nats\n")


def share_won_back(loss, ppo, base, axis=-1):
    return 100 * ((ppo - loss).mean(axis) / (ppo - base).mean(axis))


rng = np.random.default_rng(0)
gold = runs["gamma_gold"][0]
print("γ       won back of the tax, %       tax left, nats   cost in quality")
for i in range(1, len(GAMMAS)):
    back = bootstrap_interval(share_won_back, by_gamma[:, i], ppo, base, rng=rng)
    left = paired_difference(by_gamma[:, i], base)
    cost = paired_difference(gold[:, 0], gold[:, i])
    print(f"{GAMMAS[i]:<6g}{show(back, 1):>24}{show(left, 3):>21}{show(cost):>18}")

# %%
def loss_at(quality, golds, losses):
    """Loss on the curve of β at that quality."""
    order = np.argsort(golds)
    return np.exp(np.interp(quality, golds[order], np.log(losses[order])))


print("at equal quality, the loss with β is so many times that with γ")
for i in (2, usual, 4):
    seeds = zip(gold[:, i], runs["beta_gold"][0], by_beta, strict=True)
    matched = np.array([loss_at(*seed) for seed in seeds])
    ratio = mean_interval(np.log(matched / by_gamma[:, i]))
    low, middle, high = np.exp([ratio.low, ratio.estimate, ratio.high])
    print(f"γ = {GAMMAS[i]:<5g}", end=" ")
    print(f"{middle:5.1f} ({low:.1f} to {high:.1f}): {verdict(ratio, '>')}")

largest = paired_difference(by_beta[:, -1], sft)
smaller = paired_difference(ptx, sft)
kl = mean_interval(runs["beta_kl"][0, :, -1])
print("\ncompared with SFT, which had no reinforcement learning")
print(f"β = {BETAS[-1]:g}    more tax: {show(largest, 3)} nats", end="")
print(f": {verdict(largest, '>')}")
print(f"γ = 0.3   less tax: {show(smaller, 3)} nats: {verdict(smaller, '<')}")
print(f"KL of the answers from SFT at β = {BETAS[-1]:g}: {show(kl)} nats")

# %% [markdown]
# ## Verdict
#
# **All three statements hold in the small.**
#
# **There is a tax.** The base model continues every skill page without fault. After PPO one symbol in four is wrong. A small part of this is older than reinforcement learning: SFT alone has already lost something, as in Table 14 of the paper.
#
# **The mix pays it back.** Already $\gamma = 0.03$ wins back most of it, for next to no quality. $\gamma = 0.3$ wins back all but a few percent of the loss and every wrong symbol, for a seventh of what PPO had gained over SFT. With $\gamma = 1$ and more the price rises faster than the refund; in Figure 33, too, the reward falls as $\gamma$ grows.
#
# **A larger $\beta$ is no substitute.** At equal quality the loss on the skills is about ten times as large. At $\beta = 20$, a hundred times our default, the answers are hardly better than those of SFT, and more of the skills is gone than SFT had lost.
#
# A likely reason shows in the last lines. The penalty looks at answers to prompts, and by that measure the policy has hardly moved. But its weights have. Every update nudges them, and what the nudges do to pages that start with `count` nobody checks. The pretraining gradient does check: it contains such pages.
#
# What carries over is the mechanism: a penalty on some inputs protects what the model does with those inputs, and a mix protects what is in the mix. What does not carry over is the size. Our model has 30,000 parameters and one hidden layer for everything, so unrelated abilities share weights more than in a large model. The mix here contains the very skills that are tested, while GPT-3's text contains reading comprehension only in passing; a full recovery is easier here. And the value of $\gamma$ depends on how two losses are scaled: 0.3 here and 27.8 there cannot be compared.
#
# ## Try it
#
# - Skills are half of the internet. Set `SKILL_SHARE = 0.05` in `rlhf_textbook/tiny/language.py` and run `python -m lab run 5 --seeds 3`. The mix should protect less, since it practices the skills less often.
# - Does a smaller step do what a larger $\beta$ could not? `measure(0, config=TinyConfig(ppo_lr=0.001))`: expect less tax and less quality. Compare at equal quality.
# - The paper also took GPT-3 itself as the reference of the penalty. In `measure`, give `train_ppo` the base model in place of `sft`, which then is also where PPO starts. What happens to the quality?
#
# The theory is in [lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md#the-alignment-tax-and-the-pretraining-mix).
#
# **Next:** [Lab 6: win rates](6-win-rates.md), and whether they add up.
