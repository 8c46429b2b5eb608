# %% [markdown]
# # 7. Held-out labelers, labelers who err, and whose taste it is
#
# !!! abstract "In this lab"
#
#     **The claim.** The preference for the aligned model is not one for the habits of those who trained it. Labelers who made none of the data prefer it about as often, and reward models predict them nearly as well as their own ([@ouyang2022], §1, §4.1). Beside it stands the paper's question to whom such a model is aligned (§5.2).
#
#     **You need** [lesson 3](../lessons/3-reward-modeling.md) for rankings and accuracy, [lesson 6](../lessons/6-results-and-alignment-tax.md) for win rates, [lab 0](0-pipeline.md) for the world.
#
#     **Time** 20 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_7_held_out_labelers.py`; its results are in `lab/results/claim_7_held_out_labelers.jsonl`.
#
# ## The claim
#
# In three places the paper sets the labelers who made its data beside others:
#
# | what | those who made the data | others | place |
# |---|---|---|---|
# | two labelers agree | 72.6 ± 1.5 % | 77.3 ± 1.3 % | §3.4 |
# | they prefer InstructGPT to GPT-3 | | "about the same rate" | §1 |
# | a reward model orders a pair as they do | 72.4 ± 0.4 % | 69.6 ± 0.9 % | §4.1 |
#
# For the last line the paper split its labelers into five groups, trained on four, tested on the fifth, and took turns.
#
# Here we can ask for more than the paper could: what happens if people differ more, or err more, and what a policy picks up when its labelers share a taste that is neither right nor wrong.
#
# ## Predict
#
# ??? question "Labelers rank with so much noise that two of them agree on only 58 % of pairs. How well does the reward model order pairs by their true quality?"
#
#     Far better than it predicts the labelers: about four pairs of five. Their mistakes are random, and the model has 18,000 pairs to average over.
#
# ??? question "What happens to PPO if the labelers are nearly random, and β stays as it is?"
#
#     It becomes cautious. A reward model that has learned little gives scores that differ little, so a nat of KL weighs more against them, and PPO stays close to SFT. Lower $\beta$ to undo that, and the answers become worse than those of SFT: PPO then climbs the noise that the reward model has learned.
#
# ## The experiment
#
# Ten labelers make the data, ten others are held out. A labeler has a weight for each thing that there is to value: the gold weight times $e^{s z}$, with $z$ from a normal distribution and $s$ the **spread**. The taste in wording, capitals against small letters, is $s z$ itself. At $s = 0$ everyone is the gold labeler, in all other labs it is 0.3. Here are three people, at 0.3 and at 1.0:

# %%
import numpy as np

from lab.statistics import minus
from rlhf_textbook.tiny.labelers import FEATURES, GOLD_WEIGHTS, hire_labelers


def print_row(name, weights):
    print(minus(f"{name:5}" + "".join(f"{weight:15.2f}" for weight in weights)))


print(" " * 5 + "".join(f"{name:>15}" for name in FEATURES))
print_row("gold", GOLD_WEIGHTS)
for spread in (0.3, 1.0):
    for weights in hire_labelers(3, spread, np.random.default_rng(0)):
        print_row(str(spread), weights)

# %% [markdown]
# With spread 1 one of the three cares about an exactly right answer four times as much as another. They also err: of two answers whose qualities differ by $d$, a labeler chooses the better one with probability $\sigma(d/T)$, with the **temperature** $T = 0.5$ unless we say otherwise.
#
# Since we know that probability, nothing here needs to be counted. Agreement, accuracy and win rates are expected values over the noise, for example two labelers agree with probability $ab + (1-a)(1-b)$, if one prefers the first answer with probability $a$ and the other with $b$.

# %%
from lab.claims.claim_7_held_out_labelers import agreement, preferences
from rlhf_textbook.tiny.language import all_prompts, demonstrations, off_task

rng = np.random.default_rng(0)
right, wrong = demonstrations(all_prompts(), rng), off_task(all_prompts(), rng)
print("two labelers agree on a right against an off-task answer")
for spread in (0.3, 1.0):
    people = hire_labelers(10, spread, np.random.default_rng(1))
    shares = [agreement(preferences(right, wrong, people, t)) for t in (0.1, 0.5, 4.0)]
    print(f"spread {spread}: " + ", ".join(f"{share:.0%}" for share in shares))
print("          at temperature 0.1, 0.5, 4")

