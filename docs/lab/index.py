# %% [markdown]
# # The lab
#
# Here the whole of RLHF runs: pretraining, supervised fine-tuning, a reward model from noisy rankings, PPO with a KL penalty, PPO with the pretraining mix. The language has 27 words and the model 30,000 parameters, so a run takes about fifteen seconds on one core, and a claim of the paper can be put to the test over many seeds.
#
# Each page states a claim, asks you to predict, measures it, and says plainly whether it holds in the small. Some claims do not, and those pages are the ones to learn most from.
#
# | page | what is asked |
# |---|---|
# | [0. The whole pipeline](0-pipeline.md) | what does each stage do to a model? |
# | [1. A small aligned model](1-small-and-aligned.md) | is it preferred to a much larger one that is not aligned? |
# | [2. SFT overfits](2-sft-overfits.md) | in loss, while its answers get better? |
# | [3. All pairs in one batch](3-pairs-in-one-batch.md) | does shuffling the pairs make a reward model overfit? |
# | [4. Over-optimization](4-over-optimization.md) | when does a better score mean a worse answer, and what does $\beta$ do? |
# | [5. The alignment tax](5-alignment-tax.md) | what pays it back: $\gamma$, or a larger $\beta$? |
# | [6. Win rates](6-win-rates.md) | is quality one number? |
# | [7. Labelers](7-labelers.md) | does the model please people who did not train it, and what does noise do? |
# | [8. Reward hacking](8-reward-hacking.md) | what does a hacked reward look like, and what ends it? |
# | [9. KL estimators](9-kl-estimators.md) | which of the three is the best? |
#
# [Running a sweep](scale-out.md) shows how to do all this on many cores or a cluster; [From numpy to TRL](from-numpy-to-trl.md) maps each of our functions to the code that trains large models, and checks the two against each other.
#
# ## All verdicts at a glance
#
# One or two statements from each page, computed from the stored runs: the effect with its 95 % interval over the seeds, paired where two things are compared on the same seed. *Holds* means that the whole interval lies on the side that the statement says, *undecided* that it reaches both sides. Not every statement is the paper's. A page says which are, and which were added to find out why.

# %%
import numpy as np
from IPython.display import Markdown

from lab.statistics import mean_interval, paired_difference, show, verdict
from lab.sweep import find_claims, sweep

CLAIMS = {int(claim.__name__.split("_")[1]): claim for claim in find_claims()}
RUNS = {
    n: sweep(claim.measure, seeds=claim.SEEDS, settings=claim.SETTINGS)
    for n, claim in CLAIMS.items()
}


def of(n, field, *place):
    """One field of claim n, an array over the seeds."""
    return RUNS[n][field][(0, slice(None), *place)]


names = CLAIMS[1].ENTRANTS
small, large = names.index("small PPO-ptx"), names.index("large base")
arm = 3  # of claim 2: 300 demonstrations, the highest learning rate
lowest = of(2, "validation_loss", arm).mean(axis=0).argmin()
few = CLAIMS[4].RUNS.index((300, 0.0))
many = CLAIMS[4].RUNS.index((1200, 0.0))
usual = CLAIMS[5].GAMMAS.index(0.3)
order = CLAIMS[6].MODELS.index
policy = CLAIMS[8].POLICIES.index


def since(field, start):
    return paired_difference(of(2, field, arm, -1), of(2, field, arm, start))


def rise(curves):
    """From the lowest point of a curve to its end."""
    low = np.mean(curves, axis=0).argmin()
    return paired_difference(curves[:, -1], curves[:, low])


pairs_16 = np.array([run.result["validation_loss"][4] for run in RUNS[3].rows[0]])
prompts_16 = np.array([run.result["validation_loss"][0] for run in RUNS[3].rows[0]])

rows = [
    (0, "PPO improves the quality over SFT",
     paired_difference(of(0, "ppo.gold"), of(0, "sft.gold")), ">", 0),
    (0, "PPO-ptx does, too",
     paired_difference(of(0, "ppo_ptx.gold"), of(0, "sft.gold")), ">", 0),
    (1, "small PPO-ptx preferred to the large base model, share",
     mean_interval(of(1, "wins", small, large)), ">", 0.5),
    (2, "SFT's validation loss rises after its lowest point",
     since("validation_loss", lowest), ">", 0),
    (2, "the quality rises meanwhile", since("gold", lowest), ">", 0),
    (3, "validation loss rises: 16 pairs an update, shuffled", rise(pairs_16), ">", 0),
    (3, "and with 16 prompts an update", rise(prompts_16), ">", 0),
    (4, "PPO without penalty, 300 prompts: quality ends below SFT's",
     paired_difference(of(4, "ppo_gold", few, -1), of(4, "ppo_gold", few, 0)), "<", 0),
    (4, "and with 1,200 prompts",
     paired_difference(of(4, "ppo_gold", many, -1), of(4, "ppo_gold", many, 0)), "<", 0),
    (5, "PPO loses skills, nats",
     paired_difference(
         of(5, "gamma_benchmark_loss", 0), of(5, "base_benchmark_loss")), ">", 0),
    (5, "γ = 0.3 leaves less of the loss than β = 20",
     paired_difference(
         of(5, "gamma_benchmark_loss", usual),
         of(5, "beta_benchmark_loss", -1)), "<", 0),
    (6, "labelers prefer PPO to SFT, share",
     mean_interval(of(6, "labelers", order("ppo"), order("sft"))), ">", 0.5),
    (6, "and PPO-ptx to PPO, share",
     mean_interval(of(6, "labelers", order("ppo_ptx"), order("ppo"))), ">", 0.5),
    (7, "held-out labelers prefer PPO less often than its trainers",
     paired_difference(
         of(7, "win_rate_held_out", 0), of(7, "win_rate_training", 0)), "<", 0),
    (7, "a reward model predicts them less well, spread 1",
     paired_difference(
         of(7, "accuracy_fifth", -1), of(7, "accuracy_own", -1)), "<", 0),
    (8, "a hacked reward makes answers worse than SFT's",
     paired_difference(
         of(8, "gold", policy("few")), of(8, "gold", policy("SFT"))), "<", 0),
    (8, "comparing the policy's own answers helps",
     paired_difference(
         of(8, "gold", policy("few + own")), of(8, "gold", policy("few"))), ">", 0),
]
lines = ["| lab | statement | effect | seeds | in the small |", "|---|---|--:|--:|---|"]
for n, text, interval, side, bound in rows:
    result = verdict(interval, side, bound)
    lines.append(f"| {n} | {text} | {show(interval, 3)} | {interval.n} | {result} |")
Markdown("\n".join(lines))

# %% [markdown]
# Read such a table with the caution that it asks of you. Fifteen seconds of training and 27 words show *mechanisms*. A loss on text also counts what does not matter. A policy finds what its reward model has not seen. A penalty on some inputs says nothing about others. They do not show sizes. Each page ends with what carries over to large models and what does not.
