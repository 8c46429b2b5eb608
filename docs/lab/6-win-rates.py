# %% [markdown]
# # 6. Win rates, and whether they add up
#
# !!! abstract "In this lab"
#
#     **The claim.** Labelers prefer the models in the order of their training: PPO-ptx and PPO before SFT, SFT before the prompted base model, that before the plain one ([@ouyang2022], §4.1, Figure 1). And [lesson 6](../lessons/6-results-and-alignment-tax.md#from-win-rates-to-quality-gaps) asks: are such win rates differences of one quality?
#
#     **You need** lesson 6 for $\Delta q$, [lab 0](0-pipeline.md) for the world.
#
#     **Time** 15 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_6_win_rates.py`; its results are in `lab/results/claim_6_win_rates.jsonl`.
#
# ## The claim
#
# Figure 1 of the paper shows how often labelers prefer a model's output to that of the 175B SFT model. Read from the figure, at 175B: GPT-3 24 %, GPT-3 with a few-shot prompt 41 %, PPO 63 %, PPO-ptx 66 %. The paper sees no large difference between the last two (§4.1).
#
# Everyone there plays against one baseline. A gap $\Delta q = \log \frac{p}{1-p}$ can then be written next to each model, and nothing can contradict it. Only where everyone meets everyone can one see whether five qualities explain ten win rates. That is the **Bradley–Terry model**, with $p_{ij} = \sigma(q_i - q_j)$.
#
# ## Predict
#
# ??? question "Prompted beats base, SFT beats prompted, PPO beats SFT. How well do these three gaps, added up, predict PPO against base?"
#
#     Well: the chain says 92.3 %, the direct match 93.9 %. But the error is no accident. It has the same sign in nearly every run, so the gaps add up almost, and not quite.
#
# ??? question "By which of the judges does PPO beat SFT most often: by labelers who err, by the gold labeler, or by the gold labeler where ties are left out?"
#
#     In the last case, by far. Half a win for each side pulls a win rate toward 50 %, and with it the gap toward 0.
#
# ## The experiment
#
# The fit is four lines: each step sets the strength $s_i = e^{q_i}$ of a player to its wins divided by what its matches ask for.
#
# ```text title="in lab/claims/claim_6_win_rates.py"
# met = wins + wins.T
# for _ in range(n_steps):
#     strength = wins.sum(axis=1) / (met / (strength[:, None] + strength)).sum(axis=1)
#     strength /= np.exp(np.log(strength).mean())
# ```
#
# It always finds qualities, whether or not there are any. Two tables of ten matches a pair, one made from qualities, and one in which A beats B, B beats C, and C beats A:

# %%
import numpy as np

from lab.claims.claim_6_win_rates import bradley_terry
from rlhf_textbook import expected_win_rate

orderly = np.array([[0, 7, 9], [3, 0, 8], [1, 2, 0]])
circle = np.array([[0, 8, 2], [2, 0, 8], [8, 2, 0]])
for name, wins in (("orderly", orderly), ("circle", circle)):
    q = bradley_terry(wins)
    rates = expected_win_rate(q[:, None] - q)
    for pair in ((0, 1), (1, 2), (0, 2)):
        players = "ABC"[pair[0]] + " against " + "ABC"[pair[1]]
        won, fitted = wins[pair] / 10, rates[pair]
        print(f"{name:8} {players}: won {won:.2f}, fitted {fitted:.2f}")

# %% [markdown]
# So the question is not what the qualities are, but how well they explain the rates.
#
# In each of ten runs, five models answer 336 unseen prompts four times: base, SFT, PPO, PPO-ptx, and the base model *prompted*, its prompts starting with `<faq>`. Every pair of models is compared on all 1,344 answers, by three judges:
#
# | judge | how |
# |---|---|
# | labelers | each comparison by one of the eight labelers, drawn at random, with noise; they never call a tie |
# | gold | the gold labeler, without noise; a tie counts half |
# | gold, decided | the gold labeler, without the ties |

# %%
from lab.claims.claim_6_win_rates import SEEDS, measure
from lab.statistics import mean_interval, paired_difference, show, verdict
from lab.sweep import sweep
from rlhf_textbook import quality_gap

runs = sweep(measure, seeds=SEEDS)
NAMES = ("base", "prompted", "SFT", "PPO", "PPO-ptx")
BASE, PROMPTED, SFT, PPO, PTX = range(5)
JUDGES = {"labelers": "labelers", "gold": "gold", "gold, decided": "gold_decided"}