# %% [markdown]
# ## Held-out labelers
#
# In each run the ten labelers rank answers of the SFT model, a reward model learns from them, and PPO ($\beta = 0.2$, $\gamma = 0$) trains against it. Then all twenty people compare its answers with those of SFT. For the folds the ten form five groups of two; five reward models are trained, each without one group. How well they predict people is measured on new answers, the same for everyone. Spreads and temperatures were fixed before the ten seeds were run.

# %%
from lab.claims.claim_7_held_out_labelers import SEEDS, SPREADS, TEMPERATURES, measure
from lab.statistics import (
    bootstrap_interval,
    mean_interval,
    paired_difference,
    show,
    verdict,
)
from lab.sweep import sweep

runs = sweep(measure, seeds=SEEDS)


def compare(label, ours, others):
    cells = [mean_interval(100 * ours), mean_interval(100 * others)]
    cells.append(paired_difference(100 * others, 100 * ours))
    print(f"{label:22}" + "".join(f"{show(cell, 1):>15}" for cell in cells))


for k, spread in enumerate(SPREADS):
    head = f"spread {spread}, {len(SEEDS)} seeds, %"
    print(f"{head:22}   the trainers         others     difference")
    for label, ours, others in (
        ("they agree", "agreement_training", "agreement_held_out"),
        ("PPO beats SFT", "win_rate_training", "win_rate_held_out"),
        ("reward model is right", "accuracy_own", "accuracy_fifth"),
    ):
        compare(label, runs[ours][0, :, k], runs[others][0, :, k])
    lowest = 100 * runs["win_rate_lowest"][0, :, k]
    print(f"least enthusiastic of the 20: {show(mean_interval(lowest), 1)} % for PPO\n")

# %% [markdown]
# At the usual spread there is nothing to find. Two labelers agree about as often as in the paper, and the held-out ones like PPO exactly as much as its trainers. A reward model predicts people whom it has never met almost as well as its own: the gap is a tenth of a point. Its accuracy, too, is like the paper's: it predicts a labeler about as well as another labeler would.
#
# At spread 1, where one cares four times as much about a thing as another, the gap of the reward models grows to 0.7 points and is plain in the ten seeds. The win rate still does not differ, on average. But single people do: the least enthusiastic of the twenty prefers PPO in only 60 % of the comparisons, against 70 % on average. An average over labelers hides that.
#
# ## Labelers who err
#
# The same people, spread 0.3, with four temperatures. *Best possible* is the accuracy of a judge who knows what most labelers think of each pair. The *gold order* counts the pairs in which one answer is better to the gold labeler. The first PPO keeps $\beta = 0.2$. The second has $\beta = 0.1/T$, so that a nat would cost the same quality at every temperature, if scores shrank as the noise grows.

# %%
print("temperature                " + "".join(f"{t:>13g}" for t in TEMPERATURES))
for label, field in (
    ("two labelers agree, %", "noise_agreement"),
    ("best possible accuracy, %", "noise_ceiling"),
    ("reward model: labelers, %", "noise_accuracy"),
    ("reward model: gold order, %", "noise_accuracy_gold"),
):
    cells = [show(mean_interval(100 * values), 1) for values in runs[field][0].T]
    print(f"{label:27}" + "".join(f"{cell:>13}" for cell in cells))
print()
for label, field in (
    ("spread of its scores", "noise_spread_of_scores"),
    ("PPO: quality, β = 0.2", "noise_gold"),
    ("PPO: quality, β = 0.1 / T", "noise_gold_as_dear"),
):
    cells = [show(mean_interval(values)) for values in runs[field][0].T]
    print(f"{label:27}" + "".join(f"{cell:>13}" for cell in cells))
print("SFT: quality", show(mean_interval(runs["sft_gold"][0])))

# %%
import figures.lab


def curve(field):
    found = [mean_interval(100 * values) for values in runs[field][0].T]
    return [i.estimate for i in found], [i.high - i.estimate for i in found]


figures.lab.curves(
    TEMPERATURES,
    {
        "two labelers agree": curve("noise_agreement"),
        "reward model predicts a labeler": curve("noise_accuracy"),
        "best possible": curve("noise_ceiling"),
        "reward model finds the better answer": curve("noise_accuracy_gold"),
    },
    "Four shares of pairs against the temperature of the labelers' noise, logarithmic."
    " All fall. Lowest is how often the reward model or another labeler predicts a"
    " labeler; above it the best possible. Far above all, how often the reward model"
    " finds the answer that is better by the gold quality.",
    xlabel="temperature of the labelers' noise",
    ylabel="share of pairs, %",
    level=50,
    logx=True,
)

