"""Plots of the hands-on project, parts 1 to 3: what labelers tell, and what can be learned from it."""

import numpy as np

from figures import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, Plot
from figures.lab import blank, entitle, name_curves
from rlhf_textbook import (
    LABELER_TEMPERATURE,
    TRUE_WEIGHTS,
    fit_linear_reward_model,
    linear_ranking_loss_and_gradient,
    rank_responses,
    ranking_accuracy,
    sample_responses,
    sigmoid,
)
from rlhf_textbook._checks import FloatArray

RANGE = [0.025, 0.975]  # of seeds, 95 %


def rankings(
    n_prompts: int, n_responses: int, rng: np.random.Generator, temperature: float = LABELER_TEMPERATURE
) -> FloatArray:
    """Features of ranked responses, best first."""
    responses = sample_responses(n_prompts, n_responses, rng=rng)
    order = rank_responses(responses.true_scores, temperature=temperature, rng=rng)
    return np.take_along_axis(responses.features, order[:, :, None], axis=1)


def better_is_preferred(temperatures: FloatArray, step: float = 0.0025) -> tuple[FloatArray, FloatArray]:
    """Probability of that for each difference in worth, shape (temperatures, differences), and how often each comes."""
    worth = np.ones(1)
    for weight in TRUE_WEIGHTS:
        feature = (np.arange(round(weight / step)) + 0.5) * step / weight
        density = feature * (1 - feature)
        worth = np.convolve(worth, density / density.sum())
    share = np.convolve(worth, worth[::-1])
    differences = np.abs(np.arange(share.size) - share.size // 2) * step
    return sigmoid(differences / temperatures[:, None]), np.asarray(share, dtype=np.float64)


def agreement_of_two_labelers() -> Plot:
    """Draw how often two labelers agree, exactly, against the temperature, beside what the paper measured."""
    temperatures = np.append(LABELER_TEMPERATURE, np.linspace(0.004, 0.2, 99))
    p, share = better_is_preferred(temperatures)
    agreement = (p**2 + (1 - p) ** 2) @ share
    figure, axes = blank(3.4)
    for low, high, who in ((0.711, 0.741, "training"), (0.760, 0.786, "held-out")):
        axes.axhspan(low, high, color=FAINT, alpha=0.35, linewidth=0)
        axes.text(0.198, (low + high) / 2 - 0.002, f"paper, {who}", ha="right", va="center")
    axes.plot(temperatures[1:], agreement[1:], color=BLUE)
    axes.plot(LABELER_TEMPERATURE, agreement[0], "o", color=BLUE, markersize=7)
    axes.text(0.066, 0.797, f"ours: {100 * agreement[0]:.1f} %", color=BLUE)
    axes.set(xlabel="temperature of the labelers", xlim=(0, 0.2), ylim=(0.5, 1))
    entitle(axes, "two labelers agree, %")
    axes.set_xticks(np.arange(0, 0.21, 0.05))
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}")
    return Plot(
        figure,
        "As the temperature rises from 0 to 0.2, the agreement of two labelers falls from 100 % to about 56 %. At 0.06"
        " it is 74.6 %, between the 72.6 % of the paper's training labelers and the 77.3 % of its held-out ones.",
    )


def loss_against_epochs() -> Plot:
    """Draw the loss of gradient descent at two learning rates and of Newton's method, over 40 data sets."""
    data = [rankings(200, 4, np.random.default_rng(seed)) for seed in range(40)]
    figure, axes = blank(3.6)
    for rate, color in ((0.1, ORANGE), (20.0, BLUE)):
        losses = np.empty((len(data), 50))
        for path, features in zip(losses, data, strict=True):
            weights: FloatArray = np.zeros(5)
            for epoch in range(50):
                path[epoch], gradient = linear_ranking_loss_and_gradient(weights, features)
                weights = weights - rate * gradient
        axes.plot(losses.mean(axis=0), color=color)
        axes.fill_between(range(50), *np.quantile(losses, RANGE, axis=0), color=color, alpha=0.2, linewidth=0)
    newton = [[fit_linear_reward_model(x, max_iterations=n).loss for x in data] for n in range(1, 8)]
    axes.plot([np.log(2), *np.mean(newton, axis=1)], "o", color=PURPLE, markersize=5)
    truth = [linear_ranking_loss_and_gradient(TRUE_WEIGHTS / LABELER_TEMPERATURE, x)[0] for x in data]
    axes.axhline(float(np.mean(truth)), color=INK, linestyle=":", linewidth=1.2)
    axes.text(48, 0.333, "dotted: loss of the true weights / temperature", ha="right", color=INK)
    axes.text(48, 0.675, "learning rate 0.1", ha="right", color=ORANGE)
    axes.text(5, 0.51, "learning rate 20", color=BLUE)
    axes.text(5, 0.46, "Newton's method, the first 7 steps", color=PURPLE)
    axes.set(xlabel="epoch", xlim=(-0.5, 49), ylim=(0.32, 0.71))
    entitle(axes, "loss, nats")
    return Plot(
        figure,
        "All losses start at 0.693. With a learning rate of 0.1 the loss is still 0.64 after 50 epochs. With 20 it is"
        " within 0.01 of the lowest, 0.39, after ten. Newton's method is there after three steps.",
    )


