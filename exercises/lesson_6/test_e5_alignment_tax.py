"""Checks of exercise 6.5."""

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (3,)

# Table 14, 175B: SQuADv2, HellaSwag, DROP, translation; zero-shot, then few-shot.
GPT3 = np.array([[64.30, 78.1, 27.53, 38.92], [69.75, 79.1, 35.27, 39.93]])
SFT = np.array([[57.67, 75.3, 15.79, 36.90], [65.90, 74.1, 35.85, 35.07]])
PPO = np.array([[43.68, 74.3, 13.08, 24.16], [51.95, 75.9, 27.78, 26.58]])
PTX = np.array([[59.85, 80.7, 15.23, 34.28], [69.93, 82.0, 33.34, 36.76]])


def one_by_one(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Divide entry by entry, in plain Python."""
    pairs = zip(above.ravel().tolist(), below.ravel().tolist(), strict=True)
    return np.array([a / b for a, b in pairs]).reshape(above.shape)


def test_points_lost_on_one_benchmark(answer: Answer) -> None:
    expect(answer.tax, 64.0, 44.0).equals(
        20.0,
        in_words="a tax of 20 points, from 64 down to 44",
        hint="How far is it from the score of GPT-3 down to that of the aligned model?",
        mistakes=[
            Mistake(-20.0, "Only the sign is wrong: what was lost is a positive tax."),
            Mistake(20 / 64, "That is a fraction of GPT-3's score; the tax is in points of the benchmark."),
        ],
    )


def test_points_lost_and_gained(answer: Answer) -> None:
    expect(answer.tax, np.array([78.0, 56.0]), np.array([74.0, 70.0])).equals(
        np.array([4.0, -14.0]),
        in_words="4 points lost on the first benchmark, 14 gained on the second, so minus 14",
        hint="A plain difference of whole arrays does it.",
        mistakes=[Mistake([4.0, 0.0], "Points that were gained count as a negative tax; keep them.")],
    )


def test_most_of_it_comes_back(answer: Answer) -> None:
    gpt3, ppo, ptx = 64.0, 44.0, 59.0
    expect(answer.share_won_back, gpt3, ppo, ptx).equals(
        3 / 4,
        in_words="three quarters: 20 points lost, 15 of them won back",
        hint="What was lost goes below the line, and what came back goes above it.",
        mistakes=[
            Mistake(ptx / gpt3, "That is a ratio of two scores. Without any mix it would not be 0 but 44/64."),
            Mistake(1 / 4, "That is the share still missing. Count from PPO up, not from GPT-3 down."),
            Mistake(15.0, "Those are the points won back. Of how many?"),
            Mistake(15 / 64, "The points won back are divided by the score of GPT-3; divide them by what was lost."),
            Mistake(15 / 44, "The points won back are divided by the score of PPO; divide them by what was lost."),
            Mistake(20 / 15, "The fraction is upside down: what was lost belongs below the line."),
            Mistake(75.0, "That is in percent; return a fraction."),
        ],
    )


def test_more_than_repaired_and_made_worse(answer: Answer) -> None:
    expect(answer.share_won_back, np.array([78.0, 40.0]), np.array([74.0, 30.0]), np.array([80.0, 29.0])).equals(
        np.array([1.5, -0.1]),
        in_words="1.5 where PPO-ptx ends above GPT-3, −0.1 where it ends below PPO",
        hint="The formula needs no limits at 0 and 1.",
        mistakes=[
            Mistake([1.0, -0.1], "Above 1 the mix did more than repair. That is a result; do not cut it off."),
            Mistake([1.5, 0.0], "Below 0 the mix made it worse. That is a result; do not cut it off."),
            Mistake([1.0, 0.0], "Above 1 the mix did more than repair, below 0 it made it worse. Cut neither off."),
        ],
    )


def test_shares_of_table_14(answer: Answer) -> None:
    expect(answer.share_won_back, GPT3, PPO, PTX).equals(
        one_by_one(PTX - PPO, GPT3 - PPO),
        in_words="the eight shares of the page: 0.78, 1.68, 0.15, … and 1.01, 1.91, 0.74, …",
        hint="Whole arrays go in, and one of the same shape comes out: each benchmark by itself.",
    )


def test_no_tax_no_share(answer: Answer) -> None:
    gpt3, ppo, ptx = np.array([56.0, 60.0, 64.0]), np.array([70.0, 60.0, 44.0]), np.array([63.0, 62.0, 59.0])
    expect(answer.share_won_back, gpt3, ppo, ptx).equals(
        np.array([np.nan, np.nan, 0.75]),
        in_words="NaN for the first two, where PPO gained or stayed level, and 0.75 for the third",
        hint="Where the tax is 0 or negative, there is no tax to win back: put np.nan there, and only there.",
    )


def test_lost_before_reinforcement_learning(answer: Answer) -> None:
    gpt3, sft, ppo = 28.0, 16.0, 13.0
    expect(answer.share_lost_in_sft, gpt3, sft, ppo).equals(
        12 / 15,
        in_words="four fifths: of the 15 points that PPO lacks, 12 were lost by SFT",
        hint="Two taxes, both counted from GPT-3; one goes above the line, the other below.",
        mistakes=[
            Mistake(3 / 15, "That is the share lost between SFT and PPO; asked is the part before it."),
            Mistake(15 / 12, "The fraction is upside down: the whole tax, that of PPO, belongs below the line."),
            Mistake(sft / gpt3, "That is a ratio of two scores; a share of a tax needs two taxes."),
            Mistake(80.0, "That is in percent; return a fraction."),
        ],
    )


def test_shares_lost_before_in_table_14(answer: Answer) -> None:
    expect(answer.share_lost_in_sft, GPT3, SFT, PPO).equals(
        one_by_one(GPT3 - SFT, GPT3 - PPO),
        in_words="the largest zero-shot share for DROP, 0.81; below 0 for DROP few-shot, where SFT is above GPT-3",
        hint="Whole arrays go in, and nothing is cut off at 0 or 1.",
    )


def test_no_tax_no_share_lost_before(answer: Answer) -> None:
    expect(answer.share_lost_in_sft, np.array([56.0, 28.0]), np.array([60.0, 16.0]), np.array([70.0, 13.0])).equals(
        np.array([np.nan, 0.8]),
        in_words="NaN for the first, where PPO gained, and 0.8 for the second",
        hint="Where PPO lost nothing there is no tax, so no share of it: NaN, as in share_won_back.",
    )
