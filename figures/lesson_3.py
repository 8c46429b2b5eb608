"""Figures of lesson 3, reward modeling."""

import numpy as np
from matplotlib.figure import Figure

from figures import BLUE, INK, ORANGE, Plot
from figures.diagrams import Diagram
from rlhf_textbook import pairwise_loss, ranking_pairs, sigmoid

# The worked example's four responses, in the order in which this labeler happens to meet them.
RESPONSES = {
    "A": "Light bends in water and is spread out.",
    "B": "In many cultures they bring luck.",
    "C": "Drops send each color its own way.",
    "D": "Rain and sun make them. Seven colors.",
}
RANKS = {"A": 2, "B": 4, "C": 1, "D": 3}
MARGINS = np.array([0.9, 1.5, 2.3, 0.6, 1.4, 0.8])  # of the six pairs


def ranking_interface() -> Diagram:
    """Draw what a labeler who ranks four responses sees, and the pairs that come of it."""
    order = sorted(RANKS, key=RANKS.__getitem__)
    pairs = ranking_pairs([RANKS[letter] for letter in order])
    comparisons = [f"{order[winner]} > {order[loser]}" for winner, loser in pairs]
    drawing = Diagram(
        300,
        "A labeler's page. At the top the prompt, What causes rainbows? Below it four responses, A to D, in no"
        " particular order, and four places from best to worst. The labeler has put C first, then A, then D, then B;"
        f" each place has room for a second one, as a tie. From this follow six comparisons: {', '.join(comparisons)}.",
    )
    drawing.box(1, 1, 298, 217)
    drawing.text(11, 18, "What causes rainbows?", bold=True, anchor="start")
    for row, (letter, words) in enumerate(RESPONSES.items()):
        y = 27 + 23 * row
        drawing.box(11, y, 20, 19, title=letter, color=BLUE)
        drawing.text(38, y + 13, words, anchor="start")
    drawing.text(11, 134, "Drag each response to its place; ties share one.", anchor="start")
    for place, letter in enumerate(order):
        x = 11 + 71 * place
        drawing.text(x + 32.5, 150, ["1, best", "2", "3", "4, worst"][place])
        drawing.box(x, 155, 65, 54)
        drawing.box(x + 22.5, 160, 20, 19, title=letter, color=BLUE)
        drawing.box(x + 22.5, 184, 20, 19)
    drawing.arrow((150, 218), (150, 238))
    drawing.text(150, 251, "six comparisons for the reward model")
    for column, words in enumerate(comparisons):
        drawing.box(2 + 50 * column, 259, 46, 19, [words], color=ORANGE)
    return drawing


def loss_of_a_margin() -> Plot:
    """Draw the pairwise loss and the probability behind it, with the six pairs of the worked example."""
    margins = np.linspace(-4, 4, 161)
    figure = Figure(figsize=(4.2, 3.2))
    axes = figure.add_subplot()
    axes.plot(margins, pairwise_loss(margins, np.zeros_like(margins)), color=BLUE)
    axes.plot(margins, sigmoid(margins), color=ORANGE, linestyle="--")
    axes.plot(MARGINS, pairwise_loss(MARGINS, np.zeros_like(MARGINS)), "o", color=BLUE, markersize=5)
    axes.text(-2.6, 3.05, "loss, −log σ(m), in nats", color=BLUE)
    axes.text(0.95, 1.07, "probability, σ(m)", color=ORANGE)
    axes.plot(0, np.log(2), "o", color=INK, markersize=4)
    axes.text(-0.3, 0.63, "log 2 at m = 0", color=INK, ha="right")
    axes.set(xlabel="margin m, chosen minus rejected score", xlim=(-4, 4), ylim=(0, 4.1))
    return Plot(
        figure,
        "The pairwise loss falls from about 4 nats at a margin of minus 4, through log 2 at 0, towards 0 at 4;"
        " the probability rises from 0 to 1. The six pairs of the example lie between margins 0.6 and 2.3.",
    )
