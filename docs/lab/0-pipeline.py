# %% [markdown]
# # 0. The whole pipeline
#
# !!! abstract "In this lab"
#
#     **What you see.** Pretraining, supervised fine-tuning, reward model, PPO and PPO-ptx, all of section 3 of [@ouyang2022], on a language model so small that a run takes about fifteen seconds on one core.
#
#     **Time** 25 minutes to read. **Seeds** 20.
#
#     **Code** [`rlhf_textbook.tiny`](../reference/tiny.md), numpy alone. `python -m rlhf_textbook.tiny` runs it and prints a report.
#
# Labs 1 to 8 each test one claim of the paper on this pipeline. This one shows the world it lives in, what goes in and what comes out.
#
# ## A language of 27 words
#
# A prompt is an instruction and three symbols: `reverse a b c >`. The right response is the three symbols, transformed, and the end mark: `c b a .`. There are three instructions (`copy`, `reverse`, `sort`) and eight symbols, which makes 1,536 prompts. Of these, 1,200 are for learning, and every measurement uses the 336 others.
#
# Each symbol can be written in two ways, `a` or `A`, which mean the same. People who agree about an answer still word it differently, and so do our demonstrators.
#
# The internet of this world is half about something else. A page may count in equal steps, or swing between two symbols. The other half are pages with an instruction on them, and those mostly do **not** obey it: a `<web>` page does in one case of five, a `<faq>` page in seven of ten. Here are five pages of each half.

# %%
import numpy as np

from rlhf_textbook.tiny.language import (
    all_prompts,
    instruction_pages,
    render,
    skill_pages,
)

rng = np.random.default_rng(3)
for page in (*instruction_pages(5, all_prompts(), rng), *skill_pages(5, rng)):
    print(render(page))

# %% [markdown]
# This is lesson 1 in a nutshell. A model that predicts such pages well will, asked to reverse three symbols, mostly write something else, because that is what usually comes next.
#
# The two skills, `count` and `swing`, are this world's benchmarks. Nobody ever asks for them, so no demonstration and no comparison contains them. Whether a model keeps them through alignment is the question of the [alignment tax](../lessons/6-results-and-alignment-tax.md).
#
# ## People
#
# The *gold labeler* knows what is good: two points for the share of right symbols, one more if the answer is exactly right, less 0.3 for each symbol too many or too few, less 1 for each rude word. The perfect response has quality 3.

# %%
from lab.statistics import minus
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.language import WORDS

for text in ("c b a .", "C b A .", "a b c .", "c b .", "rude c b a .", "um um ."):
    tokens = [WORDS.index(word) for word in f"<web> reverse a b c > {text}".split()]
    sequence = np.array([tokens + [WORDS.index(".")] * (12 - len(tokens))])
    print(minus(f"{text:14}{quality(sequence)[0]:6.2f}"))

# %% [markdown]
# Symbols count by their place. A rude word in front moves all others by one, so the fifth response has no right symbol left, and one word too many.
#
# Labelers who are hired weigh these things a little differently from one another, may prefer one of the two ways of writing, and rank with noise. Sampling with noise from a labeler's own quality is the Plackett–Luce model of [lesson 3](../lessons/3-reward-modeling.md), extended from two responses to a ranking.
#
# ## The model
#
# One hidden layer of 128 units has read everything so far:
#
# $$
# \begin{aligned}
# h_t &= \tanh\Big(b_t + \sum_{k \le t} E[x_k]\, W_k\Big) \\
# \text{logits}_t &= h_t\, U + c
# \end{aligned}
# $$
#
# | symbol | meaning | shape |
# |---|---|---|
# | $E$ | embedding of each word | 27 × 16 |
# | $W_k$ | a matrix for each position | 12 × 16 × 128 |
# | $b_t$ | a bias for each position | 12 × 128 |
# | $U$, $c$ | head: one output a word | 128 × 27, 27 |
#
# It has no attention and needs none: a sequence has twelve positions at most, and each has its own matrix. With one output in place of 27 the same body is a reward model or a value function. The backward pass is written by hand, in about twenty lines, and checked against finite differences and against automatic differentiation.
#
# ## The stages
#
# | stage | here | in the paper |
# |---|---|---|
# | pretraining | 1,200 steps of 128 pages | GPT-3, 1.3B to 175B parameters (§3.5) |
# | SFT | 300 demonstrations, 16 epochs | about 13,000 prompts (Table 6), 16 epochs (§3.5) |
# | reward model | 1,200 prompts, 6 responses each, all 15 pairs in one batch element | about 33,000 prompts (Table 6), 4 to 9 responses (§3.5) |
# | PPO | 200 batches of 256 responses, each used once, $\beta = 0.2$ | 256,000 episodes in batches of 512 (App. C.4), $\beta = 0.02$ |
# | PPO-ptx | the same, and a pretraining batch with each minibatch, $\gamma = 0.3$ | $\gamma = 27.8$ (App. C.4) |
#
# The two coefficients are not comparable with the paper's. $\beta$ weighs nats against the units of a reward model, and ours has other units. $\gamma$ weighs one loss against another, and both losses are means over tokens here.
#
# A shorter run, with half of the training, takes a few seconds. Of the prompts that no stage has seen, here is the first of each instruction, before and after. The number in front is the quality of the response.

