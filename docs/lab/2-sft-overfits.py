# %% [markdown]
# # 2. SFT overfits on paper, and its answers get better
#
# !!! abstract "In this lab"
#
#     **The claim.** Fine-tuned for 16 epochs, an SFT model overfits in validation loss after the first. The reward model's score and people's ratings go on rising ([@ouyang2022], §3.5).
#
#     **You need** [lesson 2](../lessons/2-supervised-fine-tuning.md#worse-on-paper-better-for-people) for the recipe, [lab 0](0-pipeline.md) for the world.
#
#     **Time** 12 minutes to read. **Seeds** 20.
#
#     **Code** `lab/claims/claim_2_sft_overfits.py`; its results are in `lab/results/claim_2_sft_overfits.jsonl`.
#
# ## The claim
#
# The paper makes three statements about its SFT models.
#
# 1. The validation loss is at its best after one epoch and rises from there (§3.5).
# 2. More epochs help nevertheless, both in the reward model's score and in human preference (§3.5).
# 3. The final model was therefore chosen by the reward model's score, which predicted human preference better than validation loss did (§3.5, App. C.1).
#
# It gives no reason. [Lesson 2](../lessons/2-supervised-fine-tuning.md#worse-on-paper-better-for-people) offers a likely one: the loss asks for the very words that one labeler wrote, people ask whether the answer is good. The tiny language can test that, because every symbol in it can be written in two ways that mean the same.

# %%
import numpy as np

from rlhf_textbook.tiny.language import all_prompts, demonstrations, render

rng = np.random.default_rng(3)
prompt = all_prompts()[[600]]
for _ in range(3):
    print(render(demonstrations(prompt, rng)[0]))

# %% [markdown]
# All three are perfect demonstrations of one prompt. A labeler writes one of them; which, is decided by three tosses of a coin. No model can foresee these, so that of four tokens (three symbols and the end mark) three must cost at least $\log 2$ nats each on average.
#
# ## Predict
#
# ??? question "When the validation loss rises, what has the model become worse at: the right answer, the labeler's wording, or both?"
#
#     At the wording alone. Taken apart into what the right answer costs in *either* wording and what the choice of wording costs on top, the first part falls to the end or nearly so, and the second rises.
#
# ??? question "Let all labelers write in small letters only. From which epoch on does the validation loss rise?"
#
#     From none. It falls in all 16 epochs, and so does the loss on training data, far below it. A large gap between the two is not yet overfitting.
#
# ??? question "Choose among three learning rates and 16 epochs, once by validation loss and once by the reward model's score. By how much do the chosen models differ in quality, on a scale where 3 is perfect?"
#
#     By about a third of a point, 1.5 against 1.8.
#
# ## The experiment
#
# One small case first: a model of half the usual size, pretrained for a quarter of the usual time, and fine-tuned on 300 demonstrations. `after_epoch` looks at the model while it learns.

# %%
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune, sft_loss

quick = TinyConfig(n_hidden=64, pretraining_steps=300, sft_lr=0.03)
streams = random_streams(np.random.default_rng(0))
world = make_world(quick, streams["world"])
base = pretrain(quick, world.training_prompts, streams["pretraining"])
shown = world.demonstrations[:300]
unseen = demonstrations(world.test_prompts, rng)


def look(epoch, params):
    if epoch in (0, 1, 3, 5, 7, 11, 15):
        losses = [sft_loss(params, data)[0] for data in (shown, unseen)]
        answers = sample(params, np.repeat(world.test_prompts, 4, axis=0), rng)
        print(f"{epoch + 1:5}{losses[0]:17.2f}{losses[1]:18.2f}", end="")
        print(f"{quality(answers).mean():10.2f}")


print("epoch    training loss   validation loss   quality")
sft = fine_tune(base, shown, quick, streams["sft"], after_epoch=look)

# %% [markdown]
# The validation loss is lowest in the middle, the training loss and the quality go on. Now the model of the usual size, in six ways:
#
# - with 100, 300 and 1,200 demonstrations at a learning rate of 0.01;
# - with 300 at rates of 0.003 (the course's default) and 0.03;
# - with 300 at 0.01, all in small letters, the unseen ones too.
#
# Each is trained for 16 epochs, as in the paper, along a cosine. The validation set is the 336 prompts that no stage has seen, with four demonstrations of each. The judge is the seed's own reward model, trained once on comparisons of the default SFT model's responses. The three rates are a range around the default; seeds 100 to 102 were used to see that they span it, and none of them is among the twenty.

