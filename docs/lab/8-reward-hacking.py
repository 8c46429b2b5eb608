# %% [markdown]
# # 8. Reward hacking, seen
#
# !!! abstract "In this lab"
#
#     **The claim.** A policy that follows its reward model without a brake finds what the model likes and people don't. A KL penalty mitigates it ([@ouyang2022], §3.5), and so does going round again: new comparisons of the current policy's responses, a new reward model, a new policy (§3.1).
#
#     **You need** [lab 4](4-over-optimization.md), where the same thing is a curve, and [lab 0](0-pipeline.md) for the world.
#
#     **Time** 20 minutes to read. **Seeds** 10.
#
#     **Code** `lab/claims/claim_8_reward_hacking.py`; its results are in `lab/results/claim_8_reward_hacking.jsonl`.
#
# ## The claim
#
# The paper adds its KL penalty "to mitigate over-optimization of the reward model" (§3.5). In the overview of its method it adds that comparing and training "can be iterated continuously": "more comparison data is collected on the current best policy, which is used to train a new RM and then a new policy" (§3.1). Most of its comparisons came from supervised policies all the same, and some from PPO policies.
#
# In the small we can look at the responses themselves. The reward model here has seen 300 ranked prompts (4,500 comparisons) in place of 1,200. It is a poor judge, but better than a coin: [best-of-16 by its choice](4-over-optimization.md) is well above the SFT model.
#
# ## Predict
#
# ??? question "What will the hack be? Longer responses, filler, capitals, the prompt copied, something else? And the same one in every run?"
#
#     In every run: a few favorite responses, whatever was asked, with favorite words that differ from run to run, and mostly in small letters. In three of ten runs the responses are also far too long. No filler, and less copying than before.
#
# ??? question "300 more prompts are to be ranked. Whose responses should be compared, the SFT model's or the hacked policy's own?"
#
#     Ten runs do not tell. Each helps: the SFT model's by 0.57 ± 0.30, the policy's own by 0.40 ± 0.22, half of each by 0.78 ± 0.37. The differences between them are smaller than their intervals. The means of all three stay below that of a penalty, which needs no labeler at all.
#
# ## The experiment
#
# Five reward models and seven policies a run, all from one SFT model. `few` and `many` are trained on 300 and 1,200 ranked prompts. The second round ranks 300 further prompts, six responses to each, in three ways: written by the SFT model, by the hacked policy, or three by each. The reward model is then trained anew on all 600, and PPO starts anew from the SFT model. Nothing was tuned: one trial with 100 prompts, on seed 100, decided what to measure, and 300 is the middle size of lab 4.

# %%
from lab.claims import claim_8_reward_hacking as claim
from lab.statistics import mean_interval, minus, paired_difference, show, verdict
from lab.sweep import sweep
from rlhf_textbook import win_rate_interval

runs = sweep(claim.measure, seeds=claim.SEEDS, settings=claim.SETTINGS)
result = {name: runs[name][0] for name in runs.fields}  # arrays (seeds, ...)


def of(name, policy):
    """One thing measured of one policy, a number a seed (a row of them for traits)."""
    return result[name][:, claim.POLICIES.index(policy)]


print(f"{'policy':25}penalty")
for policy in claim.POLICIES[1:]:
    print(f"{policy:24} β = {0.2 if 'penalty' in policy else 0:g}")

# %% [markdown]
# ## Before and after, side by side
#
# The first prompts of seed 0 that no stage has seen. Each response is sampled once. `few` and `many` are the scores by the two reward models, on scales on which demonstrations have 0; a perfect response has quality 3.

# %%
def side_by_side(seed):
    """Responses of four policies to the same prompts, with their scores."""
    n = claim.N_EXAMPLES
    columns = ("text", "text_few", "text_many", "text_gold")
    texts, few, many, gold = (result[name][seed].reshape(-1, n) for name in columns)
    for j in range(n):
        prompt = texts[0, j].partition(" > ")[0]
        print(f"{prompt.removeprefix('<web> '):29}    few    many   quality")
        for i, policy in enumerate(claim.EXAMPLES):
            response = texts[i, j].partition(" > ")[2]
            scores = f"{few[i, j]:7.2f} {many[i, j]:7.2f} {gold[i, j]:9.2f}"
            print(minus(f"  {policy:14} {response:12} {scores}"))


side_by_side(0)

# %% [markdown]
# The policy `few` answers four different questions with almost the same words: `A d E d e f`, six symbols where three were asked for, and no end mark. Its own judge gives three of the four more than it gives to the right answers beside them. The other judge sees through it, but has tastes of its own: `many` writes `a f h .` under three prompts.
#
# ## What is the hack?
#
# Reading responses suggests stories. To choose between them, seven traits are measured on two responses to each of 336 new prompts:

# %%
shown = ("SFT", "many, penalty", "many", "few, penalty", "few")
print("                       many             few")
print("               SFT  penalty  β = 0  penalty  β = 0     few − SFT")
for i, trait in enumerate(claim.TRAITS):
    means = [of("traits", policy)[:, i].mean() for policy in shown]
    change = paired_difference(of("traits", "few")[:, i], of("traits", "SFT")[:, i])
    row = "{:5.2f}{:9.2f}{:7.2f}{:9.2f}{:7.2f}".format(*means)
    print(f"{trait:13}{row}     {show(change)}")

# %% [markdown]
# `copied` counts among prompts that ask for something other than a copy. `favorite` is the share of the commonest word at a place, averaged over the first three. `distinct` is the number of different responses, divided by the number of responses.
#
# Against its SFT model, `few` gets fewer symbols right and copies *less*. It adds no filler. What has changed is that it has stopped listening: `distinct` falls from 0.87 to 0.19, and the commonest words are four to five times as common. It also writes small letters.
#
# The good judge without a penalty is on the same road: `distinct` 0.39, small letters, more favorites. There it costs little: four of five symbols are right. With a penalty both policies stay close to the variety of the SFT model.
#
# Is it one hack or ten? For each run, here are the word and the place whose share has grown most, and how common it is at that place: in all responses of the SFT model, in the tenth of these that the judge overrates most, and in the policy's.

# %%
print("seed   its favorite   share: SFT  overrated  few     words  capitals")
for i, seed in enumerate(claim.SEEDS):
    before, overrated, after = result["overrated"][i]
    _, words, _, capitals, *_ = of("traits", "few")[i]
    print(
        f"{seed:4}   {of('hack', 'few')[i]:12} {before:12.0%}{overrated:10.0%}"
        f"{after:8.0%}{words:9.2f}{capitals:9.2f}"
    )

# %% [markdown]
# **The same kind in every run, and hardly ever the same hack.** Ten runs have nine different favorites, as it would be if they came from the accidents of 300 rankings. Three runs have found places behind the third, where the SFT model has already ended.

# %%
few, sft = (
    dict(zip(claim.TRAITS, of("traits", policy).T, strict=True))
    for policy in ("few", "SFT")
)
kinds = {
    "less than half as many different responses": few["distinct"] < sft["distinct"] / 2,
    "commonest words twice as common": few["favorite"] > 2 * sft["favorite"],
    "fewer capitals": few["capitals"] < sft["capitals"],
    "too long, by half a word or more": few["words"] > 3.5,
    "filler in one response of twenty": few["filler"] > 0.05,
    "more copying of the prompt": few["copied"] > sft["copied"],
}
print("what few does                                 seeds    95 % interval")
for text, found in kinds.items():
    share = win_rate_interval(found.sum(), found.size)
    seeds = f"{found.sum()} of {found.size}"
    print(f"{text:44}{seeds:>9}    {share.low:.0%} to {share.high:.0%}")

seen = paired_difference(result["overrated"][:, 1], result["overrated"][:, 0])
print(f"\nfavorite in the overrated tenth minus in all of SFT's: {show(seen)}")

# %% [markdown]
# The three that write too long are the three that lab 4 found more than 20 nats away. Their favorite word hardly occurs in the SFT model's responses, so no comparison has ever said anything about it. The judge extrapolates, and the policy goes where it extrapolates upwards. The other seven keep to words that the SFT model writes too. In both cases, reading what the judge overrates *before* training would have told little: in the overrated tenth the later favorite is only 2 points more common.
#
# That all ten prefer small letters needs a common reason, and people's tastes are none, since they point either way. A guess, not tested: the pages that count and swing are written in small letters, so the model has seen far more of them, and a judge built on it can be surer of them.
#
# A judge that likes words as such should be recognizable. The next cell asks how much of a reward model's score can be told from the response alone, without knowing the prompt. For the gold labeler it is nothing (an $R^2$ on new responses can fall below 0).

# %%
print("share of the score's variance that the response alone explains")
for i, name in enumerate((*claim.REWARD_MODELS, "gold labeler")):
    print(f"  {name:14} {show(mean_interval(result['blind'][:, i]))}")

# %% [markdown]
# A quarter of what `few` says does not depend on the question. For `many` it is a sixteenth. This can be measured without a gold labeler and before any policy is trained: an early warning that costs nothing.
#
# ## The largest gaps
#
# To compare a score with a quality, they need a common unit. What does a score promise? On the responses of the SFT model, draw the line that predicts quality from score; `promised` is that line at the response's score. The response of `few` with the largest gap, in each run:

# %%
print("seed  response of few                  promised   quality")
for i, seed in enumerate(claim.SEEDS):
    text = result["worst"][i][0].removeprefix("<web> ")
    promise, gold = result["worst_promise"][i][0], result["worst_gold"][i][0]
    print(minus(f"{seed:4}  {text:32}{promise:8.2f}{gold:11.2f}"))

# %% [markdown]
# The search is systematic, and what it finds is dull: in seven runs of ten three symbols, correctly formed, with an end mark, and none of them right. Nothing about such a response looks hacked. One sees it only beside the question, or beside ten others.
#
# ## What removes it

# %%
print("policy         quality        gap            minus few      too long")
for policy in claim.POLICIES:
    gold, gap = (show(mean_interval(of(name, policy))) for name in ("gold", "gap"))
    more = show(paired_difference(of("gold", policy), of("gold", "few")))
    long = (of("traits", policy)[:, 1] > 3.5).sum()
    print(f"{policy:14} {gold:14} {gap:14} {more:14} {long}")

# %% [markdown]
# `gap` is the mean of promised minus true quality, `too long` counts runs with more than 3.5 words on average. A negative gap means better than promised: a line through noisy scores promises less than a good response is worth.
#
# In the figure, small dots are the seeds, the square is their mean with its interval, and the vertical line is the mean of the SFT model.

# %%
import figures.lab_8

figures.lab_8.remedies(
    {policy: of("gold", policy) for policy in claim.POLICIES},
    "Gold quality of eight policies, each seed a dot, with mean and interval. SFT 1.5."
    " Good judge with a penalty 2.5, without 2.2; poor judge with a penalty 1.9,"
    " without 0.75 with a wide spread from minus 0.5 to 1.8; after a second round 1.2"
    " to 1.5.",
    xlabel="gold quality",
)

# %% [markdown]
# **A penalty removes the hack.** With the same poor judge and $\beta = 0.2$ the gap is gone, and quality is above that of the SFT model. It costs no comparison. **Four times the comparisons remove it too**, and help most, but cost most.
#
# **A second round helps, whoever wrote the responses**, and does not bring quality clearly above the SFT model. That the policy's own responses would be the best choice, as one may expect from "comparison data is collected on the current best policy", is not seen. There is a reason why they might even be the worst: the hacked policy hardly varies, so the comparisons put the hack beside the hack, and a ranking among six of a kind says nothing about what else there could have been. Half of each puts the hack beside what it replaced. It has the best mean of the three, and ten runs do not decide. It is no cure either: two of its runs end up too long.
#
# ## Verdict

# %%
rows = [
    ("few hacks: quality below SFT", "few", "SFT", "<"),
    ("a penalty helps", "few, penalty", "few", ">"),
    ("many comparisons help", "many", "few", ">"),
    ("second round, SFT's responses", "few + SFT", "few", ">"),
    ("second round, the policy's own", "few + own", "few", ">"),
    ("second round, both", "few + both", "few", ">"),
    ("own beats SFT's", "few + own", "few + SFT", ">"),
    ("both beats SFT's", "few + both", "few + SFT", ">"),
]
print("statement                         difference       in the small")
for text, one, other, direction in rows:
    difference = paired_difference(of("gold", one), of("gold", other))
    print(f"{text:34}{show(difference):17}{verdict(difference, direction)}")

# %% [markdown]
# **Reward hacking is real in the small, and it is one kind of hack in many disguises.** Without a penalty, the policy of a judge with few comparisons loses half of its quality (0.75 against 1.50) and promises 1.13 more than it keeps. It is a policy that no longer reads the question. Which words it says instead is chance.
#
# **That a penalty mitigates it (§3.5) holds.** **That another round mitigates it (§3.1) holds too**, for one round and without a penalty. Whose responses should be compared is undecided. The paper does both at once and for longer; rounds after the second, or a second round *with* a penalty, were not measured here.
#
# What carries over: look at variety, not only at length; ask what a judge says without the question; compare the policy's responses with other responses, not only among themselves. What does not: the particular hack. A language of three symbols offers few, and has no flattery and no false confidence.
#
# ## Try it
#
# - **A small penalty.** In `measure` replace `config.kl_coef if penalty` by `0.05 if penalty`. From lab 4 expect something between `few` and `few, penalty`.
# - **A second round under a penalty.** Give `follow` a β of 0.2 for the policies of the second round. Do the three ways still differ?
# - **More seeds.** `SEEDS = range(40)` halves the intervals. Is the order of the three ways decided then?
#
# The theory is in [lesson 3](../lessons/3-reward-modeling.md) and [lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md).
#
# **Next:** [Lab 9: KL estimators](9-kl-estimators.md), or how the divergence in the penalty is estimated.