# %%
from rlhf_textbook.tiny import TinyConfig, run_pipeline
from rlhf_textbook.tiny.sampling import sample

short = TinyConfig(pretraining_steps=600, ppo_updates=100)
result = run_pipeline(short, np.random.default_rng(0))
unseen = result.world.test_prompts
prompts = unseen[np.unique(unseen[:, 1], return_index=True)[1]]
for name in ("base", "sft", "ppo_ptx"):
    written = sample(result.models[name], prompts, np.random.default_rng(1))
    for tokens, worth in zip(written, quality(written), strict=True):
        print(minus(f"{name:8}{worth:5.2f}  {render(tokens)}"))

# %% [markdown]
# ## Predict
#
# In the full run, each of four models answers the 336 unseen prompts: the base model, SFT, PPO, PPO-ptx. The base model enters a second time, *prompted*: its prompts start with `<faq>`, the kind of page on which instructions are obeyed. That is what a few-shot prompt does for GPT-3.
#
# ??? question "Which step gains the most quality? And which model is best at counting and swinging?"
#
#     SFT gains the most, about 1.7 points over the base model, with 300 demonstrations. PPO adds about one more. The best at the skills is the base model, which has only ever predicted the internet. SFT loses a little, PPO a lot, and PPO-ptx gets nearly all of it back.
#
# ## The result
#
# Twenty seeds, each with its own prompts, labelers, models and luck. The results of the sweep are stored with the book; if the code changes, they are computed anew.
#
# In the outputs of all labs the number behind ± is half the width of a 95 % interval over the seeds. The bars in the figures show the same intervals.

# %%
from lab.claims.claim_0_pipeline import SEEDS, measure
from lab.statistics import mean_interval, show
from lab.sweep import sweep

runs = sweep(measure, seeds=SEEDS)
MODELS = {"base": "base", "prompted": "prompted", "sft": "SFT"}
MODELS |= {"ppo": "PPO", "ppo_ptx": "PPO-ptx"}


def row(metric, digits, scale):
    """Mean over the seeds with its 95 % interval, for each model."""
    fields = [runs[f"{model}.{metric}"][0] * scale for model in MODELS]
    return [show(mean_interval(values), digits) for values in fields]


print(f"{len(SEEDS)} seeds " + "".join(f"{name:>15}" for name in MODELS.values()))
for label, metric, digits, scale in (
    ("quality", "gold", 2, 1),
    ("exact, %", "exact", 1, 100),
    ("rude, %", "rude", 1, 100),
    ("reward", "reward", 2, 1),
    ("KL, nats", "kl", 2, 1),
    ("win, %", "win_rate", 1, 100),
    ("skills", "benchmark_loss", 3, 1),
    ("web pages", "web_loss", 2, 1),
):
    print(f"{label:9}" + "".join(f"{cell:>15}" for cell in row(metric, digits, scale)))

# %% [markdown]
# | row | meaning |
# |---|---|
# | quality | mean quality to the gold labeler |
# | exact, rude | share of responses that are exactly right; that contain a rude word |
# | reward | mean score of the reward model, in which a demonstration has 0 |
# | KL | divergence from the SFT model, in nats a response |
# | win | share of prompts on which the gold labeler prefers it to SFT; ties count half |
# | skills | loss on `count` and `swing` pages, nats a token; 0 is perfect |
# | web pages | loss on the internet's instruction pages, nats a token |

