# %% [markdown]
# # 3. Pairs shuffled, or all pairs of a prompt in one batch
#
# !!! abstract "In this lab"
#
#     **The claim.** A reward model overfits in one pass over shuffled comparisons. With all comparisons of a prompt as one element of a batch it no longer does, and validation accuracy and loss are much better ([@ouyang2022], §3.5).
#
#     **You need** [lesson 3](../lessons/3-reward-modeling.md#one-prompt-one-batch-element) for the loss and the two arrangements, [lab 0](0-pipeline.md) for the world.
#
#     **Time** 15 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_3_pairs_in_one_batch.py`; its results are in `lab/results/claim_3_pairs_in_one_batch.jsonl`.
#
# ## The claim
#
# A ranking of $K$ responses gives $\binom{K}{2}$ comparisons. The paper reports three things about feeding them to the optimizer (§3.5).
#
# 1. Shuffled into one data set, a single pass over them overfits the reward model. The paper's reason: they are strongly correlated, and each response takes part in up to $K - 1$ separate gradient updates.
# 2. All comparisons of a prompt kept together, as one element of a batch, it no longer overfits, and validation accuracy and log loss are much better.
# 3. That is also cheaper: one forward pass a response, where pairs one by one need a pass for each response of each pair.
#
# The paper does not say how many updates either way made. [Exercise 3.4](../lessons/3-reward-modeling.md#in-code) found in a linear toy that the number and length of the steps is all there is to it. Here the model is a network that learns its features, the optimizer is Adam, and we can compare at equal updates, at equal epochs and at equal fit.
#
# ## Predict
#
# ??? question "400 prompts, K = 9, 72 comparisons an update: those of two prompts, or 72 from the pile. Which has the lower validation loss after one epoch, and which after four?"
#
#     Shuffled after one, by 0.01 nats; together after four, by 0.08. The same 200 updates an epoch take the model further when the pairs are shuffled. It fits the training data faster, is at its best before the end of the second epoch, and then overfits.
#
# ??? question "Stop each where it is best. What is left of the difference?"
#
#     About 0.01 nats in favor of the prompts kept together, with 72 comparisons an update. With 576 it is half of that.
#
# ## The experiment
#
# Nine responses to each of 400 prompts, ranked by noisy labelers. Five ways to train the same reward model on them:
#
# | element of a batch | elements an update | comparisons an update | updates an epoch |
# |---|--:|--:|--:|
# | a prompt | 16 | 576 | 25 |
# | a pair | 576 | 576 | 25 |
# | a prompt | 2 | 72 | 200 |
# | a pair | 72 | 72 | 200 |
# | a pair | 16 | 16 | 900 |
#
# The first two make equally many updates from equally many comparisons and differ in the arrangement alone, and so do the third and the fourth. The fifth has as many *elements* a batch as the first, which is what one gets who changes the data set and leaves the batch size as it was.
#
# Everything else is equal: first weights, data, Adam at a constant learning rate, no weight decay. The rate was tuned for each way on seeds 100 and 101, among 0.001, 0.003 and 0.01, for the lowest validation loss at the best epoch. For each way 0.003 was best, or less than 0.001 nats from the best. The models are looked at every 25 to 100 updates, since with shuffled pairs much happens within an epoch.
#
# A shuffled pair is a ranking of two, so that one loss serves all. The core of `train`, shortened:
#
# ```text title="in lab/claims/claim_3_pairs_in_one_batch.py"
# elements = shuffled_pairs(ranked) if arm.shuffled else ranked
# for epoch in range(epochs):
#     for batch in np.array_split(rng.permutation(len(elements)), n_batches):
#         optimizer.step(gradient(params, elements[batch]))
# ```
#
# First a small case: a model of half the size, 100 prompts, 72 comparisons an update either way.

# %%
import numpy as np

from lab.claims.claim_3_pairs_in_one_batch import Arm, train
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.reward_model import collect_comparisons
from rlhf_textbook.tiny.sft import fine_tune

quick = TinyConfig(n_hidden=64, pretraining_steps=300, n_ranked=9)
streams = random_streams(np.random.default_rng(0))
world = make_world(quick, streams["world"])
base = pretrain(quick, world.training_prompts, streams["pretraining"])
sft = fine_tune(base, world.demonstrations[:300], quick, streams["sft"])
groups = (world.training_prompts[:100], world.test_prompts)
ranked, unseen = (
    collect_comparisons(sft, prompts, world.labelers, quick, streams["comparisons"])
    for prompts in groups
)

print("validation loss after epoch 0.5   1.0   1.5   2.0   2.5   3.0   3.5   4.0")
for name, shuffled, batch in (("two prompts", False, 2), ("72 shuffled", True, 72)):
    arm = Arm(shuffled, batch, learning_rate=0.003, epochs=4, look_every=25)
    rng = np.random.default_rng(0)
    curve = train(sft, ranked.sequences, unseen.sequences, arm, rng)
    print(f"{name:25}" + "".join(f"{loss:6.3f}" for loss in curve["validation_loss"]))

# %% [markdown]
# Now in full.

