# %% [markdown]
# # 9. KL estimators: bias and variance
#
# **The claim.** A trainer cannot sum over all texts, so it estimates the KL divergence from what the policy has just sampled. [@schulman2020] compares three estimates ([lesson 5](../lessons/5-kl-penalty-and-pretraining-mix.md#one-response-gives-an-estimate) introduces them). With $d = \log \pi(a) - \log \pi_{\mathrm{ref}}(a)$ for a sample $a$ of the policy $\pi$:
#
# $$
# k_1 = d, \qquad k_2 = \tfrac{1}{2} d^2, \qquad k_3 = e^{-d} - 1 + d
# $$
#
# The first is unbiased and noisy, the second has less noise and a little bias, the third is unbiased *and* has little noise, and so, the note says, "appears to be a strictly better estimator". The note's two examples have divergences of 0.005 and 0.5 nats. A policy that is trained hard, on a penalty too weak, moves ten or fifty nats away.
#
# ??? question "Predict: is the third estimate still the best of the three at 10 nats?"
#
#     No. It is unbiased everywhere, and yet at 10 nats it is the wrong choice. Its term $e^{-d}$ has the mean 1, but far from the reference that mean is made by samples that hardly ever occur. A batch without them reports a divergence that is about **one nat too low**, and nearly every batch is without them. The plain log-ratio $k_1$, the noisiest of the three near the reference, is the most precise one here.
#
# ## Near the reference
#
# Two normal distributions of variance 1 whose means differ by $\mu$ are $\mu^2/2$ nats apart, so the truth is known. The policy stands at 0, the reference at $\mu$. One run takes 10,000 samples; 20 seeds give 20 runs, and every number comes with the half width of its 95 % interval over them.

# %%
import numpy as np

import figures.lab
from rlhf_textbook import exact_kl, kl_estimates

N_SEEDS = 20
NAMES = ("k1", "k2", "k3")


def samples(kl, n, seed):
    """Estimates from n samples of a policy kl nats away from its reference."""
    x = np.random.default_rng(seed).normal(size=n)
    return kl_estimates(-(x**2) / 2, -((x - np.sqrt(2 * kl)) ** 2) / 2)


def interval(runs):
    """Mean over the seeds, and half the width of its 95 % interval."""
    error = np.std(runs, axis=0, ddof=1) / np.sqrt(N_SEEDS)
    return np.mean(runs, axis=0), 2.093 * error  # Student, 19 degrees of freedom


def bias_and_deviation(kl):
    print(f"{kl} nats     bias / KL     deviation of one sample / KL")
    runs = [samples(kl, 10_000, seed) for seed in range(N_SEEDS)]
    for name in NAMES:
        values = np.array([getattr(run, name) for run in runs]) / kl
        bias, bias_half = interval(values.mean(axis=1) - 1)
        spread, spread_half = interval(values.std(axis=1))
        line = f"{name}    {bias:9.3f} ± {bias_half:.3f}"
        print(line + f"   {spread:9.2f} ± {spread_half:.2f}")


bias_and_deviation(0.005)
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
    name: interval(np.sqrt(np.mean(error**2, axis=-1)) / distances)
    for name, error in errors.items()
}
print("KL, nats" + "".join(f"{name:>16}" for name in NAMES))
for i, kl in enumerate(distances):
    cells = [f"{m[i]:8.3f} ± {half[i]:.3f}" for m, half in relative.values()]
    print(f"{kl:8g}" + "".join(cells))

figures.lab.curves(
    distances,
    relative,
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
# Near the reference $k_2$ and $k_3$ win by a factor of ten. From about 0.6 nats on $k_1$ wins. For two normal distributions the three deviations can be written down, with $D$ for the divergence:
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
typical = {n: interval(np.median(errors[n], axis=-1)) for n in ("k1", "k3")}
median, half = typical["k3"]

print("KL, nats   median error of k3   batches whose k3 is too low")
for i, kl in enumerate(distances):
    low = np.mean(errors["k3"][:, i] < 0)
    print(f"{kl:8g}     {median[i]:6.3f} ± {half[i]:.3f}   {low:18.0%}")

figures.lab.curves(
    distances,
    typical,
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

print("gradient of KL(p ‖ q):", wanted.round(3))
print("gradient of KL(q ‖ p):", (p - q).round(3))
for name, gradient in loss_gradients.items():
    print(f"{name} as a loss:        ", (gradient + 0.0).round(3))

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
