# %% [markdown]
# # 4. Over-optimization: proxy and gold
#
# !!! abstract "In this lab"
#
#     **The claim.** Follow a reward model far enough and what people think of the responses gets worse, while the score still rises. A KL penalty is there "to mitigate over-optimization of the reward model" ([@ouyang2022], §3.5).
#
#     **You need** [lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md) for the penalty, [lab 0](0-pipeline.md) for the world. [Part 5 of the project](../project/5-over-optimization.md) takes the same subject slowly, in another toy.
#
#     **Time** 25 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_4_overoptimization.py`; its results are in `lab/results/claim_4_overoptimization.jsonl`.
#
# ## The claim
#
# Section 3.5 of the paper adds the penalty for this purpose and gives no curve for it; appendix E.7 reports that human ratings were poor without a penalty. The curve was measured by [@gao2022], in InstructGPT's setting and with a large reward model in the role of the people. With $d = \sqrt{\mathrm{KL}}$ for the distance from the SFT model, the gold score gains
#
# $$
# \begin{aligned}
# R_{\text{best-of-}n}(d) &= d\,(\alpha - \beta_{\text{fit}}\, d) \\
# R_{\mathrm{RL}}(d) &= d\,(\alpha - \beta_{\text{fit}}\, \log d)
# \end{aligned}
# $$
#
# ($\beta_{\text{fit}}$ is a number fitted to the curve, not the coefficient $\beta$ of the penalty.) Four of their findings can be tested here:
#
# 1. the gold score rises, turns and falls, while the proxy, the reward model's score, goes on rising;
# 2. the two forms fit;
# 3. reward models that have seen more comparisons fall later or less;
# 4. the penalty lets the *proxy* rise higher at a given KL, but brings no measurable improvement of the gold score at that KL: its effect is like that of stopping early (§3.6, where they add that this could depend on hyperparameters).
#
# In the tiny world we know the gold labeler, so nobody has to play the people. The best quality is 3.
#
# ## Predict
#
# ??? question "With a reward model from 300 ranked prompts, which n is best for best-of-n: 16, 64 or 256?"
#
#     Of the three, 16. Quality is 1.94 there, 1.82 at 64 and 1.59 at 256, and the SFT model had 1.49 to begin with: three quarters of the gain are lost again, while the score rises all the way.
#
# ??? question "PPO without a penalty, or with β = 0.2, stopped at the same KL. Which has the better responses?"
#
#     By Gao et al., neither: a penalty would only stop earlier on the same curve. Here the penalized run is better, by 0.36 ± 0.09 with 300 prompts and by 0.80 ± 0.06 with 1,200. [What the penalty does](#the-result-what-the-penalty-does) shows on what the other run has spent its nats.
#
# ## The experiment
#
# Best-of-$n$ needs no training: draw a pool of responses from the SFT model, and ask of all subsets of $n$ what the one with the best score is worth. A quick version, with a small model and a reward model that has seen 300 ranked prompts:

# %%
import numpy as np

from lab.statistics import minus
from rlhf_textbook import best_of_n_kl, expected_best_of_n, fit_overoptimization
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import (
    collect_comparisons,
    reward,
    train_reward_model,
)
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

config = TinyConfig(n_hidden=64, pretraining_steps=400)
rngs = random_streams(np.random.default_rng(0))
world = make_world(config, rngs["world"])
base = pretrain(config, world.training_prompts, rngs["pretraining"])
sft = fine_tune(base, world.demonstrations[:300], config, rngs["sft"])
few = world.training_prompts[:300]
found = collect_comparisons(sft, few, world.labelers, config, rngs["comparisons"])
judge = train_reward_model(
    sft, found.sequences, world.demonstrations, config, rngs["reward model"]
)

pool = sample(sft, np.repeat(world.test_prompts[:40], 400, axis=0), rngs["evaluation"])
proxy, gold = (s.reshape(40, 400) for s in (reward(judge, pool)[0], quality(pool)))
for n in (1, 4, 16, 64):
    score = expected_best_of_n(proxy, proxy, n_samples=n).mean()
    worth = expected_best_of_n(proxy, gold, n_samples=n).mean()
    print(minus(f"best of {n:2}: score {score:5.2f}, quality {worth:.2f}"))

# %% [markdown]
# How far has best-of-$n$ moved? The usual answer, $\log n - (n-1)/n$, is an **upper bound**. It is exact if no response can be drawn twice. A policy that knows two responses only can never be more than $\log 2 = 0.69$ nats away from itself, however large $n$:

