"""Checks of exercise 1.3."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2, 4)

PROMPT = "write a poem ."
FORUM = "can anyone help me"
PLAIN = "the sun is warm"  # each of its words is followed by one word only
POEM = "a small cat naps"  # after "a" comes "small", and in the prompt "poem"


def pairs(lines: list[str]) -> Counter[tuple[str, str]]:
    """How often each pair of neighbors occurs."""
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found.update(pairwise(line.split()))
    return found


def model(counts: Counter[tuple[str, str]], words: list[str]) -> np.ndarray:
    """Log-probabilities of the smoothed model, number by number."""
    totals = {a: sum(counts[a, b] for b in words) + len(words) for a in words}
    return np.array([[math.log((counts[a, b] + 1) / totals[a]) for b in words] for a in words])


def flips_at(obeying: str, n_lines: int) -> int:
    """Smallest number of obeying lines that is enough, from the pairs' counts alone."""
    vocabulary = sorted({*PROMPT.split(), *obeying.split(), *FORUM.split()})
    per_line = [pairs([f"{PROMPT} {answer}"]) for answer in (obeying, FORUM)]
    for k in range(n_lines + 1):
        counts = Counter({p: k * per_line[0][p] + (n_lines - k) * per_line[1][p] for p in per_line[0] | per_line[1]})
        totals = Counter[str]()
        for (first, _), count in counts.items():
            totals[first] += count
        scores = [
            sum(
                math.log((counts[pair] + 1) / (totals[pair[0]] + len(vocabulary)))
                for pair in pairwise([".", *answer.split()])
            )
            for answer in (obeying, FORUM)
        ]
        if scores[0] > scores[1] + 1e-9:
            return k
    raise AssertionError("the check's own example never flips")


def test_bigrams_of_two_lines(answer: Answer) -> None:
    lines, words = ["on and on and on", "and off"], ["on", "and", "off"]
    counts = np.array([[0, 2, 0], [2, 0, 1], [0, 0, 0]])
    rows = counts.sum(axis=1, keepdims=True)
    expected = model(pairs(lines), words)
    once = Counter({("on", "and"): 1, ("and", "on"): 1, ("and", "off"): 1})
    across = pairs([" ".join(lines)])
    with np.errstate(all="ignore"):
        bare = np.log(counts / rows)
        bare_joined = np.log([[0.0, 1.0, 0.0], [2 / 3, 0.0, 1 / 3], [1 / 3, 1 / 3, 1 / 3]])
    never = "A pair that never came has count 0, and log 0 is −∞. Every count starts at 1."
    expect(answer.fit_bigrams, lines, words).equals(
        expected,
        in_words="log((count of the pair + 1) / (sum of the row's counts + 3))",
        hint="Print the counts first: after “and” comes “on” twice and “off” once.",
        mistakes=[
            Mistake(bare, never),
            Mistake(bare_joined, never),
            Mistake(np.where(rows > 0, bare, -math.inf), never),
            Mistake(np.where(rows > 0, bare, 0.0), never),
            Mistake(
                np.log((counts + 0.1) / (rows + 0.3)), "The lesson starts every count at 0.1; here it starts at 1."
            ),
            Mistake(
                np.log((counts + 1) / (rows + 1)),
                "One was added to each of the row's V counts. So the row's sum grows by V, not by 1.",
            ),
            Mistake(
                np.log((counts + 1) / (counts.sum(axis=0) + 3)),
                "Your table adds up to 1 down the columns. What comes after a given word is a row.",
            ),
            Mistake(
                np.log((counts + 1) / (counts.sum() + 9)),
                "You divide by the sum over the whole table; each row is a distribution of its own.",
            ),
            Mistake(
                model(Counter({(b, a): count for (a, b), count in pairs(lines).items()}), words),
                "The table is the other way round: the row is the word before, the column the word after.",
            ),
            Mistake(model(pairs(lines), sorted(words)), "Keep the order of the vocabulary as it is given."),
            Mistake(np.exp(expected), "Nearly: those are the probabilities; their logs are asked for."),
            Mistake(
                np.log((counts + 1) / (rows.ravel() + 3)),
                "The sums of the rows have to stay a column when you divide: keepdims=True.",
            ),
            Mistake(np.log(counts + 1), "Those are the logs of the counts. Divide each row by its sum first."),
            Mistake(
                np.log((counts + 1) / [[6], [6], [4]]),
                "A word at the end of a line has no successor there, and adds nothing to its row's sum.",
            ),
            Mistake(counts + 1, "Those are the counts. Turn each row into probabilities, then take logs."),
            Mistake(model(across, words), "A line's last word is not followed by the first word of the next line."),
            Mistake(
                model(once, words),
                "A pair that comes twice counts twice. With lists of ids, += adds only once: np.add.at, or a loop.",
            ),
        ],
    )


