"""Figures of lesson 5: the reward that a nat buys, and the data flow of PPO-ptx."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from figures import BLUE, INK, ORANGE, Plot
from figures.diagrams import Diagram
from rlhf_textbook import exact_kl, reweighted_policy

# The lesson's four responses: short, thorough, vague, flattery.
SFT = np.array([0.4, 0.2, 0.3999, 0.0001])
HUMAN = np.array([0.6, 1.0, 0.0, -2.0])
PROXY = np.array([0.6, 1.0, 0.0, 3.0])

N_SAMPLES = 4 ** np.arange(7)


@dataclass(frozen=True)
class Point:
    """A policy's distance from the SFT model in nats, and its two mean scores."""

    kl: float
    proxy: float
    human: float


def under_penalty(beta: float) -> Point:
    """Find the best policy under a KL penalty: exact, since 10,000 samples hold each response in its proportion."""
    which = np.repeat(np.arange(4), np.round(10_000 * SFT).astype(int))
    policy = reweighted_policy(PROXY[which], kl_coef=beta)
    return Point(policy.kl, policy.mean_score, float(policy.weights @ HUMAN[which]))


def best_of(n: int) -> Point:
    """Compute what best-of-n writes: the chance that the best of n scores no higher is the n-th power of one's."""
    order = np.argsort(PROXY)
    chances = np.empty(4)
    chances[order] = np.diff(np.append(0, np.cumsum(SFT[order])) ** n)
    with np.errstate(divide="ignore"):  # for a large n the vague response has a chance that underflows to 0
        kl = exact_kl(np.log(chances), np.log(SFT))
    return Point(float(kl), float(chances @ PROXY), float(chances @ HUMAN))


def frontier() -> Plot:
    """Draw both scores against the KL, for all strengths of the penalty and for best-of-n."""
    path = [under_penalty(beta) for beta in 1 / np.linspace(0.01, 4.2, 150)]
    dots = [best_of(int(n)) for n in N_SAMPLES]
    figure = Figure(figsize=(4.2, 5.2), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True)
    for axes, which, color in ((top, "proxy", BLUE), (bottom, "human", ORANGE)):
        axes.plot([p.kl for p in path], [getattr(p, which) for p in path], color=color)
        axes.plot([p.kl for p in dots], [getattr(p, which) for p in dots], "o", color=INK, markersize=4)
        for beta in (0.5, 0.3):
            p = under_penalty(beta)
            axes.plot(p.kl, getattr(p, which), "D", color=color, markersize=6)
    top.set_title("what the reward model reports", fontsize=10, loc="left")
    bottom.set_title("what people think", fontsize=10, loc="left")
    bottom.set(xlabel="KL from the SFT model, nats", xlim=(-0.05, 3.7), ylim=(-0.6, 1.3), yticks=[-0.5, 0, 0.5, 1])
    top.set(ylim=(0.3, 1.9), yticks=[0.5, 1, 1.5])
    top.text(0.42, 0.60, "β = 0.5", color=BLUE)
    top.text(1.02, 1.30, "β = 0.3", color=BLUE)
    bottom.text(0.34, 0.46, "β = 0.5", color=ORANGE)
    bottom.text(1.05, 0.08, "β = 0.3", color=ORANGE)
    for n, name, above, below in (
        (1, "n = 1", (6, -3), (5, -18)),
        (4, "4", (5, -9), (-3, 7)),
        (64, "16, 64, 256", (-8, -14), (-22, 7)),
        (1024, "1024", (6, -8), (6, 1)),
        (4096, "4096", (2, -16), (2, 7)),
    ):
        p = best_of(n)
        for axes, score, shift in ((top, p.proxy, above), (bottom, p.human, below)):
            align = "right" if n == 4096 else "left"
            axes.annotate(name, (p.kl, score), xytext=shift, textcoords="offset points", color=INK, ha=align)
    return Plot(
        figure,
        "Two panels against the KL from the SFT model. Above, the reward model's score along the best policies under a"
        " penalty: it rises all the way, from 0.44 through 0.74 at beta 0.5 to 1.25 at beta 0.3. The dots of best-of-n"
        " lie on or below that line. Below, what people think: along the line it rises from 0.44 to 0.68 near beta 0.5"
        " and falls to 0.27 at beta 0.3 and below 0 beyond; best-of-n rises higher, to 0.98 at n = 16 and 64, and comes"
        " down to 0 at n = 4096.",
    )