# %%
from lab.claims import claim_4_overoptimization as claim

two_responses = np.array([[0.0, 1.0] * 512])  # scores of a pool of 1,024
print("n       ", *(f"{n:6}" for n in claim.N_SAMPLES))
print("bound   ", *(f"{kl:6.2f}" for kl in best_of_n_kl(claim.N_SAMPLES)))
print("measured", *(f"{kl:6.2f}" for kl in claim.best_of_n_divergence(two_responses)))

# %% [markdown]
# Our responses have three symbols, so the same ones come up again and again. The claim therefore measures the divergence from the shares in the pool.
#
# A run of the claim trains one SFT model and three reward models, on 100, 300 and 1,200 of the same ranked prompts (fewer prompts also mean fewer steps, since each is seen ten times). It follows each by best-of-$n$, on 64 new prompts with 1,024 responses each, and by PPO, with the policy measured on 336 new prompts at twelve moments between the start and update 200. The settings are those of the pipeline. What to vary, and when to measure, was chosen on seeds 100 to 102, which are not among the ten below.

# %%
import figures.lab_4
from lab.statistics import mean_interval, paired_difference, show, verdict
from lab.sweep import sweep

runs = sweep(claim.measure, seeds=claim.SEEDS, settings=claim.SETTINGS)
result = {name: runs[name][0] for name in runs.fields}  # arrays (seeds, ...)
N, SIZES = claim.N_SAMPLES, claim.SIZES


def ppo(name, size, beta):
    """One measurement of a PPO run, shape (seeds, moments)."""
    return result[f"ppo_{name}"][:, claim.RUNS.index((size, beta))]


def over_seeds(values):
    """Mean and half width of the interval, at each point of a curve."""
    intervals = [mean_interval(point) for point in values.T]
    return [i.estimate for i in intervals], [i.high - i.estimate for i in intervals]


print("ranked prompts    comparisons    unseen comparisons predicted, %")
for i, size in enumerate(SIZES):
    accuracy = mean_interval(100 * result["rm_accuracy"][:, i])
    print(f"{size:14,} {15 * size:14,}    {show(accuracy, 1)}")

# %% [markdown]
# A coin would get 50 %, and the noise in the rankings sets a ceiling well below 100 % ([lab 0](0-pipeline.md) gives it).
#
# ## The result: best-of-n

# %%
kl, proxy, gold = (result[f"bon_{name}"] for name in ("kl", "proxy", "gold"))
print("           KL, nats          RM score       quality by choice of")
print("   n  bound  measured     300    1,200     300    1,200     gold")
for i, n in enumerate(N):
    means = [v[:, s, i].mean() for v in (proxy, gold) for s in (1, 2)]
    means = [kl[:, 2, i].mean(), *means, result["oracle_gold"][:, i].mean()]
    row = f"{n:4} {best_of_n_kl(n):6.2f}" + "".join(f"{value:9.2f}" for value in means)
    print(minus(row))

print("\nprompts    best n   quality there    from there to n = 256")
falls = {}
for i, size in enumerate(SIZES):
    best = gold[:, i].mean(axis=0).argmax()
    falls[size] = paired_difference(gold[:, i, -1], gold[:, i, best])
    there = show(mean_interval(gold[:, i, best]))
    print(f"{size:7,} {N[best]:9}   {there:16} {show(falls[size])}")

# %% [markdown]
# **Finding 1 holds.** Whichever reward model chooses, quality rises, turns and falls, while the score that does the choosing goes on rising. **So does finding 3.** With more comparisons the peak comes later, at $n = 32$ instead of 4, it is higher, and less is lost after it. The last column shows that the responses are not to blame. In the same pool there is a perfect one for nearly every prompt, and a judge who knows finds it.
#
# At $n = 256$ the bound says 4.55 nats, and the pool says 3.69. Whoever plots against the bound stretches the right end of the curve.
#
# Do the forms fit? Here are both, fitted to the mean over seeds; `residual` is the root mean square of what is left over, in units of quality, and `per seed` the same for fits to one seed at a time.

# %%
def fit_along(kl, gain, form):
    """Fit one of the forms; return it, its curve, and the root mean square residual."""
    kl = np.maximum(kl, 1e-9)  # an estimate from samples can come out below 0
    fit = fit_overoptimization(kl, gain, form=form)

    def curve(kl):
        d = np.sqrt(kl)
        return d * (fit.alpha - fit.beta * (d if form == "best_of_n" else np.log(d)))

    return fit, curve, np.sqrt(np.mean((curve(kl) - gain) ** 2))


