"""Plot of lesson 4: PPO's clipped objective."""

import numpy as np
from matplotlib.figure import Figure

from figures import BLUE, FAINT, INK, ORANGE, Plot
from rlhf_textbook import clipped_surrogate

ADVANTAGE = 0.65  # of the worked example
PROBABILITY = 0.30  # of its token when it was drawn
CLIP_RANGE = 0.2
RATIOS = np.linspace(0.01, 2, 200)


def objectives_and_slopes(advantage: float, ratios: np.ndarray = RATIOS) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate the objective of one token, and its slope by the token's log-probability, at each ratio."""
    old = np.log([PROBABILITY])
    steps = [clipped_surrogate(old + np.log(r), old, [advantage], clip_range=CLIP_RANGE) for r in ratios]
    return np.array([step.objective for step in steps]), np.array([step.gradient[0] for step in steps])


def clip() -> Plot:
    """Draw the objective of one token against its ratio, for a positive and a negative advantage."""
    figure = Figure(figsize=(4.2, 4.2))
    axes = figure.add_subplot()
    for advantage, color, name, place in (
        (ADVANTAGE, BLUE, f"A = +{ADVANTAGE}", (0.86, 0.72)),
        (-ADVANTAGE, ORANGE, f"A = −{ADVANTAGE}", (1.30, -0.66)),
    ):
        objectives, slopes = objectives_and_slopes(advantage)
        axes.plot(RATIOS, RATIOS * advantage, color=color, linewidth=1, linestyle=":")
        axes.plot(RATIOS, objectives, color=color)
        still = RATIOS[slopes == 0]
        span = (still.min(), 2) if advantage > 0 else (0, still.max())
        axes.fill_between(span, *((0, 1.4) if advantage > 0 else (-1.4, 0)), color=color, alpha=0.16, linewidth=0)
        axes.text(*place, name, color=color, ha="right" if advantage > 0 else "left", weight="bold")
    axes.axhline(0, color=FAINT, linewidth=1)
    axes.plot(1, ADVANTAGE, "o", color=BLUE, markersize=5)
    axes.plot(1, -ADVANTAGE, "o", color=ORANGE, markersize=5)
    axes.text(1.6, 0.39, "no push:\ngrown enough", color=INK, ha="center", va="center")
    axes.text(0.4, -0.95, "no push:\nshrunk enough", color=INK, ha="center", va="center")
    axes.set(xlabel="ratio ρ, 1 when the token was drawn", ylabel="objective of the token")
    axes.set(xlim=(0, 2), ylim=(-1.4, 1.4), xticks=[0, 0.5, 0.8, 1, 1.2, 1.5, 2], yticks=[-1, -0.5, 0, 0.5, 1])
    axes.set_xticklabels(["0", "0.5", "0.8", "1", "1.2", "1.5", "2"])
    return Plot(
        figure,
        "The clipped objective of one token against its ratio from 0 to 2. With advantage plus 0.65 it rises in a"
        " straight line to 0.78 at ratio 1.2 and is flat beyond. With advantage minus 0.65 it is flat at minus 0.52 up"
        " to ratio 0.8 and falls in a straight line beyond. The flat parts, where nothing pushes, are shaded.",
    )