def data_flow() -> Diagram:
    """Draw what flows where in one update of PPO-ptx, and what each gradient changes."""
    drawing = Diagram(
        456,
        "One update of PPO-ptx, from top to bottom. The policy, which learns, answers a prompt. Three models read the"
        " response: the SFT model, frozen, gives log-probabilities; the reward model, frozen, gives a score; the value"
        " function, which learns, gives a value before each token. The reward of a token is minus beta times the"
        " log-ratio of policy and SFT model; at the last token the score is added. GAE turns rewards and values into"
        " advantages and returns. The advantages enter the clipped objective, whose gradient changes the policy; the"
        " returns enter the value loss, whose gradient changes the value function. Apart from all this, gamma times the"
        " log-likelihood of pretraining text adds to the policy's gradient.",
    )
    drawing.box(90, 1, 120, 21, ["prompt x"], color=ORANGE)
    drawing.arrow((150, 22), (150, 40))
    drawing.box(16, 40, 268, 36, ["starts as a copy of the SFT model"], title="Policy π, learns", color=BLUE)
    drawing.line((139, 76), (139, 100))
    drawing.text(145, 91, "y and log π of its tokens", anchor="start")
    for x in (49, 241):
        drawing.arrow((139, 100), (x, 100), (x, 116))
    drawing.arrow((139, 100), (139, 116))
    drawing.box(16, 116, 66, 36, ["frozen"], title="SFT model", frozen=True)
    drawing.box(97, 116, 84, 36, ["frozen"], title="Reward model", frozen=True)
    drawing.box(196, 116, 88, 36, ["learns"], title="Value function", color=BLUE)
    drawing.arrow((49, 152), (49, 182))
    drawing.text(53, 169, "log π^{SFT}", anchor="start")
    drawing.arrow((139, 152), (139, 182))
    drawing.text(143, 169, "score r", anchor="start")
    lines = ["−β (log π − log π^{SFT}),", "at the last token also + r"]
    drawing.box(16, 182, 165, 48, lines, title="Reward of each token")
    drawing.arrow((98.5, 230), (98.5, 254))
    drawing.arrow((241, 152), (241, 254))
    drawing.text(245, 210, "values V", anchor="start")
    drawing.box(16, 254, 268, 24, title="GAE: advantages and returns")
    drawing.arrow((84, 278), (84, 306))
    drawing.text(88, 295, "advantages A", anchor="start")
    drawing.arrow((223, 278), (223, 306))
    drawing.text(227, 295, "returns", anchor="start")
    drawing.box(16, 306, 130, 48, ["min(ρA, clip(ρ)A),", "ε = 0.2"], title="Clipped objective")
    drawing.box(166, 306, 118, 48, ["squared error", "of V to the returns"], title="Value loss")
    drawing.box(16, 374, 130, 48, ["γ × log-likelihood", "under the policy"], title="Pretraining term")
    drawing.box(166, 387, 118, 22, ["pretraining text"], color=ORANGE)
    drawing.arrow((166, 398), (146, 398))
    drawing.line((16, 398), (5, 398), (5, 330), color=BLUE, dashed=True)
    drawing.arrow((16, 330), (5, 330), (5, 58), (16, 58), color=BLUE, dashed=True)
    drawing.arrow((284, 330), (295, 330), (295, 134), (284, 134), color=BLUE, dashed=True)
    drawing.arrow((16, 444), (44, 444))
    drawing.text(50, 447.5, "data", anchor="start")
    drawing.arrow((92, 444), (120, 444), color=BLUE, dashed=True)
    drawing.text(126, 447.5, "gradient, to what it changes", anchor="start")
    return drawing
