"""Plots of lesson 3, reward modeling."""

import numpy as np
from matplotlib.figure import Figure

from figures import BLUE, INK, ORANGE, Plot
from rlhf_textbook import pairwise_loss, sigmoid


def loss_of_a_margin() -> Plot:
    """Draw the pairwise loss and the probability behind it, with the six pairs of the worked example."""
    margins = np.linspace(-4, 4, 161)
    pairs = np.array([0.9, 1.5, 2.3, 0.6, 1.4, 0.8])
    figure = Figure()
    axes = figure.add_subplot()
    axes.plot(margins, pairwise_loss(margins, np.zeros_like(margins)), color=BLUE)
    axes.plot(margins, sigmoid(margins), color=ORANGE, linestyle="--")
    axes.plot(pairs, pairwise_loss(pairs, np.zeros_like(pairs)), "o", color=BLUE, markersize=6)
    axes.text(-2.7, 3.0, "loss, −log σ(m), in nats", color=BLUE)
    axes.text(-3.9, 0.2, "probability, σ(m)", color=ORANGE)
    axes.text(0.15, 1.08, "log 2 at m = 0", color=INK)
    axes.set(xlabel="margin m, chosen minus rejected score", xlim=(-4, 4), ylim=(0, 4.1))
    return Plot(
        figure,
        "The pairwise loss falls from about 4 nats at a margin of minus 4, through log 2 at 0, towards 0 at 4;"
        " the probability rises from 0 to 1. The six pairs of the example lie between margins 0.6 and 2.3.",
    )
