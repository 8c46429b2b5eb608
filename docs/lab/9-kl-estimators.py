# %% [markdown]
# # 9. KL estimators: bias and variance
#
# !!! abstract "In this lab"
#
#     **The claim.** Of three estimates of the KL divergence from samples, the third, $k_3$, is the best: unbiased, as the first is, and with little noise, as the second ([@schulman2020]).
#
#     **You need** [lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md#one-response-gives-an-estimate), which introduces the three.
#
#     **Time** 15 minutes to read. **Seeds** 20.
#
#     **Code** all on this page. It takes a few seconds, so nothing is stored.
#
# ## The claim
#
# A trainer cannot sum over all texts, so it estimates the KL divergence from what the policy has just sampled. [@schulman2020] compares three estimates. With $d = \log \pi(a) - \log \pi_{\mathrm{ref}}(a)$ for a sample $a$ of the policy $\pi$:
#
# $$
# k_1 = d, \qquad k_2 = \tfrac{1}{2} d^2, \qquad k_3 = e^{-d} - 1 + d
# $$
#
# The first is unbiased and noisy, the second has less noise and a little bias, the third is unbiased *and* has little noise, and so, the note says, "appears to be a strictly better estimator". The note's two examples have divergences of 0.005 and 0.5 nats. A policy that is trained hard, on a penalty too weak, moves ten or fifty nats away.
#
# ## Predict
#
# ??? question "Is the third estimate still the best of the three at 10 nats?"
#
#     No. It is unbiased everywhere, and yet at 10 nats it is the wrong choice. Its term $e^{-d}$ has the mean 1, but far from the reference that mean is made by samples that hardly ever occur. A batch without them reports a divergence that is about **one nat too low**, and nearly every batch is without them. The plain log-ratio $k_1$, the noisiest of the three near the reference, is the most precise one here.
#
# ## Near the reference
#
# Two normal distributions of variance 1 whose means differ by $\mu$ are $\mu^2/2$ nats apart, so the truth is known. The policy stands at 0, the reference at $\mu$. One run takes 10,000 samples; 20 seeds give 20 runs, and every number comes with half the width of its 95 % interval over them.

# %%
import numpy as np

import figures.lab
from lab.statistics import mean_interval, minus, show
from rlhf_textbook import exact_kl, kl_estimates

N_SEEDS = 20
NAMES = ("k1", "k2", "k3")


def samples(kl, n, seed):
    """Estimates from n samples of a policy kl nats away from its reference."""
    x = np.random.default_rng(seed).normal(size=n)
    return kl_estimates(-(x**2) / 2, -((x - np.sqrt(2 * kl)) ** 2) / 2)


def bias_and_deviation(kl):
    distance = f"{kl} nats"
    print(f"{distance:10}{'bias / KL':>18}{'deviation of one sample / KL':>32}")
    runs = [samples(kl, 10_000, seed) for seed in range(N_SEEDS)]
    for name in NAMES:
        values = np.array([getattr(run, name) for run in runs]) / kl
        bias = mean_interval(values.mean(axis=1) - 1)
        deviation = mean_interval(values.std(axis=1))
        print(f"{name:10}{show(bias, 3):>18}{show(deviation):>32}")


bias_and_deviation(0.005)
print()
bias_and_deviation(0.5)

# %% [markdown]
# This is the note's own experiment, and it holds. At 0.005 nats one value of $k_1$ strays from the truth by 20 times the truth, and the other two by 1.4 times. The bias of $k_2$ is too small to see. At 0.5 nats it has grown to a quarter of the divergence, while $k_1$ and $k_3$ show none, and $k_3$ is a little ahead.
#
# ## Far from the reference
#
# Now the same, out to 30 nats. A trainer sees one batch at a time, so we ask what it would ask: by how much is the average over **one batch of 256 responses** off? The error below is the root mean square over 50 batches a seed, as a share of the true divergence.

# %%
distances = np.array([0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30])
errors = {name: np.empty((N_SEEDS, len(distances), 50)) for name in NAMES}
for seed in range(N_SEEDS):
    for i, kl in enumerate(distances):
        estimates = samples(kl, 50 * 256, seed)
        for name in NAMES:
            batches = getattr(estimates, name).reshape(50, 256)
            errors[name][seed, i] = batches.mean(axis=1) - kl  # in nats

