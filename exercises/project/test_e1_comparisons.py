"""Checks of project part 1."""

from itertools import combinations

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import LABELER_TEMPERATURE, labeler_agreement, sample_responses, softmax

OBJECTIVES = (1,)

THREE = np.array([0.8, 0.5, 0.2])
TAU = 0.5


def test_without_noise_the_order_is_that_of_the_scores(answer: Answer) -> None:
    scores = np.array([[0.1, 0.9, 0.5, 0.3]])
    expect(answer.rank_with_noise, scores, 0.0, np.random.default_rng(0)).equals(
        [[1, 2, 3, 0]],
        in_words="the positions of the responses, best first: the best score, 0.9, stands at position 1",
        hint="Noise times 0 is no noise, and nothing is divided by it. Sort each prompt's scores, the largest first.",
        mistakes=[
            Mistake([[0, 3, 2, 1]], "That is worst first. np.argsort puts the smallest first: sort the negative."),
            Mistake([[3, 0, 1, 2]], "Those are places, 0 for the best. Return positions: who is first, who is second."),
            Mistake([1, 2, 3, 0], "There is a row for each prompt, even where there is only one."),
            Mistake([[0.9, 0.5, 0.3, 0.1]], "Those are the scores in order; return positions, as np.argsort does."),
        ],
    )


def test_each_prompt_is_ranked_by_itself(answer: Answer) -> None:
    scores = np.array([[0.1, 0.9, 0.5], [0.7, 0.6, 0.8], [0.3, 0.2, 0.1], [0.4, 0.6, 0.5]])
    expect(answer.rank_with_noise, scores, 0.0, np.random.default_rng(0)).equals(
        [[1, 2, 0], [2, 0, 1], [0, 1, 2], [1, 2, 0]],
        in_words="a row of positions for each of the four prompts",
        hint="Sort along the responses, axis 1, and not along the prompts.",
    )


def first_places(rankings: np.ndarray) -> np.ndarray:
    return np.bincount(np.asarray(rankings)[:, 0].astype(int), minlength=3) / len(rankings)


def first_places_with(noise: np.ndarray) -> np.ndarray:
    return first_places(np.argsort(-(THREE + noise), axis=1))


def test_first_places_follow_the_softmax(answer: Answer) -> None:
    size = (40_000, 3)
    came = expect(answer.rank_with_noise, np.tile(THREE, (size[0], 1)), TAU, np.random.default_rng(1))
    came.satisfies(
        lambda rankings: np.array_equal(np.sort(rankings, axis=1), np.tile([0, 1, 2], (size[0], 1))),
        in_words="in each row the positions 0, 1, 2 in some order",
        hint="A labeler ranks all of the prompt's responses: np.argsort along axis 1.",
    )
    shares, wanted = first_places(came.value), softmax(THREE / TAU)
    draws = np.random.default_rng(2)
    slips = {
        "Your noise changes no order. Is it one draw for each response of each prompt?": np.array([1.0, 0.0, 0.0]),
        "The noise is as strong at any temperature: multiply it.": softmax(THREE),
        "The noise is divided by the temperature. A hot labeler should be the noisier one.": softmax(THREE * TAU),
        "Your noise comes with the other sign. Sort −(scores + noise), and mind the brackets.": (
            first_places_with(-TAU * draws.gumbel(size=size))
        ),
        "Is that normal noise? The softmax comes from Gumbel noise, rng.gumbel.": (
            first_places_with(TAU * draws.normal(size=size))
        ),
    }
    far = {told: float(np.abs(shares - law).max()) for told, law in slips.items()}
    nearest = min(far, key=lambda told: far[told])
    hint = nearest if far[nearest] < 0.012 else None
    if hint is None and shares.max() == 1:
        hint = "All prompts get the same ranking. Draw noise of shape scores.shape, not of one row."
    counted = Result("counting who is first in 40,000 rankings of [0.8, 0.5, 0.2]", np.round(shares, 3))
    counted.satisfies(
        lambda _: np.abs(shares - wanted).max() < 0.012,  # about five standard errors
        in_words=f"first places in the shares {np.round(wanted, 3).tolist()}, which is softmax(scores / 0.5)",
        hint=hint or "score + temperature · noise, the noise of shape scores.shape; then sort.",
    )


def test_chance_comes_from_rng(answer: Answer) -> None:
    scores = np.tile(THREE, (50, 1))
    first = expect(answer.rank_with_noise, scores, TAU, np.random.default_rng(3))
    again = expect(answer.rank_with_noise, scores, TAU, np.random.default_rng(3)).value
    other = expect(answer.rank_with_noise, scores, TAU, np.random.default_rng(4)).value
    first.satisfies(
        lambda rankings: np.array_equal(rankings, again) and not np.array_equal(rankings, other),
        in_words="the same rankings again from an `rng` with the same seed, others from another seed",
        hint="Draw from `rng` itself, not from np.random and not from a generator of your own.",
    )


def table(came: Result) -> Result:
    """Judge winners and losers as one table, whatever the order of its rows."""
    came.satisfies(
        lambda both: len(both) == 2 and np.shape(both[0]) == np.shape(both[1]) and np.ndim(both[0]) == 2,
        in_words="two tables of one shape, (comparisons, features): winners and losers",
        hint="features[p][rankings[p]] is prompt p in order. Return winners, losers; prompts joined by reshape(-1, …).",
    )
    rows = np.hstack([np.asarray(part, dtype=float) for part in came.value])
    return Result(f"{came.call}, as rows [winner, loser],", np.array(sorted(rows.tolist())))