def report(curves):
    """Fit both forms to the mean over seeds, and to each seed."""
    print("prompts  form           α   β fit    peak KL   residual   per seed")
    for size, (kl, gold) in curves.items():
        gain = gold - gold[:, :1]
        for form in ("best_of_n", "rl"):
            fit, _, off = fit_along(kl.mean(axis=0), gain.mean(axis=0), form)
            each = [fit_along(k, g, form)[2] for k, g in zip(kl, gain, strict=True)]
            row = minus(f"{size:7,}  {form:10}{fit.alpha:6.2f}{fit.beta:8.2f}")
            row += f"{fit.peak_kl:11.2f}{off:11.3f}"
            print(f"{row}   {show(mean_interval(each), 3)}")


best_of_n = {size: (kl[:, i], gold[:, i]) for i, size in enumerate(SIZES)}
report(best_of_n)


def gains(curves, form):
    """For the plot: measured gains of quality, and the curve fitted to their mean."""
    points, fitted = {}, {}
    for size, (kl, gold) in curves.items():
        name, kl = f"{size:,} prompts", kl.mean(axis=0)
        mean, half = over_seeds(gold - gold[:, :1])
        points[name] = (kl, mean, half)
        dense = np.linspace(0.001, np.sqrt(kl.max()), 100) ** 2
        fitted[name] = (dense, fit_along(kl, np.array(mean), form)[1](dense))
    return points, fitted


i = SIZES.index(1200)
d, gain = kl[:, i].mean(axis=0), (gold[:, i] - gold[:, i, :1]).mean(axis=0)
left = gain - fit_along(d, gain, "best_of_n")[1](d)
print("\n1,200 prompts, measured gain minus its form, n = 1, 2, 4, ... 256:")
print(minus(" ".join(f"{value:.2f}" for value in left)))

points, fitted = gains(best_of_n, "best_of_n")
figures.lab_4.along_divergence(
    points,
    "Gain of gold quality over the root of the KL, best-of-n, with the fitted forms."
    " All three rise, turn and fall. 100 prompts: peak 0.2 at 0.8, below 0 at 2."
    " 300: peak 0.45 at 1.1, 0.1 at the end. 1,200: peak 1.2 at 1.4, 0.95 at the end.",
    fitted=fitted,
    level=0,
    ylabel="gain of gold quality",
)

# %% [markdown]
# **Finding 2 holds for best-of-$n$, roughly.** The form for best-of-$n$ leaves 0.01 to 0.06 of gains that go up to 1.18, and fits better than the form for RL each time. What it leaves is no noise, though. It has a pattern, the same for all three: the form is too high at the two ends and too low in between. It is a good summary, and not the law of this world.
#
# ## The result: PPO without a penalty

# %%
without = {size: (ppo("kl", size, 0.0), ppo("gold", size, 0.0)) for size in SIZES}
print("prompts   update   KL, nats   RM score   quality")
for size in SIZES:
    for i in (0, 3, 6, 8, 11):
        row = [ppo(name, size, 0.0)[:, i].mean() for name in ("kl", "proxy", "gold")]
        cells = "{:11.2f}{:11.2f}{:10.2f}".format(*row)
        print(minus(f"{size:7,} {claim.UPDATES[i]:8}{cells}"))

ends = sorted(ppo("kl", 300, 0.0)[:, -1])
print("\n300 prompts, KL of each seed in the end:", *(f"{kl:.0f}" for kl in ends))
print()
report(without)
points, fitted = gains(without, "rl")
figures.lab_4.along_divergence(
    points,
    "Gain of gold quality over the root of the KL, PPO without a penalty, with fits."
    " 100 prompts: falls from the start to minus 1 at 3.6. 300: flat up to 1.5, then"
    " falls to minus 0.75 at 3.9. 1,200: rises to 0.74 at 2.2.",
    fitted=fitted,
    level=0,
    ylabel="gain of gold quality",
)

# %% [markdown]
# Here the picture is another one. With 100 prompts quality falls from the start, with 300 it stays for a while and then falls, with 1,200 it **rises through all 200 updates**. In the mean over seeds none of the three first rises and then falls, as best-of-$n$ does with each of the three reward models. The form for RL can describe a fall from the start (its peak then lies near 0), and with a negative $\beta_{\text{fit}}$ also a curve that has not turned. So it fits. But of the two forms neither is ahead with 300 and 1,200 prompts, and **finding 2 remains undecided for PPO**.
#
# Note the ends with 300 prompts. Seven runs stop within 9 nats, and three are more than 20 away. These three have found something else than the others; [lab 8](8-reward-hacking.md) looks at what it is. A mean over such runs is not a typical run, and the fit to it is no more than a line through the means.