# %%
from lab.claims.claim_2_sft_overfits import ARMS, EPOCHS, SEEDS, measure
from lab.statistics import mean_interval, paired_difference, show, verdict
from lab.sweep import sweep

runs = sweep(measure, seeds=SEEDS)
NAMES = [
    f"{arm.n_demonstrations:4}, rate {arm.learning_rate:g}"
    + (", one wording" if arm.wordings == 1 else "")
    for arm in ARMS
]


def values(field, arm):
    """One field of one way to train, shape (n_seeds, n_epochs)."""
    return runs[field][0][:, arm]


print(f"{len(SEEDS)} seeds                    validation loss, nats        rise by")
print("demonstrations               epoch 1  lowest (epoch)      epoch 16")
for arm, name in enumerate(NAMES):
    loss = values("validation_loss", arm)
    low = int(loss.mean(axis=0).argmin())
    rise = show(paired_difference(loss[:, -1], loss[:, low]), 3)
    first, lowest = loss[:, [0, low]].mean(axis=0)
    rise = rise if EPOCHS[low] < 16 else "none"
    print(f"{name:28}{first:8.3f}{lowest:8.3f}{EPOCHS[low]:8}{rise:>15}")

# %% [markdown]
# ## The result
#
# ### The loss turns, the quality does not

# %%
import figures.lab

SHOWN = [1, 2, 3, 5]  # the four ways with 300 demonstrations


def curve(numbers):
    """Mean over the seeds at each epoch, and half the width of its interval."""
    found = [mean_interval(column) for column in numbers.T]
    return [i.estimate for i in found], [i.high - i.estimate for i in found]


def above_lowest(arm):
    loss = values("validation_loss", arm)
    return curve(loss - loss[:, [loss.mean(axis=0).argmin()]])


plot = figures.lab.curves(
    EPOCHS,
    {NAMES[arm].strip(): above_lowest(arm) for arm in SHOWN},
    "Validation loss above its lowest point, by epoch, four curves. At rate 0.003"
    " and with one wording it falls to the last epoch. At 0.01 it is lowest at epoch 5"
    " and ends 0.03 above that. At 0.03 it is lowest at epoch 5 and ends 0.1 above.",
    xlabel="epoch",
    ylabel="validation loss above its lowest, nats (up to 0.15)",
)
plot.figure.axes[0].set_ylim(-0.01, 0.15)
plot

# %%
figures.lab.curves(
    EPOCHS,
    {NAMES[arm].strip(): curve(values("gold", arm)) for arm in SHOWN},
    "Quality by epoch, the same four ways. All curves rise to the end or nearly so,"
    " fast at first. Rate 0.03 ends highest of the three with two wordings, then"
    " 0.01, then 0.003. With one wording the curve lies above them.",
    xlabel="epoch",
    ylabel="quality to the gold labeler",
)

# %%
print("from the lowest validation loss to epoch 16, change of")
print("demonstrations                loss          score        quality")
for arm, name in enumerate(NAMES):
    low = int(values("validation_loss", arm).mean(axis=0).argmin())
    if EPOCHS[low] < 16:
        fields = [values(name, arm) for name in ("validation_loss", "score", "gold")]
        rises = [paired_difference(field[:, -1], field[:, low]) for field in fields]
        print(f"{name:19}" + "".join(f"{show(rise):>15}" for rise in rises))
        verdicts = "".join(f"{verdict(rise, '>'):>15}" for rise in rises)
        print("   above 0?        " + verdicts)

# %% [markdown]
# Wherever the validation loss turns, the reward model's score and the gold quality go on rising, in all four cases with intervals far above 0. How hard one trains decides whether it turns. At the default rate it falls to the last epoch, three times that rate makes it turn after about five, and ten times makes it rise by a tenth of a nat. In the paper it turns after the *first* epoch, here it does not; a large pretrained model needs fewer steps to take in a data set.
#
# ### What the model becomes worse at
#
# The loss of a token can be split. With $m$ for the meaning of the labeler's symbol $w$,
#
# $$
# -\log p(w) = -\log p(m) - \log p(w \mid m)
# $$
#
# where $p(m)$ is the probability of both ways to write it together. The first part is the loss of meaning, the second that of wording.

# %%
ARM = NAMES.index(" 300, rate 0.01")
loss, meaning = values("validation_loss", ARM), values("meaning_loss", ARM)
parts = {"meaning": meaning, "wording": loss - meaning}
low = int(loss.mean(axis=0).argmin())
for name, part in parts.items():
    change = paired_difference(part[:, -1], part[:, low])
    print(f"{name} loss from epoch {EPOCHS[low]} to 16: {show(change, 3)}")