# %% [markdown]
# **A reward model is better than its labels.** At $T = 1.5$ two labelers agree on 58 % of pairs, and the reward model predicts a labeler in 60 %. One would think that it has learned next to nothing. Yet it finds the truly better answer in 80 %. An accuracy measured on noisy labels says how noisy the labels are, more than how good the model is.
#
# **For PPO a little noise costs nothing.** From 0.1 to 0.5 the quality stays the same. Beyond, it falls, and at $T = 4$ PPO gains little over SFT. The scores hardly differ any more, so the penalty rules.
#
# **The penalty is what protects it.** With $\beta = 0.1/T$ the quality at $T = 4$ falls far below that of SFT. The scores have shrunk less than the noise has grown, by a factor of 3.5 from $T = 0.5$ on, instead of 8. The likely reason is that a model with little to learn from learns some of the noise, and noise makes differences too. PPO climbs those. It would be over-optimization ([lab 4](4-over-optimization.md)), with bad labels as the cause.
#
# ## Whose taste?
#
# Capitals mean the same as small letters, and to the gold labeler they are worth nothing. The labelers have a taste in it, which may or may not cancel within a group. With spread 1, let the same ten people rank once as they are and once with that one taste reversed, all else equal, and see what PPO makes of it.

# %%
taste = runs["taste"][0, :, -1]
as_hired, turned = runs["capitals"][0, :, -1], runs["capitals_reversed"][0]
print("seed   mean taste   capitals in PPO's answers: as hired   reversed")
for seed, *values in zip(SEEDS, taste, 100 * as_hired, 100 * turned, strict=True):
    print(minus("{:4}{:13.2f}{:36.0f} %{:9.0f} %".format(seed, *values)))
print(f"SFT: {show(mean_interval(100 * runs['sft_capitals'][0]), 0)} %")

toward = np.sign(taste) * 100 * (as_hired - turned)
moved = mean_interval(toward)
print(f"\nas hired − reversed, toward their taste: {show(moved, 1)} points", end="")
print(f": {verdict(moved, '>')}")


def correlation(a, b, axis=-1):
    a, b = a - a.mean(axis, keepdims=True), b - b.mean(axis, keepdims=True)
    return (a * b).sum(axis) / np.sqrt((a * a).sum(axis) * (b * b).sum(axis))


rng = np.random.default_rng(0)
found = bootstrap_interval(correlation, taste, as_hired - turned, rng=rng)
print(f"correlation of taste with the difference, over seeds: {show(found)}")

# %% [markdown]
# In every seed the share of capitals went the way of the ten people's mean taste, and far: a mean of 0.1, a twentieth of what the right symbols are worth, can put ten points and more between the two policies. With $\beta = 0.2$ the policy has no reason to compromise where nothing else is at stake. None of the numbers above shows it. The gold labeler does not care, the win rates by held-out labelers are as high as those by the trainers, and so is the accuracy.
#
# ## Verdict
#
# **That held-out labelers agree holds** in the small, for the preference as well as for the reward models. The gap of the reward models is real where people differ much, 0.7 points, and still smaller than the paper's 2.8. Ours differ in five numbers only. Real people disagree about more than that, and a model of 6 billion parameters may learn the habits of a few dozen of them. So the small world shows that such a gap can come from differences between people, and not how large it must be.
#
# **And yet the model is aligned to these ten people.** What most people share, right answers without rudeness, is learned from any group and survives a lot of noise, since mistakes that are random cancel. A taste that a group shares does not cancel, however many answers it ranks. Held-out labelers do not uncover it if they are hired like the others: on average they hold the same opinions. The paper says as much of its own model, which is aligned to its labelers, the researchers who wrote their instructions, and the customers whose prompts were used (§5.2).
#
# What does not carry over: our noise is independent from answer to answer. Real mistakes are often shared, as when a long answer looks more thorough to everyone, and then they behave like the taste, not like the noise.
#
# ## Try it
#
# - `hire_labelers` draws tastes with mean 0. Hire held-out labelers from another town: in `with_labelers`, add 1 to the last column of `world.held_out_labelers` and to nothing else. Does the win rate by them tell?
# - Let two of the ten labelers hate what the others love: multiply their weights by −1. How much of it does PPO notice, and how much the folds?
# - At $T = 4$, is more data the cure? `measure(0, config=TinyConfig(n_labelers=10, n_ranked=12))` has four times as many pairs.
#
# The theory is in [lesson 3](../lessons/3-reward-modeling.md) and [lesson 6](../lessons/6-results-and-alignment-tax.md); [part 6 of the project](../project/6-labelers-who-disagree.md) has a linear reward model for the same question.
#
# **Next:** [Lab 8: reward hacking](8-reward-hacking.md), or what a poor reward model does to a policy.