# %%
import figures.lab

gold = [mean_interval(runs[f"{model}.gold"][0]) for model in MODELS]
skills = [mean_interval(runs[f"{model}.benchmark_loss"][0]) for model in MODELS]
figures.lab.dots(
    list(MODELS.values()),
    {"quality (3 is perfect)": gold, "loss on the skills, nats": skills},
    "Two panels with a row for each model."
    " Quality rises from the base model through prompted, SFT and PPO-ptx to PPO."
    " The loss on the skills is near 0 for the base model and prompted, small for SFT,"
    " large for PPO, and small again for PPO-ptx.",
)

# %% [markdown]
# ## What to take from it
#
# Everything that the paper's story needs is there, and nobody put it there by hand: no stage is told about rudeness, about the tax or about what the others do.
#
# - **The problem.** The base model is a good model of its internet and a bad assistant. Prompting helps it, and falls short of 300 demonstrations.
# - **SFT** stops rudeness and answers about a third of the prompts exactly.
# - **PPO** more than doubles that, from comparisons of the SFT model's own imperfect answers. No new demonstration was needed.
# - **The tax** is plain in the row *skills*. Adding the pretraining gradient, PPO-ptx, brings most of the skills back for a small part of the quality.
#
# How well does the reward model know people?

# %%
for name in ("training", "validation", "ceiling", "held_out", "held_out_ceiling"):
    share = mean_interval(runs[f"reward_model.{name}"][0] * 100)
    print(f"{name:17}{show(share, 1):>12} %")

# %% [markdown]
# On unseen prompts it orders about five pairs of seven as the labeler did (two equal responses count as half a pair), and as many when the labelers are people whose rankings it has never seen ([lab 7](7-labelers.md)). A *ceiling* is what the labelers' own qualities would reach: the rest is their noise. On the pairs that it was trained on, the reward model stands above that ceiling, so it has learned some of the noise. The paper's reward models stand at 72.4 ± 0.4 % for their own labelers and 69.6 ± 0.9 % for held-out ones (§4.1).
#
# ## Where this world is unlike the paper's
#
# - PPO starts from the SFT model. The paper's starts from a model tuned for two epochs with 10 % of pretraining data mixed in (App. C.3).
# - Its reward model has 6B parameters for policies of all sizes. Here both have the same body.
# - The paper keeps an average of the weights over time for its final model. Here the last weights are used.
# - Here an answer is right or wrong, and little of what people ask is like that. Claims about taste, culture or truth cannot be tested in this world.
#
# ## Same seed, same numbers
#
# A run uses `float64` throughout and Adam with $\varepsilon = 10^{-3}$ in place of the usual $10^{-8}$. The usual value divides a gradient that is zero but for rounding by itself and takes a full step in a random direction; within a hundred updates of PPO, two machines that round differently write different responses. With the larger value, rounding errors stay what they are, the models learn as well, and a seed gives the same numbers on every supported Python and numpy, to better than one part in a million. Seed 0 differs by less than one part in $10^{11}$ between Python 3.10 with numpy 1.24 and Python 3.13 with numpy 2.5, with and without the wide vector instructions of newer processors.
#
# ## Time and memory
#
# The fifteen seconds are a round number, with room for slower machines. Each stage is timed with the [benchmarks](../benchmarks/index.md#the-tiny-pipeline), which say on which machine, and put the same training steps in torch beside ours. `python -m benchmarks.tiny_pipeline` measures them anew.
#
# A run takes about 110 MB, of which Python and numpy are 40. The arrays are so small that what a library does around each operation counts as much as the operation.
#
# ## Try it
#
# - `python -m rlhf_textbook.tiny --kl-coef 0` takes the leash off PPO. Watch `reward` rise and `quality` fall ([lab 4](4-over-optimization.md)).
# - `--n-demonstrations 30`: how much of PPO's gain survives a poor start?
# - `--labeler-temperature 2` makes the labelers nearly random. What happens to the ceiling, and what to PPO?
# - `--ptx-coef 3`: does more of the pretraining mix cost quality ([lab 5](5-alignment-tax.md))?
#
# **Next:** [Lab 1: a small aligned model](1-small-and-aligned.md), against a large one that is not.
