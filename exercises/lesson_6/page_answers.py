"""Numeric answers that the page of lesson 6 asks for."""

import numpy as np

from exercises.lesson_6.e1_quality_gap_solution import quality_gap
from exercises.page_answers import NumericAnswer

ANSWERS = {
    "gap-of-85-percent": NumericAnswer(
        value=float(quality_gap(np.array(0.85))),
        decimals=3,
        unit="nats",
        hints=(
            "Solve p = σ(Δq) for Δq: it is the log of the odds.",
            "The odds are 0.85 to 0.15; take the natural log.",
        ),
        solution="The odds are 0.85/0.15 = 5.667, and the gap is their natural logarithm.",
    ),
    "gap-of-82-percent": NumericAnswer(
        value=float(quality_gap(np.array(0.82))),
        decimals=3,
        unit="nats",
        hints=("Do the same with 0.82.", "What is left of 1 when you take 0.82 away? It goes below the line."),
        solution="The odds are 0.82/0.18 = 4.556, and the gap is their natural logarithm.",
    ),
    "gap-of-88-percent": NumericAnswer(
        value=float(quality_gap(np.array(0.88))),
        decimals=3,
        unit="nats",
        hints=("Expect more than for 85 %, and a longer step than the one down to 82 %.", "The odds are 0.88 to 0.12."),
        solution="The odds are 0.88/0.12 = 7.333, and the gap is their natural logarithm.",
    ),
}
