import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from rlhf_textbook.tiny.language import END, N_TOKENS, PROMPT_LENGTH, all_prompts, response_tokens
from rlhf_textbook.tiny.model import hidden_states, log_probs
from rlhf_textbook.tiny.sampling import sample
from tests.tiny_helpers import small_model

PROMPTS = all_prompts()[::3]


def distributions(params, sequences):
    """Log-probabilities of every token at each place of the response, shape (n, 6, 27)."""
    every = []
    for token in range(N_TOKENS):
        places = []
        for t in range(PROMPT_LENGTH, 12):
            asked = sequences.copy()
            asked[:, t] = token
            places.append(log_probs(params, asked[:, : t + 1], start=t)[0][:, 0])
        every.append(places)
    return np.moveaxis(np.array(every), 2, 0).swapaxes(1, 2)


def test_first_tokens_are_distributed_as_log_probs_says():
    """Chi-square over 40,000 responses to one prompt."""
    prompt = PROMPTS[100:101]
    sequences = sample(small_model(), np.repeat(prompt, 40_000, axis=0), np.random.default_rng(0))
    p = np.exp(distributions(small_model(), sequences[:1])[0, 0])
    assert p.max() > 5 * p.min()  # a uniform sampler would not pass
    seen = np.bincount(sequences[:, PROMPT_LENGTH], minlength=N_TOKENS)
    assert stats.chisquare(seen, 40_000 * p).pvalue > 0.01


def test_every_later_token_is_distributed_as_log_probs_says_given_those_before():
    """Counts minus expected counts, over their standard deviations: 27 tokens at 6 places, chi-square each place."""
    sequences = sample(small_model(), np.repeat(PROMPTS, 10, axis=0), np.random.default_rng(1))
    p = np.exp(distributions(small_model(), sequences))
    np.testing.assert_allclose(p.sum(axis=2), 1, rtol=1e-12)
    mask = response_tokens(sequences)
    hits = sequences[:, PROMPT_LENGTH:, None] == np.arange(N_TOKENS)
    surplus = ((hits - p) * mask[..., None]).sum(axis=0)
    spread = np.sqrt((p * (1 - p) * mask[..., None]).sum(axis=0))
    z = surplus / spread
    assert z.shape == (6, 27)
    assert abs(z).max() < 4
    assert stats.kstest(z.ravel(), "norm").pvalue > 0.01


def test_the_log_prob_of_a_sampled_response_is_the_sum_that_the_hidden_states_give():
    params = small_model()
    sequences = sample(params, PROMPTS[:50], np.random.default_rng(2))
    mask = response_tokens(sequences)
    total = np.zeros(50)
    for t in range(PROMPT_LENGTH, 12):
        hidden = hidden_states(params, sequences[:, :t])[-1]  # of what was there when the token was drawn
        logits = hidden @ params["head"] + params["head_bias"]
        drawn = logits[np.arange(50), sequences[:, t]]
        total += mask[:, t - PROMPT_LENGTH] * (drawn - np.log(np.exp(logits).sum(axis=1)))
    log_p, _ = log_probs(params, sequences, start=PROMPT_LENGTH)
    np.testing.assert_allclose((log_p * mask).sum(axis=1), total, rtol=1e-12)


def test_each_response_follows_its_own_prompt_and_ends_at_its_first_end_mark():
    sequences = sample(small_model(), PROMPTS, np.random.default_rng(3))
    np.testing.assert_array_equal(sequences[:, :PROMPT_LENGTH], PROMPTS)
    lengths = []
    for response in sequences[:, PROMPT_LENGTH:].tolist():
        lengths.append(response.index(END) if END in response else 6)
        assert set(response[lengths[-1] :]) <= {END}
    assert set(lengths) == set(range(7))  # empty ones and ones that never end are among them


def test_the_response_to_a_prompt_depends_on_the_prompt():
    params = small_model()
    one, other = (sample(params, np.repeat(p[None], 500, axis=0), np.random.default_rng(0)) for p in PROMPTS[[0, 400]])
    assert (one[:, 6:] != other[:, 6:]).any()


def test_the_same_seed_writes_the_same_responses_and_another_seed_others():
    one, same, other = (sample(small_model(), PROMPTS, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize("temperature", [0.25, 0.5, 2.0])
def test_a_temperature_divides_the_logits(temperature):
    params = small_model()
    cooled = params | {name: params[name] / temperature for name in ("head", "head_bias")}
    np.testing.assert_array_equal(
        sample(params, PROMPTS, np.random.default_rng(0), temperature=temperature),
        sample(cooled, PROMPTS, np.random.default_rng(0)),
    )


def test_near_temperature_0_the_likeliest_token_is_written():
    sequences = sample(small_model(), PROMPTS[:40], np.random.default_rng(0), temperature=1e-4)
    likeliest = distributions(small_model(), sequences).argmax(axis=2)
    mask = response_tokens(sequences)
    np.testing.assert_array_equal(sequences[:, PROMPT_LENGTH:][mask], likeliest[mask])


def test_sampling_changes_neither_the_prompts_nor_the_model():
    prompts, params = PROMPTS.copy(), small_model()
    for array in (prompts, *params.values()):
        array.flags.writeable = False
    sample(params, prompts, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("prompts", "message"),
    [
        (PROMPTS[0], r"prompts: expected 2 dimension\(s\), got shape \(6,\)"),
        (PROMPTS[:, :5], r"prompts: expected shape \(n, 6\), got shape \(512, 5\)"),
        (PROMPTS[:0], r"prompts: expected at least one value, got an empty array of shape \(0, 6\)"),
        (PROMPTS + 27, r"prompts: expected tokens in \[0, 27\), got 27 to 45"),
        (-PROMPTS, r"prompts: expected tokens in \[0, 27\), got -18 to 0"),
        (PROMPTS.astype(float), "prompts: expected integers, got dtype float64"),
        (["reverse a b c"], "prompts: expected an array of real numbers, got dtype <U13"),
        (None, "prompts: expected an array of real numbers, got dtype object"),
    ],
)
def test_what_are_no_prompts_is_refused(prompts, message):
    with pytest.raises(ValueError, match=message):
        sample(small_model(), prompts, np.random.default_rng(0))


@pytest.mark.parametrize("temperature", [0, -1.0, np.inf, np.nan, "hot", [1.0]])
def test_a_temperature_that_is_not_positive_is_refused(temperature):
    with pytest.raises(ValueError, match=r"^temperature: expected .+, got ."):
        sample(small_model(), PROMPTS, np.random.default_rng(0), temperature=temperature)
