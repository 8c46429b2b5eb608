"""Numeric answers that the pages ask for. Their values come from the solutions, when the site is built."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NumericAnswer:
    """What an answer box on a page needs to know.

    `value` is computed from a solution; `decimals` is how many of its decimals are asked for; `hints`
    come one at a time; `solution` says in a sentence or two how the value comes about.
    """

    value: float
    decimals: int
    hints: tuple[str, ...]
    solution: str
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.hints:
            raise ValueError("hints: expected at least one hint, got none")
        if not 0 <= self.decimals <= 6:
            raise ValueError(f"decimals: expected 0 to 6, got {self.decimals}")
