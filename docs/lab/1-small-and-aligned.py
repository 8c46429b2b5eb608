# %% [markdown]
# # 1. Small and aligned against large and not
#
# !!! abstract "In this lab"
#
#     **The claim.** Labelers prefer the outputs of the 1.3B InstructGPT to those of the 175B GPT-3, a model more than a hundred times as large ([@ouyang2022], abstract and §1).
#
#     **You need** [lesson 1](../lessons/1-alignment-problem.md) for the problem, [lab 0](0-pipeline.md) for the world.
#
#     **Time** 10 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_1_small_aligned.py`; its results are in `lab/results/claim_1_small_aligned.jsonl`.
#
# ## The claim
#
# The two models of the paper have the same architecture and the same kind of pretraining. One was then fine-tuned on human data, the other is 135 times as large. The small one's outputs are preferred, also where GPT-3 is given a few-shot prompt that shows it how to follow instructions (§1). The text gives no percentage for this pair; [lesson 6](../lessons/6-results-and-alignment-tax.md#do-the-gaps-add-up) estimates about 78 % from Figure 1. At equal size, 175B against 175B, it gives 85 % against GPT-3 and 71 % against GPT-3 with the prompt.
#
# In the small, size is the number of hidden units. Nothing else differs but the learning rate of SFT, which is tuned for each.

# %%
import numpy as np

from lab.claims.claim_1_small_aligned import LARGE, SMALL
from rlhf_textbook.tiny.model import init_model, n_parameters

sizes = []
for name, config in (("small", SMALL), ("large", LARGE)):
    start = init_model(config.n_embedding, config.n_hidden, np.random.default_rng(0))
    sizes.append(n_parameters(start))
    print(f"{name}: {config.n_hidden:5,} hidden units, {sizes[-1]:8,} parameters")
print(f"ratio: {sizes[1] / sizes[0]:.1f}")

# %% [markdown]
# ## Predict
#
# ??? question "Neither is aligned: how often does the gold labeler prefer the small base model to the large one?"
#
#     In 46 % of the cases, close to a toss-up. The large model knows the internet better. But on the internet an instruction is mostly not obeyed, and to continue as the internet does is not what the labeler asks for.
#
# ??? question "The small model after SFT on 300 demonstrations, against the large base model?"
#
#     84 %. PPO-ptx adds three points. Against the large model with a better prompt it is 65 % and 71 %.
#
# ??? question "And against the large model after SFT on the same 300 demonstrations?"
#
#     Now the large one wins: the small one is preferred in 28 % of the cases after SFT and in 35 % after PPO-ptx.
#
# ## The experiment
#
# First a look at what they write. Two models of 32 and of 256 hidden units are pretrained for a quarter of the usual time, and the small one is fine-tuned.

# %%
from dataclasses import replace

from lab.statistics import minus
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.language import render
from rlhf_textbook.tiny.pipeline import make_world, random_streams
from rlhf_textbook.tiny.pretraining import pretrain
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import fine_tune

quick = replace(SMALL, pretraining_steps=300)
streams = random_streams(np.random.default_rng(0))
world = make_world(quick, streams["world"])
base = pretrain(quick, world.training_prompts, streams["pretraining"])
aligned = fine_tune(base, world.demonstrations[:300], quick, streams["sft"])
bigger = replace(quick, n_hidden=256)
large = pretrain(bigger, world.training_prompts, streams["pretraining"])

prompts = world.test_prompts[:5]
written = [sample(model, prompts, streams["evaluation"]) for model in (aligned, large)]
print("prompt                     small, aligned        large, not aligned")
for ours, theirs in zip(*written, strict=True):
    cells = [f"{render(x[6:]):14}{quality(x[None])[0]:5.1f}" for x in (ours, theirs)]
    print(minus(f"{render(ours[:6]):27}" + "   ".join(cells)))

# %% [markdown]
# The number behind a response is its quality to the gold labeler, 3 for a perfect one.
#
# Now in full. Each of ten runs pretrains the small and the large model on equally many pages, aligns the small one by SFT and PPO-ptx, and fine-tunes the large one as a control. *Prompted* means that the base model's prompts start with `<faq>`, where the internet obeys in seven cases of ten and not in two. Each model answers 336 unseen prompts four times; the gold labeler compares answers to the same prompt, and a tie counts half.
#
# The learning rates were chosen for each size on seeds 100 and 101, by the loss of the base models and by the quality after SFT. For pretraining 0.02 was best for both sizes, for SFT 0.03 for the small and 0.01 for the large model.
#
# ## The result
#
# Is the large one the better language model?

