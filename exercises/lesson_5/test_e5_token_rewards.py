"""Checks of exercise 5.5."""

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import token_rewards

OBJECTIVES = (3,)

POLICY = np.array([-0.15, -0.30, -0.05, -0.10, -0.08, -0.20, -0.03])
SFT = np.array([-0.20, -0.45, -0.06, -0.12, -0.10, -0.80, -0.04])

# Numbers at places with mask False mean nothing.
SCORES = np.array([1.0, -0.5])
BATCH_POLICY = np.array([[-0.2, -0.5], [-1.2, -7.0]])
BATCH_SFT = np.array([[-0.9, -0.4], [-1.0, -2.0]])
MASK = np.array([[True, True], [True, False]])

PROMPT_FIRST = np.array([[False, True, True, False], [False, False, True, True], [True, False, False, False]])


def paid(mask: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    """Collect what every token pays, place by place, without the score."""
    pays = np.zeros(mask.shape)
    for place in np.ndindex(mask.shape):
        if mask[place]:
            pays[place] = kl_coef * (ref_log_probs[place] - log_probs[place])
    return pays


def test_the_paris_response(answer: Answer) -> None:
    price = 0.02 * (POLICY - SFT)
    end = np.array([0, 0, 0, 0, 0, 0, 2.1])
    right = token_rewards(2.1, POLICY, SFT, kl_coef=0.02)
    expect(answer.token_rewards, 2.1, POLICY.copy(), SFT.copy(), kl_coef=0.02).equals(
        right,
        in_words="−0.001, −0.003, … for the first tokens, −0.012 for Paris, and 2.0998 for the full stop",
        hint="Each token pays β times its own log-ratio. The score is added in one place.",
        mistakes=[
            Mistake(end + price, "In yours a token earns by straying from the SFT model. Which sign has a price?"),
            Mistake(2.1 - price, "The score is given seven times over, once to every token. When does it arrive?"),
            Mistake(end[::-1] - price, "The score is at the first token; it arrives when the response is finished."),
            Mistake(2.1 / 7 - price, "The score is shared out over the tokens; it arrives whole, at one of them."),
            Mistake(np.append(-price[:-1], 2.1), "The last token pays too: add the score to its penalty (+=, not =)."),
            Mistake(
                end * (2.1 - price.sum()) / 2.1, "Right in total, but pay at the token that caused it, not at the end."
            ),
            Mistake(
                end * (2.1 - price.sum()) / 2.1 - price, "The penalty is paid twice: token by token, and at the end."
            ),
            Mistake(right.sum(), "That is the total of the response. Keep the tokens apart."),
            Mistake(np.append(-price, 2.1), "The score is no eighth token: add it to what the seventh one gets."),
            Mistake(end - np.cumsum(price), "Each token pays for itself alone, not for all before it."),
            Mistake(end - price / 7, "Each token pays its own log-ratio in full: no division by their number."),
            Mistake(end - price / 0.02, "Each nat costs a whole point in yours. What is kl_coef for?"),
        ],
    )


def test_a_response_of_one_token(answer: Answer) -> None:
    expect(answer.token_rewards, 0.4, np.array([-2.0]), np.array([-0.5]), kl_coef=0.1).equals(
        [0.4 + 0.1 * 1.5],
        in_words="score and penalty on the same token, here with a negative log-ratio, which earns a little",
        hint="With one token, the first is the last.",
    )


def test_what_came_in_stays_as_it_was(answer: Answer) -> None:
    log_probs, ref_log_probs = POLICY.copy(), SFT.copy()
    expect(answer.token_rewards, 2.1, log_probs, ref_log_probs, kl_coef=0.02).satisfies(
        lambda _: np.array_equal(log_probs, POLICY) and np.array_equal(ref_log_probs, SFT),
        in_words="log_probs and ref_log_probs unchanged by the call",
        hint="+= and -= on an argument change the caller's array. Work on a new one.",
    )


def test_a_padded_batch(answer: Answer) -> None:
    pays = paid(MASK, BATCH_POLICY, BATCH_SFT, 0.1)
    everything = paid(np.ones_like(MASK), BATCH_POLICY, BATCH_SFT, 0.1)
    right = token_rewards(SCORES, BATCH_POLICY, BATCH_SFT, kl_coef=0.1, mask=MASK) + 0.0  # shows −0 as 0

    def scored(*places: tuple[int, int, float]) -> np.ndarray:
        rewards = pays.copy()
        for i, t, score in places:
            rewards[i, t] += score
        return rewards

    arguments = SCORES.copy(), BATCH_POLICY.copy(), BATCH_SFT.copy(), MASK
    result = expect(answer.batch_token_rewards, *arguments, kl_coef=0.1)
    result.satisfies(
        lambda rewards: np.shape(rewards) == (2, 2),
        in_words="two rows of two, one for each response",
        hint="All rows have the same length: a shorter response is filled up with zeros.",
    )
    result.equals(
        right,
        in_words="two tokens and a score of 1 in the first row; one token, a score of −0.5 and a zero in the second",
        hint="Work out each row with token_rewards, on the tokens that the mask keeps.",
        mistakes=[
            Mistake(
                scored((0, 1, 1.0), (1, 1, -0.5)),
                "The second score landed in the last column, on padding. It belongs to the last response token.",
            ),
            Mistake(right - pays + everything, "The scores are right, but padding pays a penalty. It must stay at 0."),
            Mistake(scored((0, 1, 1.0)), "The second score is lost: it was put on padding, and the mask took it away."),
            Mistake(
                (SCORES[:, None] + pays) * MASK, "Each score is given to every token; it belongs to the last one alone."
            ),
            Mistake(scored((0, 0, 1.0), (1, 0, -0.5)), "The scores are at the first response token of each row."),
            Mistake(
                scored((0, 1, 1.0), (0, 0, -0.5), (1, 1, 1.0), (1, 0, -0.5)),
                "Every score went into every row; each row only its own: index rows and columns together.",
            ),
        ],
    )


def test_prompt_before_padding_after(answer: Answer) -> None:
    rng = np.random.default_rng(5)
    log_probs, ref_log_probs = -rng.exponential(size=(2, 3, 4)).round(1)
    scores = np.array([1.0, 2.0, 3.0])
    rewards = paid(PROMPT_FIRST, log_probs, ref_log_probs, 0.1)
    by_count = rewards.copy()
    for i in range(3):
        places = np.flatnonzero(PROMPT_FIRST[i])
        rewards[i, places.max()] += scores[i]
        by_count[i, len(places) - 1] += scores[i]
    expect(answer.batch_token_rewards, scores, log_probs, ref_log_probs, PROMPT_FIRST, kl_coef=0.1).equals(
        rewards,
        in_words="the scores 1, 2, 3 in columns 2, 3, 0, where the responses end; 0 on prompts and padding",
        hint="np.flatnonzero(mask[i]) lists the places of row i that are True.",
        mistakes=[
            Mistake(
                by_count,
                "You count the response tokens from the start of the row, but in two rows the prompt comes first.",
            ),
        ],
    )


def test_they_add_up_to_the_penalized_reward(answer: Answer) -> None:
    rng = np.random.default_rng(6)
    log_probs, ref_log_probs = -rng.exponential(size=(2, 5, 6))
    mask = np.arange(6) < np.array([[6], [4], [1], [2], [5]])
    scores = rng.normal(size=5)
    expected = scores - 0.02 * np.sum((log_probs - ref_log_probs) * mask, axis=1)
    expect(answer.batch_token_rewards, scores, log_probs, ref_log_probs, mask, kl_coef=0.02).satisfies(
        lambda rewards: np.allclose(np.sum(rewards, axis=1), expected),
        in_words="rows that sum to score − β · log-ratio, in a batch of 5 responses with up to 6 tokens",
        hint="Does your code depend on the shapes of the earlier checks?",
    )
