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
# One or two statements from each of labs 0 to 8, computed from the stored runs by `lab/verdicts.py`; lab 9 has no sweep. An effect stands with its 95 % interval over the seeds, paired where two things are compared on the same seed. *Holds* means that the whole interval lies on the side that the statement says, *does not hold* that it lies on the other side, *undecided* that it reaches both sides. Not every statement is the paper's. A page says which are, and which were added to find out why.

# %%
from IPython.display import Markdown

from lab.verdicts import table

Markdown(table())

# %% [markdown]
# Read such a table with the caution that it asks of you. Fifteen seconds of training and 27 words show *mechanisms*. A loss on text also counts what does not matter. A policy finds what its reward model has not seen. A penalty on some inputs says nothing about others. They do not show sizes. Each page ends with what carries over to large models and what does not.
#
# **Next:** [Lab 0: the whole pipeline](0-pipeline.md), the world in which all this happens.