def test_order_of_the_vocabulary(answer: Answer) -> None:
    lines, words = ["a cat naps", "a cat sat"], ["sat", "naps", "cat", "a"]
    expect(answer.fit_bigrams, lines, words).equals(
        model(pairs(lines), words),
        in_words="rows and columns in the order of the vocabulary that was given",
        hint="vocabulary[0] belongs to row 0 and column 0, also where the list is not sorted.",
        mistakes=[Mistake(model(pairs(lines), sorted(words)), "Keep the order of the vocabulary as it is given.")],
    )


def test_score_of_two_words(answer: Answer) -> None:
    words = ["me", "why", "not"]
    table = np.log([[0.2, 0.3, 0.5], [0.1, 0.3, 0.6], [0.4, 0.5, 0.1]])
    score = math.log(0.3) + math.log(0.6)
    expect(answer.score, table, words, "not me", "why not").equals(
        score,
        in_words="log P(why | me) + log P(not | why) = log 0.3 + log 0.6",
        hint="A continuation of two words has two terms. Which word does each of them follow?",
        mistakes=[
            Mistake(math.log(0.6), "The fork in the road is missing: the first word follows the prompt's last one."),
            Mistake(score + math.log(0.4), "You also score the step within the prompt, which both answers share."),
            Mistake(math.log(0.3) * math.log(0.6), "Probabilities are multiplied, logs are added."),
            Mistake(math.exp(score), "That is the probability; its log, a sum of logs, is asked for."),
            Mistake(
                math.log(0.5) + math.log(0.6), "The first word of the answer comes after the last word of the prompt."
            ),
            Mistake(math.log(0.1) + math.log(0.5), "You read the table the wrong way: the row is the word before."),
        ],
    )


def test_score_of_one_word_after_a_long_prompt(answer: Answer) -> None:
    words = ["x", "y", "z"]
    table = np.log([[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.6, 0.3, 0.1]])
    expect(answer.score, table, words, "x y z y x", "z").equals(
        math.log(0.5),
        in_words="a single term, log P(z | x), however long the prompt is",
        hint="A bigram model looks back one word only.",
    )


def test_share_between_two_equal_rivals(answer: Answer) -> None:
    k = flips_at(PLAIN, 21)
    expect(answer.share_needed, PROMPT, PLAIN, FORUM, 21).equals(
        k / 21,
        in_words=f"{k} of 21 lines, the first majority: with fewer the model prefers what is more frequent",
        hint="Print k and both scores for every k: where does the first score overtake the second?",
        mistakes=[
            Mistake(100 * k / 21, "That is in percent; a share lies between 0 and 1."),
            Mistake(k, "That is the number of lines; divide it by n_lines."),
            Mistake(
                (k - 1) / 21,
                f"With {k - 1} lines it does not obey yet. A line too few, or the ignoring lines' share by mistake?",
            ),
            Mistake(0.0, "With k = 0 no line obeys. Which score must be the greater one?"),
            Mistake(0.5, "Half of 21 lines is no whole number: fit a model for each k and compare."),
        ],
    )


def test_more_of_the_same_text(answer: Answer) -> None:
    k = flips_at(PLAIN, 201)
    expect(answer.share_needed, PROMPT, PLAIN, FORUM, 201).equals(
        k / 201,
        in_words=f"{k} of 201 lines: ten times as much text, and still it takes just over half",
        hint="Does your search depend on n_lines everywhere?",
    )


def test_an_answer_with_a_fork_in_it(answer: Answer) -> None:
    k = flips_at(POEM, 51)
    half = "Half is not enough: “a” is followed by more than one word here, and that costs the answer. Fit and compare."
    expect(answer.share_needed, PROMPT, POEM, FORUM, 51).equals(
        k / 51,
        in_words=f"{k} of 51 lines for the answer “{POEM}”",
        hint=half,
        mistakes=[Mistake(26 / 51, half), Mistake((k - 1) / 51, "At this share the model does not obey yet.")],
    )