# %%
from lab.claims.claim_3_pairs_in_one_batch import ARMS, N_PROMPTS, SEEDS, measure
from lab.statistics import mean_interval, paired_difference, show, verdict
from lab.sweep import sweep
from rlhf_textbook import n_pairs

runs = sweep(measure, seeds=SEEDS)
NAMES = ("16 prompts", "576 pairs", "2 prompts", "72 pairs", "16 pairs")
PROMPTS_16, PAIRS_576, PROMPTS_2, PAIRS_72, PAIRS_16 = range(5)
EPOCHS = [np.array(epochs) for epochs in runs.rows[0][0].result["epoch"]]


def values(field, arm):
    """One field of one way to train, shape (n_seeds, n_looks)."""
    return np.array([run.result[field][arm] for run in runs.rows[0]])


def at_epoch(field, arm, epoch):
    return values(field, arm)[:, np.isclose(EPOCHS[arm], epoch).argmax()]


def best(arm):
    """Index of the look with the lowest validation loss, on average over the seeds."""
    return values("validation_loss", arm).mean(axis=0).argmin()


print(f"{len(SEEDS)} seeds: validation loss, nats")
print("an update of    epoch 1      2      3      4      8     16")
for arm, name in enumerate(NAMES):
    seen = [epoch for epoch in (1, 2, 3, 4, 8, 16) if epoch <= EPOCHS[arm].max()]
    means = [at_epoch("validation_loss", arm, epoch).mean() for epoch in seen]
    print(f"{name:16}" + "".join(f"{mean:7.3f}" for mean in means))

print("\nat the epoch that is best")
print("an update of    epoch  validation loss    training loss   accuracy, %")
for arm, name in enumerate(NAMES):
    cells = []
    for field, unit, digits in (
        ("validation_loss", 1, 3),
        ("training_loss", 1, 3),
        ("accuracy", 100, 1),
    ):
        numbers = unit * values(field, arm)[:, best(arm)]
        cells.append(f"{show(mean_interval(numbers), digits):>{11 + 2 * digits}}")
    print(f"{name:14}{EPOCHS[arm][best(arm)]:7.1f}" + "".join(cells))

print(f"\nnoise leaves possible: {show(mean_interval(100 * runs['ceiling'][0]), 1)} %")

# %% [markdown]
# ## The result
#
# ### By epochs
#
# The bars in this figure and the next are those of each curve by itself. Within a seed the differences between the curves are surer, as the tables show.

# %%
import figures.lab_3

SHOWN = (PROMPTS_16, PAIRS_576, PROMPTS_2, PAIRS_72)


def path(arm, along):
    """Place along the x-axis, mean loss and half its interval, at eight looks."""
    step = along.size // 8
    looks = slice(step - 1, None, step)
    loss = values("validation_loss", arm)[:, looks]
    found = [mean_interval(column) for column in loss.T]
    half = [interval.high - interval.estimate for interval in found]
    return along[looks], loss.mean(axis=0), half


figures.lab_3.paths(
    {NAMES[arm]: path(arm, EPOCHS[arm]) for arm in SHOWN},
    "Validation loss by epoch, the latter on a logarithmic scale. 16 prompts and"
    " 576 pairs fall together to about 0.65; the pairs turn after epoch 5, the prompts"
    " after epoch 9. Two prompts fall lowest, to 0.64 at epoch 4, and turn. 72 pairs"
    " are lowest between epochs 1 and 2 and rise to 0.71 by epoch 4.",
    xlabel="epoch",
    ylabel="validation loss, nats",
    logx=True,
)

# %%
SIZES = {"576": (PAIRS_576, PROMPTS_16), "72": (PAIRS_72, PROMPTS_2)}

print("validation loss, shuffled minus together")
print("                   576 comparisons    72 comparisons")
for epoch in (1, 2, 3, 4, 8):
    cells = []
    for pairs, prompts in SIZES.values():
        if epoch <= EPOCHS[pairs].max():
            both = [at_epoch("validation_loss", arm, epoch) for arm in (pairs, prompts)]
            cells.append(show(paired_difference(*both), 3))
    print(f"after epoch {epoch}    " + "".join(f"{cell:>18}" for cell in cells))

loss = [at_epoch("validation_loss", PAIRS_16, epoch) for epoch in (3, 1)]
rise = paired_difference(*loss)
print(f"\n16 pairs, from epoch 1 to 3: {show(rise, 3)}, above 0: {verdict(rise, '>')}")

# %% [markdown]
# The paper's first observation is there. With 16 pairs an update, the model is at its best before the end of the first epoch, and with 72 before the end of the second. Two prompts an update go on improving to the fourth.
#
# The number of updates does not explain it. Within each of the two columns it is equal, and so is the number of comparisons in each. But 576 or 72 comparisons of *many* prompts say more than as many comparisons of 16 or 2, and their gradient is less noisy. From the same number of steps the shuffled pile learns more, and that is good at first and bad later, when what is left to learn is noise.
#
# ### At equal fit
#
# So compare where both have learned equally much: at equal *training* loss, interpolated between looks in each seed.