# %%
def parting(size):
    """Gains of score and of quality, for best-of-n and for PPO without a penalty."""
    i = SIZES.index(size)
    curves = {
        "score, best-of-n": (kl[:, i], proxy[:, i]),
        "quality, best-of-n": (kl[:, i], gold[:, i]),
        "score, PPO": (ppo("kl", size, 0.0), ppo("proxy", size, 0.0)),
        "quality, PPO": (ppo("kl", size, 0.0), ppo("gold", size, 0.0)),
    }
    return {
        name: (kl.mean(axis=0), *over_seeds(value - value[:, :1]))
        for name, (kl, value) in curves.items()
    }


figures.lab_4.along_divergence(
    parting(300),
    "Gain of score and of quality over the root of the KL, 300 prompts. Both scores"
    " rise by 1.6, that of best-of-n within 1.9, that of PPO within 3.9. The quality of"
    " best-of-n rises to 0.45 and returns to 0.1; that of PPO falls to minus 0.75.",
    level=0,
    ylabel="gain over the SFT model",
)

# %% [markdown]
# PPO needs far more nats for the same score: 15 bring it where best-of-256 is after 3.7, as Gao et al. also found. They found too that at the same *score* both methods have about the same gold score. That is not so here. At a score of 1.07 best-of-256 has a quality of 1.59, PPO of 0.75. Best-of-$n$ is bound to responses that the SFT model writes, if rarely. PPO is not.
#
# ## The result: what the penalty does
#
# Each run with a penalty is compared with the run without one, of the same seed, at the moment when that was equally far away.

# %%
BETAS = (0.0, 0.05, 0.2, 1.0)


def at_same_kl(size, beta, name):
    """Read off the run without a penalty where it was as far away as this one ends."""
    ends = ppo("kl", size, beta)[:, -1]
    paths = zip(ends, ppo("kl", size, 0.0), ppo(name, size, 0.0), strict=True)
    farthest = np.maximum.accumulate
    return [np.interp(end, farthest(kl), value) for end, kl, value in paths]


print("                                  minus β = 0 at the same KL")
print("prompts     β     KL   quality      quality        score")
for size in (300, 1200):
    for beta in BETAS:
        end = {name: ppo(name, size, beta)[:, -1] for name in ("kl", "gold", "proxy")}
        row = f"{size:7,}{beta:6.2f}{end['kl'].mean():7.2f}{end['gold'].mean():10.2f}"
        if beta:
            less = [
                show(paired_difference(end[name], at_same_kl(size, beta, name)))
                for name in ("gold", "proxy")
            ]
            row += f"     {less[0]:15}{less[1]}"
        print(row)

# %%
def frontier(size):
    """Quality along the divergence, one curve a β."""
    return {
        f"β = {beta:g}": (
            ppo("kl", size, beta).mean(axis=0),
            *over_seeds(ppo("gold", size, beta)),
        )
        for beta in BETAS
    }


figures.lab_4.along_divergence(
    frontier(300),
    "Quality over the root of the KL with 300 prompts, a curve for each beta. Beta 0"
    " stays at 1.5 and then falls to 0.75 at 3.9. 0.05 stays near 1.5 and ends at 2.2."
    " 0.2 rises to 1.86 at 1.3. 1 rises steeply to 1.77 at 0.6.",
    ylabel="gold quality (300 prompts)",
)

# %%
figures.lab_4.along_divergence(
    frontier(1200),
    "Quality over the root of the KL with 1,200 prompts. All four rise, the steeper the"
    " larger beta: 1 to 2.13 at 0.7, 0.2 to 2.50 at 1.3, 0.05 to 2.38 at 1.9, 0 to 2.24"
    " at 2.2.",
    ylabel="gold quality (1,200 prompts)",
)

# %% [markdown]
# **Half of finding 4 holds.** With a penalty the *score* is higher at the same KL, as Gao et al. found. But so is the *quality*, in all six comparisons, and none of the intervals contains 0. In the small, a penalty does not stop earlier on the same curve. It makes another curve, to the left of and above the first.
#
# Could one train without a penalty and stop at the best moment? The last column below gives that run every advantage: in each seed its best checkpoint counts, chosen by the gold labeler, against the mere end of the other.