print(f"{len(SEEDS)} seeds: the row's model is preferred to the column's,", end="")
print(" %, by labelers")
print(" " * 9 + "".join(f"{name:>13}" for name in NAMES))
for i, name in enumerate(NAMES):
    rates = [100 * runs["labelers"][0, :, i, j] for j in range(5)]
    cells = ["" if i == j else show(mean_interval(r), 1) for j, r in enumerate(rates)]
    print(f"{name:9}" + "".join(f"{cell:>13}" for cell in cells))

print("\nagainst SFT, %        labelers           gold  gold, decided     tied")
for i in (BASE, PROMPTED, PPO, PTX):
    rates = [
        show(mean_interval(100 * runs[field][0, :, i, SFT]), 1)
        for field in JUDGES.values()
    ]
    tied = runs["ties"][0, :, i, SFT].mean()
    print(f"{NAMES[i]:15}" + "".join(f"{rate:>15}" for rate in rates) + f"{tied:9.0%}")

# %% [markdown]
# ## The result
#
# ### The order

# %%
wins = runs["labelers"][0]
for name, i, j in (
    ("prompted over base", PROMPTED, BASE),
    ("SFT over prompted", SFT, PROMPTED),
    ("PPO over SFT", PPO, SFT),
    ("PPO-ptx over SFT", PTX, SFT),
    ("PPO-ptx over PPO", PTX, PPO),
):
    rate = mean_interval(100 * wins[:, i, j])
    print(f"{name:20}{show(rate, 1):>12} %, more than half: {verdict(rate, '>', 50)}")

# %% [markdown]
# All but one of these steps are in the order of Figure 1, and clearly. The exception is the last: here labelers prefer PPO to PPO-ptx, by a few points. In the paper it is the other way round, 66 % against 63 % in Figure 1, with bars that overlap widely. What the mix costs depends on $\gamma$, which is 0.3 here ([lab 5](5-alignment-tax.md) has other values).
#
# ### The qualities
#
# One fit for each seed and judge, with SFT at 0. **Elo** is the same in other units: $400 \log_{10}$ of the odds, about 174 points a nat.

# %%
import figures.lab_6

ELO = 400 / np.log(10)


def qualities(judge):
    """Bradley–Terry qualities of each seed, SFT at 0, shape (n_seeds, 5)."""
    fits = np.array([bradley_terry(table) for table in runs[judge][0]])
    return fits - fits[:, [SFT]]


fits = {name: qualities(field) for name, field in JUDGES.items()}
print("Elo, SFT at 0        labelers           gold  gold, decided")
for i in (BASE, PROMPTED, PPO, PTX):
    cells = [show(mean_interval(ELO * fit[:, i]), 0) for fit in fits.values()]
    print(f"{NAMES[i]:15}" + "".join(f"{cell:>15}" for cell in cells))

figures.lab_6.places(
    [name for name in NAMES if name != "SFT"],
    {
        name: [mean_interval(ELO * fit[:, i]) for i in (BASE, PROMPTED, PPO, PTX)]
        for name, fit in fits.items()
    },
    "Elo of four models against SFT at 0, by three judges. Base lies lowest,"
    " then prompted; PPO is highest and PPO-ptx a little below."
    " Labelers give the smallest distances,"
    " the gold labeler larger ones, and the largest where ties are left out.",
    ylabel="Elo, SFT at 0",
    level=0,
)

# %% [markdown]
# The order is the same for all three judges, the distances are not. For the gold labeler more than a third of the matches between PPO and SFT are ties: the two answers are equally good. Half a win each draws the rate toward 50 %. Leave ties out, and PPO is almost twice as far from SFT.
#
# Labelers stand near the gold labeler with half wins, because they never call a tie. Between equal answers they toss a coin, which comes to the same. So an Elo number says as much about how ties were counted as about the model, and two tables with different rules cannot be compared.
#
# ### Do the gaps add up?
#
# First along a chain, as in lesson 6: the gap of PPO over base, predicted from base, prompted, SFT, PPO, each against the next, and measured in the direct match.

# %%
print("PPO over base, win rate, %     by the chain       direct        error")
for name, field in JUDGES.items():
    table = runs[field][0]
    steps = ((BASE, PROMPTED), (PROMPTED, SFT), (SFT, PPO))
    gap = sum(quality_gap(table[:, better, worse]) for worse, better in steps)
    chain, direct = 100 * expected_win_rate(gap), 100 * table[:, PPO, BASE]
    error = paired_difference(chain, direct)
    cells = (mean_interval(chain), mean_interval(direct), error)
    print(f"{name:28}" + "".join(f"{show(cell, 1):>15}" for cell in cells))

# %% [markdown]
# By labelers the chain misses by 1.7 points, and by the gold labeler with half wins by as much: models far apart are further apart than their neighbors say. Without ties the error is small, but there the rates are so close to 100 % that points say little.
#
# Then all ten pairs at once: the measured rate minus the fitted one, in points. Some misfit is chance, so beside it stands what chance alone leaves: tables of 1,344 matches a pair, drawn from the fitted qualities and fitted again.