def test_comparisons_of_one_ranking(answer: Answer) -> None:
    features = np.array([[[10.0], [11.0], [12.0]]])
    came = expect(answer.comparison_pairs, features, np.array([[1, 2, 0]]))
    table(came).equals(
        [[11, 10], [11, 12], [12, 10]],
        in_words="from the ranking second, third, first: 11 over 12, 11 over 10, 12 over 10",
        hint="First list the features in ranked order: [11, 12, 10]. Each beats all that come after it.",
        mistakes=[
            Mistake([[10, 11], [10, 12], [11, 12]], "Where does the ranking come in? Yours keeps the order as drawn."),
            Mistake(
                [[10, 11], [12, 10], [12, 11]],
                "You read the ranking as places. Its first entry, 1, says that the response at position 1 is best.",
            ),
            Mistake([[10, 11], [10, 12], [12, 11]], "Winners and losers are swapped."),
            Mistake([[11, 12], [12, 10]], "Only neighbors are compared. The best also beats the last."),
            Mistake(
                [[10, 11], [10, 12], [11, 10], [11, 12], [12, 10], [12, 11]],
                "Each pair stands there both ways round; the ranking says which of the two won.",
            ),
            Mistake(
                [[10, 10], [11, 10], [11, 11], [11, 12], [12, 10], [12, 12]],
                "No response beats itself: np.triu_indices(K, k=1) leaves that out.",
            ),
        ],
    )


def test_comparisons_of_the_whole_project(answer: Answer) -> None:
    n_prompts, k = 200, 4
    rng = np.random.default_rng(5)
    features = rng.random((n_prompts, k, 5))
    rankings = np.argsort(rng.random((n_prompts, k)), axis=1)
    rows = [
        np.hstack([prompt[winner], prompt[loser]])
        for prompt, order in zip(features, rankings, strict=True)
        for winner, loser in combinations(order, 2)
    ]
    found = table(expect(answer.comparison_pairs, features, rankings))
    number = len(found.value)
    Result("comparison_pairs(…), counted,", number).equals(
        1200,
        in_words="200 · C(4, 2) = 1200 comparisons of 5 features",
        hint="Six from each prompt. Are only responses of one prompt compared, and all of them?",
        mistakes=[Mistake(6, "That is one prompt's worth. Is the `return` inside the loop?")],
    )
    found.satisfies(
        lambda came: np.allclose(came, sorted(np.array(rows).tolist())),
        in_words="1200 rows in each of which the winner was ranked above the loser, of the same prompt",
        hint="Try it with two prompts and one feature, 0, 1, 2, 3 and 10, 11, 12, 13, and print the pairs.",
    )


def test_agreement_of_two_rankings(answer: Answer) -> None:
    one, other = np.array([[1, 0, 2, 3]]), np.array([[1, 2, 3, 0]])
    expect(answer.agreement, one, one).equals(
        1.0, in_words="a labeler who agrees with herself everywhere", hint="Of six pairs, six are in the same order."
    )
    expect(answer.agreement, one, other).equals(
        4 / 6,
        in_words="four pairs of six: the two labelers differ on response 0 against 2 and against 3",
        hint="Write down, for each labeler, the place of response 0, 1, 2 and 3; then compare pair by pair.",
        mistakes=[
            Mistake(1 / 4, "You compare entry by entry. Count pairs of responses in the same order."),
            Mistake(
                2 / 6, "You compare the entries of the rankings; they are positions. np.argsort makes places of them."
            ),
            Mistake(2 / 3 * 100, "Return a share between 0 and 1."),
            Mistake(4.0, "That is their number; divide by the number of pairs."),
            Mistake(8 / 16, "You average over the full K × K table. Which of its cells are pairs?"),
            Mistake(12 / 16, "The diagonal of the K × K table is in it: a response and itself are no pair."),
            Mistake(8 / 10, "A response is paired with itself, too: k=1 leaves that out."),
            Mistake(1.0, "Do you look at first places alone?"),
        ],
    )
    expect(answer.agreement, one, one[:, ::-1]).equals(
        0.0, in_words="no agreement with the reverse order", hint="Of six pairs, none is in the same order."
    )


def test_agreement_over_prompts(answer: Answer) -> None:
    one = np.array([[1, 0, 2, 3], [0, 1, 2, 3], [3, 1, 0, 2]])
    other = np.array([[1, 2, 3, 0], [0, 1, 2, 3], [3, 1, 2, 0]])
    expect(answer.agreement, one, other).equals(
        (4 + 6 + 5) / 18,
        in_words="of the 18 pairs of three prompts, 4 + 6 + 5 in the same order",
        hint="Average over all pairs of all prompts.",
        mistakes=[
            Mistake(4 / 6, "That is the first prompt alone."),
            Mistake((4 + 6 + 5) / 6, "You add up the prompts' shares; average them."),
            Mistake(1 / 3, "That counts rankings that are the same throughout. Count pairs."),
        ],
    )


def test_two_labelers_agree_as_often_as_they_should(answer: Answer) -> None:
    scores = sample_responses(5000, 4, rng=np.random.default_rng(6)).true_scores
    rng = np.random.default_rng(7)
    one = expect(answer.rank_with_noise, scores, LABELER_TEMPERATURE, rng).value
    other = expect(answer.rank_with_noise, scores, LABELER_TEMPERATURE, rng).value
    expected = labeler_agreement(scores, scores)
    expect(answer.agreement, one, other).satisfies(
        lambda share: abs(share - expected) < 0.015,  # about five standard errors
        in_words=f"two labelers who agree on about {expected:.1%} of pairs of 5000 prompts, at temperature 0.06",
        hint="Do two calls with the same rng give two labelers? Each draws noise of its own.",
    )