relative = {
    name: np.sqrt(np.mean(error**2, axis=-1)) / distances
    for name, error in errors.items()
}
print("KL, nats" + "".join(f"{name:>17}" for name in NAMES))
for i, kl in enumerate(distances):
    cells = [show(mean_interval(shares[:, i]), 3) for shares in relative.values()]
    print(f"{kl:8g}" + "".join(f"{cell:>17}" for cell in cells))


def curve(runs):
    """Mean over the seeds at each distance, and half the width of its interval."""
    found = [mean_interval(column) for column in runs.T]
    return [i.estimate for i in found], [i.high - i.estimate for i in found]


figures.lab.curves(
    distances,
    {name: curve(shares) for name, shares in relative.items()},
    "Error of a batch's average against the true divergence, both logarithmic."
    " k1 falls steadily, from 0.9 of the divergence at 0.01 nats to 0.02 at 30."
    " k2 is flat near 0.1 at first and rises to 15. k3 is flat near 0.1, crosses"
    " k1 between 0.3 and 1 nat, rises to 0.3 at 10 nats and falls at 30.",
    xlabel="true KL divergence, nats",
    ylabel="error of one batch ÷ true KL",
    logx=True,
    logy=True,
)

# %% [markdown]
# Near the reference $k_2$ and $k_3$ win by a factor of ten. From about 0.6 nats on $k_1$ wins. For two normal distributions the means and variances can be written down, with $D$ for the divergence:
#
# | estimate | mean | variance of one sample |
# |---|---|---|
# | $k_1$ | $D$ | $2D$ |
# | $k_2$ | $D + D^2/2$ | $2D^2 + 2D^3$ |
# | $k_3$ | $D$ | $e^{2D} - 1 - 2D$ |
#
# The variance of $k_3$ grows like $e^{2D}$. It equals that of $k_1$ where $e^{2D} = 1 + 4D$, at $D = 0.63$ nats. At 30 nats it is $10^{26}$, and yet the measured error falls at the end of the curve. That is no good news. It is the error of batches in which what makes the variance has never occurred.
#
# ## Unbiased, and wrong nearly always
#
# What does a typical batch report? For the two estimates that are unbiased on paper, the next plot shows the median error of a batch, in nats.

# %%
typical = {name: np.median(errors[name], axis=-1) for name in ("k1", "k3")}

print("KL, nats   median error of k3   batches whose k3 is too low")
for i, kl in enumerate(distances):
    median = show(mean_interval(typical["k3"][:, i]), 3)
    low = np.mean(errors["k3"][:, i] < 0)
    print(f"{kl:8g}{median:>21}{low:30.0%}")

figures.lab.curves(
    distances,
    {name: curve(medians) for name, medians in typical.items()},
    "Median error of a batch in nats against the true divergence. k1 stays at 0."
    " k3 stays at 0 up to about 1 nat and then falls, to minus 0.8 at 10 nats and"
    " minus 1 at 30.",
    xlabel="true KL divergence, nats",
    ylabel="median error of one batch, nats",
    level=0,
    logx=True,
    looks=(0, 2),
)

# %% [markdown]
# The one nat can be read off the formula: $k_3 = k_1 + (e^{-d} - 1)$. The bracket has the mean 0, because $e^{-d} = \pi_{\mathrm{ref}}/\pi$ has the mean 1 under the policy. But that mean comes from responses that the reference likes and the policy has all but given up. Where none is in the batch, $e^{-d}$ is nearly 0 and the bracket is $-1$.
#
# ## The same for tokens
#
# Language models choose from a vocabulary, and trainers apply the estimate to each token. Take a policy that has collapsed at one position: of ten tokens that the reference finds equally likely, it writes the first, save about once in a hundred thousand times.

# %%
policy = np.full(10, 1e-6)
policy[0] = 1 - policy[1:].sum()
reference = np.full(10, 0.1)
log_policy, log_reference = np.log(policy), np.log(reference)

runs = []
for seed in range(N_SEEDS):
    tokens = np.random.default_rng(seed).choice(10, size=256, p=policy)
    runs.append(kl_estimates(log_policy[tokens], log_reference[tokens]))

print(f"exact KL: {exact_kl(log_policy, log_reference):.3f} nats")
for name in NAMES:
    means = [getattr(run, name).mean() for run in runs]
    print(f"{name}: batch means from {min(means):.3f} to {max(means):.3f}")