print(f"the least that wording can cost: {0.75 * np.log(2):.3f}")
seen = mean_interval(values("training_loss", ARM)[:, -1])
print(f"all loss on training data, epoch 16: {show(seen, 3)}")

changes = {
    name: curve(part - part[:, [0]]) for name, part in {"both": loss, **parts}.items()
}
figures.lab.curves(
    EPOCHS,
    changes,
    "Change since epoch 1 of the validation loss and its two parts. Meaning falls"
    " throughout, by 0.19 at the end. Wording rises throughout, by 0.1 at the end."
    " Their sum falls by 0.12 until epoch 5 and then rises a little.",
    xlabel="epoch",
    ylabel="change since epoch 1, nats a token",
    level=0,
)

# %% [markdown]
# The model becomes better at the answer to the end. What it pays for is certainty about coin tosses. Its loss on training data is below what wording alone must cost a model that does not know how the coins fell: it has learned the outcomes by heart. On other prompts that knowledge is worth nothing, and it guesses with the same confidence. Take the coin away, and the same model on the same prompts does not overfit in 16 epochs. So in this world lesson 2's explanation is right.
#
# ### What to choose by
#
# Statement 3 is about a decision. For each seed, take all models with 300 demonstrations in two wordings, three rates at eleven epochs each, and choose one.

# %%
ways = [1, 2, 3]
table = {
    field: runs[field][0][:, ways].reshape(len(SEEDS), -1)
    for field in ("validation_loss", "score", "gold")
}
seeds = np.arange(len(SEEDS))
gold = table["gold"]
quality_by = {
    "lowest validation loss": gold[seeds, table["validation_loss"].argmin(axis=1)],
    "highest score": gold[seeds, table["score"].argmax(axis=1)],
    "highest quality": gold.max(axis=1),
}
print("chosen by                  quality")
for name, found in quality_by.items():
    print(f"{name:24}{show(mean_interval(found)):>14}")
by_loss, by_score, _ = quality_by.values()
gain = paired_difference(by_score, by_loss)
print(f"\nscore rather than loss: {show(gain)}, above 0: {verdict(gain, '>')}")


def agreement(field):
    """Rank correlation with quality over the 33 models of each seed."""
    both = (table[field], gold)
    ranks = (numbers.argsort(axis=1).argsort(axis=1) for numbers in both)
    pairs = zip(*ranks, strict=True)
    return mean_interval([np.corrcoef(a, b)[0, 1] for a, b in pairs])


print("\nrank correlation with quality")
print(f"reward model's score   {show(agreement('score'))}")
print(f"validation loss        {show(agreement('validation_loss'))}")

# %% [markdown]
# The score orders the 33 models nearly as quality does. Validation loss is no help. It should go *down* where quality goes up, and its correlation with quality is above 0: the models at the lowest rate have the lowest loss and the poorest answers. Choosing by loss costs a third of a point. Choosing by the score costs nearly nothing.
#
# ## Verdict
#
# **The claim holds in the small**, in all three statements. Trained hard enough, the SFT model overfits in validation loss, by 0.02 to 0.1 nats from the lowest point to the last epoch, while score and quality rise. The score is by far the better guide. One detail differs: the turn comes after five to eight epochs and not after one, and at a gentle learning rate it does not come within 16.
#
# What carries over: a loss on reference texts also counts what does not matter, and where answers can be worded in many ways that part can hide the rest. Whether it explains the *paper's* finding is open. Real demonstrations differ in content as well as in wording, and a large model can also forget. What does not carry over is how good a guide the score is. These models are all close to the one whose responses the reward model was trained on; far from it, a score misleads, as [lab 4](4-over-optimization.md) shows.
#
# ## Try it
#
# - In the small case, set `sft_lr=0.003`. The two losses fall together, and the quality is lower.
# - There, write all in small letters: `from lab.claims.claim_2_sft_overfits import in_small_letters`, then `shown = in_small_letters(shown)` and the same for `unseen`. The validation loss no longer turns.
# - Give each prompt more than one demonstration: `shown = demonstrations(np.repeat(world.training_prompts[:100], 3, axis=0), rng)`. Now the model sees that the wording varies. Compare with 300 prompts that have one each: does it help to pay for several answers to the same prompt?
#
# **Next:** [Lab 3: all pairs in one batch](3-pairs-in-one-batch.md), about the reward model's training.