def accuracy_and_cosine() -> Plot:
    """Draw what a reward model is worth against the number of prompts, over 50 data sets each."""
    sizes = np.array([5, 10, 20, 50, 100, 200, 500, 1000])
    found: FloatArray = np.empty((3, sizes.size, 50))
    for column, n_prompts in enumerate(sizes):
        for seed in range(50):
            rng = np.random.default_rng(seed)
            # The small penalty gives a minimum to data sets so small that some weights get all pairs right.
            weights = fit_linear_reward_model(rankings(n_prompts, 4, rng), l2=1e-4).weights
            cosine = weights @ TRUE_WEIGHTS / np.linalg.norm(weights) / np.linalg.norm(TRUE_WEIGHTS)
            tests = rankings(2000, 2, rng, temperature=0.0), rankings(2000, 2, rng)
            found[:, column, seed] = cosine, *(ranking_accuracy(test @ weights) for test in tests)
    figure, axes = blank(4)
    labels = {"cosine": PURPLE, "accuracy without label noise": GREEN, "accuracy on labelers' choices": BLUE}
    for values, (label, color) in zip(found, labels.items(), strict=True):
        axes.plot(sizes, values.mean(axis=1), "o-", color=color, markersize=4, label=label)
        low, high = np.quantile(values, RANGE, axis=1)
        axes.fill_between(sizes, low, high, color=color, alpha=0.15, linewidth=0)
        axes.plot(sizes, low, sizes, high, color=color, linewidth=0.6)
    p, share = better_is_preferred(np.array([LABELER_TEMPERATURE]))
    axes.axhline(float((p @ share)[0]), color=INK, linestyle=":", linewidth=1.2, label="ceiling, 0.818")
    axes.set(xlabel="prompts, each with 4 ranked responses", xscale="log", xlim=(4.5, 1110), ylim=(0.65, 1.01))
    axes.set_xticks(sizes, [f"{size}" for size in sizes])
    axes.set_xticks([], minor=True)
    name_curves(axes)
    return Plot(
        figure,
        "From 5 to 1000 prompts, the cosine rises from 0.86 to nearly 1 and the accuracy without label noise from 0.84"
        " to 0.99. The accuracy on labelers' choices rises from 0.76 to its ceiling of 0.818 and has all but reached it"
        " with 200 prompts.",
    )


def ceiling_against_temperature() -> Plot:
    """Draw the best accuracy there is, and what 200 prompts reach, against the labelers' temperature."""
    measured = np.array([0.03, 0.06, 0.1, 0.15])
    reached: FloatArray = np.empty((measured.size, 60))
    for row, temperature in enumerate(measured):
        for seed in range(60):
            rng = np.random.default_rng(seed)
            weights = fit_linear_reward_model(rankings(200, 4, rng, temperature)).weights
            reached[row, seed] = ranking_accuracy(rankings(500, 2, rng, temperature) @ weights)
    spread = np.abs(np.quantile(reached, RANGE, axis=1) - reached.mean(axis=1))
    temperatures: FloatArray = np.linspace(0.004, 0.2, 99).astype(np.float64)
    p, share = better_is_preferred(temperatures)
    figure, axes = blank(3.6)
    axes.plot(temperatures, p @ share, color=INK, linestyle=":")
    axes.plot(temperatures, (p**2 + (1 - p) ** 2) @ share, color=ORANGE)
    axes.errorbar(measured, reached.mean(axis=1), spread, fmt="o", color=BLUE, markersize=5, capsize=3, linewidth=1.2)
    axes.text(0.05, 0.915, "dotted: the most that any\nreward model can expect", color=INK)
    axes.text(0.082, 0.805, "200 prompts, tested\non 500 comparisons", color=BLUE)
    axes.text(0.012, 0.62, "two labelers agree", color=ORANGE)
    axes.set(xlabel="temperature of the labelers", xlim=(0, 0.2), ylim=(0.5, 1))
    entitle(axes, "% of comparisons")
    axes.set_xticks(np.arange(0, 0.21, 0.05))
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}")
    return Plot(
        figure,
        "The highest accuracy that can be expected falls from 100 % at temperature 0 to 82 % at 0.06, 74 % at 0.1 and"
        " 64 % at 0.2. Reward models trained on 200 prompts lie on that curve; from seed to seed their measured"
        " accuracy varies by about 4 points either way. Two labelers agree less often: 75 % at 0.06, 65 % at 0.1.",
    )