# %% [markdown]
# Almost every batch gives the same wrong answer: $k_3$ misses 0.9 of 2.3 nats. The mean is right, since a batch that contains one of the other nine tokens would report hundreds of nats. A response of 20 such tokens would look 18 nats closer to the reference than it is, and a penalty made of $k_3$ would charge for what is left.
#
# ## As a loss: whose gradient is it?
#
# An estimate can be used in two ways. PPO subtracts it from the reward, as a number. GRPO adds it to the loss and differentiates it. A good estimate of a value need not have a good gradient: the sampled token counts as fixed, and that the policy chose it is not differentiated. For a softmax over a few tokens we can compute the expected gradient of each exactly, and compare it with the gradient of the divergence itself.

# %%
p = np.array([0.70, 0.20, 0.08, 0.02])
q = np.array([0.10, 0.20, 0.30, 0.40])
d = np.log(p / q)
score = np.eye(4) - p  # row a: gradient of log p(a) with respect to the logits

wanted = p * (d - p @ d)
loss_gradients = {
    "k1": p @ score,
    "k2": (p * d) @ score,
    "k3": (p * (1 - q / p)) @ score,
}


def print_row(name, gradient):
    cells = gradient.round(3) + 0.0  # makes a zero of a -0.0
    print(minus(f"{name:21}" + "".join(f"{cell:8.3f}" for cell in cells)))


print_row("gradient of KL(p ‖ q)", wanted)
print_row("gradient of KL(q ‖ p)", p - q)
for name, gradient in loss_gradients.items():
    print_row(f"{name} as a loss", gradient)

# %% [markdown]
# - $k_1$ as a loss pulls nowhere: its expected gradient is 0.
# - $k_2$ as a loss has exactly the gradient of the divergence, although its value is biased.
# - $k_3$ as a loss has the gradient of *another* divergence, $\mathrm{KL}(\pi_{\mathrm{ref}} \,\|\, \pi)$. For a softmax that is just $\pi - \pi_{\mathrm{ref}}$, never more than 1 however far the policy has gone, while the gradient of $\mathrm{KL}(\pi \,\|\, \pi_{\mathrm{ref}})$ grows with the log-ratios.
#
# So an unbiased value goes with a wrong gradient, and a biased value with the right one. [@liu2025b] work this out for the losses in use; they also show that $k_1$ in the reward gives the right gradient.
#
# ## What trainers use
#
# | trainer | estimate | used as |
# |---|---|---|
# | InstructGPT ([@ouyang2022], §3.5) | $k_1$ | part of the reward of each token |
# | TRL, `PPOConfig` | $k_1$; $k_3$ on request | part of the reward of each token |
# | GRPO ([@shao2024], eq. 4) | $k_3$ | part of the loss |
#
# ## Verdict
#
# **The claim holds near the reference and fails far from it.** Up to about half a nat no other of the three is better than $k_3$, and at 0.01 nats its error over a batch is a tenth of that of $k_1$. Beyond about 0.6 nats $k_1$ is more precise. At 10 nats $k_3$ is too low in nine batches of ten, and at 30 nats typically by one nat. It remains unbiased throughout; being unbiased is a promise about an average that no trainer ever sees. Which side of the line you are on depends on whether you estimate for a token, where divergences are small until a policy collapses, or for a whole response, where they add up.
#
# What this page does not show: real models. The log-ratios of a language model are not normal, so the line will lie elsewhere.
#
# ## Try it
#
# - Larger batches: `samples(kl, 50 * 4096, seed)` and `reshape(50, 4096)`. At 10 nats sixteen times the responses quarter the error of $k_1$. The error of $k_3$ falls to a half, and it is still too low in almost nine batches of ten.
# - In the cell with ten tokens, let the other nine be written more often: `np.full(10, 1e-4)`. Four of the twenty batches now contain one of them, and for these $k_3$ reports more than twice the divergence. The others report 1.4 nats as before.
# - Multiply $k_3$ by the ratio of the policy to the policy that sampled, and differentiate the product: with `k3 = q / p - 1 + d`, add `"corrected": (p * (k3 + 1 - q / p)) @ score` to `loss_gradients`. Whose gradient is it now?
#
# **Next:** [From numpy to TRL](from-numpy-to-trl.md), where the estimates stand in a trainer.