# %%
PAIRS = tuple(zip(*[(i, j) for i in range(5) for j in range(i)], strict=True))
rng = np.random.default_rng(0)


def fitted(qualities):
    """Win rates of all pairs, shape (n_seeds, 10)."""
    return expected_win_rate(qualities[:, PAIRS[0]] - qualities[:, PAIRS[1]])


def root_mean_square(misfit):
    return show(mean_interval(np.sqrt((misfit**2).mean(axis=1))), 1)


misfit = {
    name: 100 * (runs[field][0][:, PAIRS[0], PAIRS[1]] - fitted(fits[name]))
    for name, field in JUDGES.items()
}
print("misfit, points         labelers           gold  gold, decided")
for k, (i, j) in enumerate(zip(*PAIRS, strict=True)):
    cells = [show(mean_interval(table[:, k]), 1) for table in misfit.values()]
    print(f"{NAMES[i]:8} {NAMES[j]:9}" + "".join(f"{cell:>15}" for cell in cells))

cells = [root_mean_square(table) for table in misfit.values()]
print("root mean square  " + "".join(f"{cell:>15}" for cell in cells))

drawn = []
for q in fits["labelers"]:
    table = np.zeros((5, 5))
    for i, j in zip(*PAIRS, strict=True):
        table[i, j] = rng.binomial(1344, expected_win_rate(q[i] - q[j])) / 1344
        table[j, i] = 1 - table[i, j]
    again = bradley_terry(table)[None]
    drawn.append(100 * (table[PAIRS] - fitted(again)[0]))
print(f"by chance alone   {root_mean_square(np.array(drawn)):>15}")

# %% [markdown]
# In a single run the misfit cannot be told from chance: 0.9 points on average, where chance leaves 0.8. Ten runs together see more. Prompted over base is won less often than the fit says, by every judge, and the interval does not come near 0. A likely reason: both write off-task answers, and where both do, their match is a toss-up that pulls the rate toward half. Against SFT or PPO an off-task answer simply loses, and the prompted model has fewer of them. So it looks further from base through the eyes of a third model than face to face, and one number a model cannot hold both.
#
# ### Reliably better is not much better
#
# A gap says how reliably one model is preferred. Does it also say how much better its answers are? A labeler prefers an answer that is better by $d$ with the log-odds $d/0.5$, since 0.5 is the temperature of the noise. So one might expect $\Delta q$ to be the difference of the mean qualities divided by 0.5.

# %%
means = runs["quality"][0]
print("against SFT       Δq by labelers    mean quality / 0.5")
for i in (BASE, PROMPTED, PPO, PTX):
    gap = mean_interval(fits["labelers"][:, i])
    expected = mean_interval((means[:, i] - means[:, SFT]) / 0.5)
    print(f"{NAMES[i]:15}{show(gap):>17}{show(expected):>22}")

# %% [markdown]
# It is only half of that, at both ends of the table. Two models do not differ by the same $d$ on every prompt. On many prompts both are right or both wrong, and on some the weaker model is luckier. A win rate averages the probabilities over all of them, and an average of sigmoids is flatter than the sigmoid of an average.
#
# ## Verdict
#
# **The order holds**, for the labelers and for the gold labeler, with one exception: PPO-ptx is not preferred to PPO here, and the paper does not claim that it is. **That the gaps add up holds as an approximation.** Five qualities explain ten win rates to about a point, which a study of 1,344 comparisons a pair could not tell from chance. Over ten runs a systematic misfit is visible, about one to two points, largest between the base model and itself with a better prompt.
#
# What carries over: how ties are counted can move a gap by nearly as much as all of PPO does. A gap says how reliably one model is better and not by how much. And a good fit in one study does not show that quality is one number. What does not: our labelers all judge by nearly the same quality, up to noise. People who value different things are the likelier reason for gaps that fail to add up, as they do for FLAN and T0 in [lesson 6](../lessons/6-results-and-alignment-tax.md#do-the-gaps-add-up).
#
# ## Try it
#
# - In the cell with the circle, turn `circle` into `np.array([[0, 6, 4], [4, 0, 6], [6, 4, 0]])`. The fit does not change; the misfit shrinks.
# - In `measure`, add `(sft, faq)` to `entrants` and a sixth name to `MODELS`. Does SFT gain from the better prompt, or has it made up its mind?
# - Give the labelers a spread of 1.0, `measure(0, config=TinyConfig(labeler_spread=1.0))`, and fit again. [Lab 7](7-labelers.md) is about such people.
#
# **Next:** [Lab 7: labelers](7-labelers.md), those who trained the model and others.