# %%
LEVELS = (0.60, 0.55, 0.50, 0.45)


def at_fit(arm, level):
    """Interpolate the validation loss where the training loss is at the level."""
    fits, losses = values("training_loss", arm), values("validation_loss", arm)
    both = zip(fits, losses, strict=True)
    return np.array([np.interp(-level, -fit, loss) for fit, loss in both])


print("validation loss, shuffled minus together, at equal training loss")
print("comparisons" + "".join(f"{level:16.2f}" for level in LEVELS))
for size, (pairs, prompts) in SIZES.items():
    gaps = [paired_difference(at_fit(pairs, f), at_fit(prompts, f)) for f in LEVELS]
    print(f"{size:11}" + "".join(f"{show(gap, 3):>16}" for gap in gaps))

print("\nshuffled minus together, each at its best epoch")
for size, arms in SIZES.items():
    loss, right = (
        paired_difference(*(values(field, arm)[:, best(arm)] for arm in arms))
        for field in ("validation_loss", "accuracy")
    )
    print(f"{size:>3} pairs: loss {show(loss, 3)}, above 0: {verdict(loss, '>')}")
    print(f"       accuracy {show(right, 3)}, below 0: {verdict(right, '<')}")

figures.lab_3.paths(
    {NAMES[arm]: path(arm, values("training_loss", arm).mean(axis=0)) for arm in SHOWN},
    "Validation loss against training loss, which falls to the right. Down to a"
    " training loss of 0.55 the four curves lie together. From there two prompts fall"
    " lower than the others, to 0.64. 16 prompts, 72 pairs and 576 pairs turn near"
    " 0.65, the last a little higher and earlier, and rise.",
    xlabel="training loss, nats (falls to the right)",
    ylabel="validation loss, nats",
    from_right=True,
)

# %% [markdown]
# Nearly all of the difference is gone. Down to a training loss of 0.55, it makes no difference beyond 0.003 nats how the pairs were arranged: the shuffled pile was ahead, on the same road. After that the roads part a little, and to the advantage of the prompts kept together. Each at its best epoch, 0.005 nats remain with 576 comparisons an update and 0.011 with 72, and in both cases a little over half a point of accuracy. The second pair of intervals all but touches 0.
#
# Why anything is left we do not know. Noisier gradients alone are not the reason, since those from 16 shuffled pairs are noisier than those from 72 and lead to the same lowest loss.
#
# ### What it costs
#
# Together, an epoch takes one pass a response, $K$ for each prompt. Shuffled, each pair needs both of its responses scored. (The paper counts one pass a pair, which is half of that.)

# %%
passes = {True: 2 * int(n_pairs(9)) * N_PROMPTS, False: 9 * N_PROMPTS}
print("forward passes     an epoch     to the best epoch")
for arm, name in enumerate(NAMES):
    one = passes[ARMS[arm].shuffled]
    print(f"{name:15}{one:12,}{one * EPOCHS[arm][best(arm)]:22,.0f}")

# %% [markdown]
# An epoch is eight times as expensive with shuffled pairs. What one pays to arrive at the best model differs less: about four times as much with 576 comparisons an update, about three times with 72. And 16 pairs an update are done before 16 prompts are. What costs most is not the shuffling but the big batch.
#
# ## Verdict
#
# In the order of the paper's three statements:
#
# 1. **That a shuffled pile overfits within one or two epochs holds**, unless the updates are large: with 16 or 72 comparisons an update it does, with 576 it takes five epochs.
# 2. **That prompts kept together do not overfit holds for as many epochs, and not for more:** they do after four or nine. **That validation becomes *much* better does not hold** once each way is stopped at its best. What remains is 0.005 to 0.01 nats and half a point of accuracy, no more than lies between 16 and 2 prompts an update.
# 3. **That it is cheaper holds** for each epoch, by a factor of eight at $K = 9$.
#
# The linear toy of exercise 3.4 had nothing left after tuning, this network has a little. Both say the same about the paper's observation: "overfits in one epoch" is first of all a statement about how much a model learns in an epoch. A shuffled pile learns more from it, by more updates or by better ones, and it must be stopped earlier or trained at a lower rate.
#
# What carries over: compare ways to train at equal fit, not at equal epochs, before saying that one of them overfits; and keep a ranking together, if only because it saves passes. What does not: the paper's reward model has 6 billion parameters and was trained on tens of thousands of prompts for one epoch. How much learning by heart there costs, and how much of it comes from the arrangement, a model with 30,000 parameters cannot say.
#
# ## Try it
#
# - In the small case, halve the rate of the shuffled way: `learning_rate=0.003 if not shuffled else 0.0015`. The two rows become the same, to 0.002 nats.
# - There, give both 400 prompts, `world.training_prompts[:400]`, with `look_every=100`. The lowest loss falls, and the shuffled way still reaches it first.
# - In [exercise 3.4](../lessons/3-reward-modeling.md#in-code) you write both arrangements yourself, for a linear reward model.
#
# **Next:** [Lab 4: over-optimization](4-over-optimization.md), about a policy that is trained against such a reward model for too long.