# %%
from lab.claims.claim_1_small_aligned import ENTRANTS, SEEDS, measure
from lab.statistics import mean_interval, paired_difference, show, verdict
from lab.sweep import sweep

runs = sweep(measure, seeds=SEEDS)
print(f"{len(SEEDS)} seeds, nats a token" + 9 * " " + "small", end="")
print(f"{'large':>18}{'small − large':>18}")
for name, what in (("instruction pages", "web"), ("skills", "skill")):
    both = [runs[f"{size}_{what}_loss"][0] for size in ("small", "large")]
    cells = [mean_interval(both[0]), mean_interval(both[1]), paired_difference(*both)]
    print(f"{name:18}" + "".join(f"{show(cell, 3):>18}" for cell in cells))

# %% [markdown]
# It is, on both kinds of pages. The instruction pages are fresh ones from the internet that both have learned from, and most of their loss is chance that nobody can predict. On the skills, where one continuation is right, the small model loses eight times as much.
#
# Which of them writes the better answers?

# %%
import figures.lab

wins = runs["wins"][0]
OURS, THEIRS = ENTRANTS[:4], ENTRANTS[4:]


def preferred(ours, theirs):
    """How often the first is preferred to the second, %, an interval over the seeds."""
    one, other = ENTRANTS.index(ours), ENTRANTS.index(theirs)
    return mean_interval(100 * wins[:, one, other])


print("preferred, %   " + "".join(f"{'to ' + name:>19}" for name in THEIRS))
for ours in OURS:
    cells = [show(preferred(ours, theirs), 1) for theirs in THEIRS]
    print(f"{ours:15}" + "".join(f"{cell:>19}" for cell in cells))

print("\n                   quality   exactly right, %")
for i, name in enumerate(ENTRANTS):
    gold, exact = runs["gold"][0][:, i], 100 * runs["exact"][0][:, i]
    right = show(mean_interval(exact), 1)
    print(f"{name:15}{show(mean_interval(gold)):>14}{right:>15}")

plot = figures.lab.dots(
    OURS,
    {
        f"preferred to {theirs}, %": [preferred(ours, theirs) for ours in OURS]
        for theirs in THEIRS
    },
    "How often four small models are preferred to each of three large ones. To the"
    " large base model: base 46, prompted 58, SFT 84, PPO-ptx 86 %. To the prompted"
    " one: 27, 36, 65, 71. To the large SFT model: 4, 8, 28, 35.",
)
for axes in plot.figure.axes:
    axes.set_xlim(0, 100)
plot

# %%
for theirs in THEIRS:
    rate = preferred("small PPO-ptx", theirs)
    print(f"small PPO-ptx over {theirs:15}{show(rate, 1):>12} %", end="")
    print(f", more than half: {verdict(rate, '>', 50)}")

# %% [markdown]
# ## Verdict
#
# **The claim holds in the small**, against the large base model and against the prompted one, and in each of the ten seeds by a wide margin. At a thirtieth of the size the small aligned model is preferred in 86 % and 71 % of the cases.
#
# It would be wrong to conclude that alignment makes up for size. Give the large model the same 300 demonstrations, and it wins clearly. Size hardly counts *before* alignment, 46 % between the base models, and counts a great deal after it, 28 % between the SFT models. The large model could do what was asked; it had not been asked in a way that it understands. In the paper the same contest, 1.3B PPO-ptx against 175B SFT, is about even: 53 %, with an interval that contains 50 ([lesson 6](../lessons/6-results-and-alignment-tax.md)).
#
# What carries over is the reason: a base model is as good as the internet at following instructions, and knowing the internet better does not change that. What does not are the numbers. How often the internet obeys we have set ourselves, to one page in five. And a *perfect* model of our internet would obey a prompt that starts with `<faq>` in seven cases of ten, which is more than the small model gets right after PPO-ptx. So against the prompted model the claim depends on how far the large one still is from perfect, and at some size it must turn.
#
# ## Try it
#
# - In the small case, give the large model the better prompt: `faq = prompts.copy()`, `faq[:, 0] = 1`, and sample from `large` with `faq`. Over all unseen prompts its quality rises from about −0.2 to 0.3, far below that of the small aligned model.
# - There, align the larger model too: `fine_tune(large, world.demonstrations[:300], replace(bigger, sft_lr=0.01), streams["sft"])`. Over all `world.test_prompts` its quality is about 1.6, that of `aligned` about 1.2.
# - With how few demonstrations does the small model still win? `fine_tune(base, world.demonstrations[:3], quick, streams["sft"])`. Even after three its quality over `world.test_prompts` is above that of `large`.
#
# **Next:** [Lab 2: SFT overfits](2-sft-overfits.md), about the step that did most of the work here.