# %%
best = {size: ppo("gold", size, 0.0).max(axis=1) for size in (300, 1200)}
print("prompts     β   KL, nats   of it wording    quality at the end minus")
print("                           nats     share   best of the β = 0 run")
for size in (300, 1200):
    for beta in BETAS:
        ends = (ppo(name, size, beta)[:, -1] for name in ("kl", "wording_kl"))
        total, wording = (end.mean() for end in ends)
        row = f"{size:7,}{beta:6.2f}{total:11.2f}{wording:8.2f}{wording / total:10.0%}"
        over = paired_difference(ppo("gold", size, beta)[:, -1], best[size])
        print(f"{row}     {show(over)}")

# %% [markdown]
# With $\beta = 0.2$ the end of the run is better than any checkpoint of the run without a penalty, at both sizes. That is more than stopping early.
#
# The other columns tell a part of the reason. A token says which symbol is meant, and how it is written: `a` or `A`. The divergence splits exactly into these two. The gold labeler does not care how a symbol is written, so nats for wording buy no quality, and the run without a penalty spends 2.4 to 4.0 of them. The policy drifts to one way of writing, because small differences in score and the accidents of sampling push it and nothing pulls it back. A penalty pulls back wherever the score does not pay for the distance. With $\beta = 0.2$ less than a nat goes into wording, with $\beta = 1$ a tenth of one.
#
# It is not the whole reason. Take the wording away, and with 1,200 prompts the run without a penalty has still gone 2.6 nats for less quality than the other has after 1.0. The same may hold of any drift that changes neither score nor quality.
#
# **Too large a $\beta$ costs something too.** With the good reward model $\beta = 1$ ends below the best checkpoint of the run without a penalty, since it has moved less than half a nat.
#
# ## Verdict

# %%
def change(size, beta, since):
    """Quality at the end of a PPO run less that at another moment."""
    return paired_difference(ppo("gold", size, beta)[:, -1], since)


rows = []
for size in (300, 1200):
    start, end, best = (
        f(ppo("gold", size, 0.0))
        for f in (lambda g: g[:, 0], lambda g: g[:, -1], lambda g: g.max(axis=1))
    )
    rows += [
        (size, "best-of-n falls after its peak", falls[size], "<"),
        (size, "PPO with β = 0 ends below SFT", change(size, 0.0, start), "<"),
        (size, "β = 0.2 ends above β = 0", change(size, 0.2, end), ">"),
        (size, "... above its best checkpoint", change(size, 0.2, best), ">"),
    ]
print("prompts  statement                        difference     in the small")
for size, text, interval, direction in rows:
    print(f"{size:7,}  {text:33}{show(interval):15}{verdict(interval, direction)}")

# %% [markdown]
# **Over-optimization is real in the small, and a penalty mitigates it, as §3.5 says.** With each reward model, best-of-$n$ loses quality after its peak. PPO without a penalty ends below the SFT model if its reward model has seen 300 prompts, and does *not* if it has seen 1,200: then it rises more slowly than with a penalty, but it rises. So whether PPO "over-optimizes" is a question about the reward model first.
#
# **That a penalty works only like stopping early does not hold here.** What may be different: Gao et al. had long responses and a fine score, we have three symbols, two ways to write each of them, and large steps of learning. They expected their finding to depend on hyperparameters, and one pair of settings is no refutation. What carries over is the way to look. Ask at the same KL, against the best checkpoint, and ask what the nats were spent on.
#
# What this page cannot show: the numbers. KL in nats, $\beta$ and the place of the peak belong to this world. Ten seeds share one language and one gold labeler.
#
# ## Try it
#
# - **Slower steps.** If the drift comes from steps that are too large, a smaller learning rate should help the run without a penalty. Copy `measure`, set `replace(config, kl_coef=beta, ppo_lr=0.001)`, and see whether `wording_kl` and the distance between the curves shrink.
# - **A labeler with taste.** Give the last of `GOLD_WEIGHTS` in `rlhf_textbook/tiny/labelers.py` the value 0.5, so that capitals are worth something. Nats for wording then buy quality.
# - **More responses for each prompt.** `TinyConfig(n_ranked=9)` makes 36 comparisons of a ranking in place of 15. Does that move the peak of best-of-$n$ as much as more prompts do?
#
# The responses behind this page's curves are in [lab 8](8-reward-hacking.md), the theory is in [lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md).
#
# **Next:** [Lab 5: the alignment tax](5-alignment-tax.md), or what PPO costs elsewhere.
