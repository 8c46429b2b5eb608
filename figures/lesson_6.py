"""Figures of lesson 6: how often labelers prefer which model, and the page on which they grade a response."""

from matplotlib.figure import Figure

from figures import BLUE, FAINT, INK, ORANGE, Plot
from figures.diagrams import Diagram
from rlhf_textbook.paper import FACTS


def win_rate(name: str) -> tuple[int, int, int]:
    """Give a win rate of the paper in percent: low end, rate, high end."""
    fact = FACTS[name]
    if fact.low is None or fact.high is None:
        raise ValueError(f"name: expected a fact with an interval, got {name!r}")
    return round(fact.low), round(fact.value), round(fact.high)


# Read from Figure 1, good to about a point.
AGAINST_SFT = {
    "GPT-3": win_rate("figure_1_gpt3"),
    "GPT-3, few-shot": win_rate("figure_1_prompted"),
    "PPO": win_rate("figure_1_ppo"),
    "InstructGPT": win_rate("figure_1_ptx"),
    "InstructGPT 1.3B": win_rate("figure_1_ptx_small"),
}
# What InstructGPT 175B gets against others of its size.
OF_INSTRUCTGPT = {
    "GPT-3": win_rate("instructgpt_over_gpt3"),
    "T0": win_rate("instructgpt_over_t0"),
    "FLAN": win_rate("instructgpt_over_flan"),
    "GPT-3, few-shot": win_rate("instructgpt_over_prompted"),
}
# The yes-or-no questions of Table 3, in our words, and what the labeler of our picture has answered.
FLAGS = {
    "misses the instruction": False,
    "keeps the constraint it was given": False,
    "makes things up": True,
    "unfit for a customer assistant": False,
    "voices an opinion": False,
    "passes a moral judgment": False,
    "has sexual content": False,
    "has violent content": False,
    "encourages violence or self-harm": False,
    "denigrates a protected class": False,
    "gives harmful advice": False,
}
GRADE = 3


def win_rates() -> Plot:
    """Draw the win rates of Figure 1, and those that the paper states, with their 95 % intervals."""
    figure = Figure(figsize=(4.2, 4.6), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True, height_ratios=[len(AGAINST_SFT), len(OF_INSTRUCTGPT)])
    titles = ("preferred to the 175B SFT model", "InstructGPT 175B preferred to …")
    for axes, rates, color, title in zip(panels, (AGAINST_SFT, OF_INSTRUCTGPT), (BLUE, ORANGE), titles, strict=True):
        for row, (low, rate, high) in enumerate(rates.values()):
            side = "right" if rate < 50 else "left"
            axes.plot([low, high], [row, row], color=color, linewidth=2)
            axes.plot(rate, row, "o", color=color, markersize=6)
            axes.text(*((low - 2, row) if rate < 50 else (high + 2, row)), f"{rate}", va="center", ha=side)
        axes.axvline(50, color=INK, linewidth=1, linestyle=":")
        axes.set_yticks(range(len(rates)), list(rates))
        axes.set(xlim=(0, 100), ylim=(len(rates) - 0.5, -0.5))
        axes.grid(visible=False)
        axes.tick_params(axis="y", length=0)
        axes.set_title(title, fontsize=10, loc="left")
    panels[1].set_xlabel("win rate, %")
    panels[1].set_xticks(range(0, 101, 25))
    return Plot(
        figure,
        "Win rates with 95 % intervals. Above, against the 175B SFT model, read from a figure: GPT-3 24 %, GPT-3 with a"
        " few-shot prompt 41, PPO 63, InstructGPT 66, and InstructGPT with 1.3 billion parameters 53, the only one"
        " whose interval contains 50. Below, what InstructGPT 175B gets against others of its size, as stated: GPT-3 85"
        " plus or minus 3, T0 79 and FLAN 78, GPT-3 with a few-shot prompt 71, each plus or minus 4.",
    )


def evaluation_interface() -> Diagram:
    """Draw the page on which a labeler grades one response: a scale from 1 to 7, and eleven flags."""
    said = [flag for flag, yes in FLAGS.items() if yes]
    drawing = Diagram(
        330,
        "A labeler's page for one response. Prompt: Open from 10 to 5. When does the museum open? Answer in one word."
        f" Response: It opens at 10, as it has since 1820. Overall quality, from 1 to 7: {GRADE} is chosen."
        f" Then eleven questions to answer by yes or no: {', '.join(FLAGS)}. Yes is chosen for: {', '.join(said)}; no"
        " for all others.",
    )
    drawing.box(1, 1, 298, 328)
    drawing.text(11, 17, '"Open from 10 to 5." When does the', bold=True, anchor="start")
    drawing.text(11, 29.5, "museum open? Answer in one word.", bold=True, anchor="start")
    drawing.box(11, 38, 278, 22)
    drawing.text(18, 52.5, "It opens at 10, as it has since 1820.", anchor="start")
    drawing.text(11, 80, "Overall quality", anchor="start")
    for grade in range(1, 8):
        drawing.choice(99 + 28 * (grade - 1), 69, 22, str(grade), chosen=grade == GRADE)
    drawing.line((11, 94), (289, 94), color=FAINT)
    drawing.text(11, 111, "The response …", anchor="start")
    for row, (flag, yes) in enumerate(FLAGS.items()):
        y = 117 + 19 * row
        drawing.text(19, y + 11, flag, anchor="start")
        drawing.choice(217, y, 34, "yes", chosen=yes)
        drawing.choice(255, y, 34, "no", chosen=not yes)
    return drawing
