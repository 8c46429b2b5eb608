import numpy as np
import pytest

from rlhf_textbook.tiny.language import N_TOKENS, SEQUENCE_LENGTH
from rlhf_textbook.tiny.model import (
    ADAM_EPSILON,
    Adam,
    Params,
    copy_model,
    hidden_states,
    init_model,
    log_probs,
    n_parameters,
    scores,
    token_table,
    with_scalar_head,
)
from tests.tiny_helpers import gradient_error, small_model, small_scorer, some_pages


def outputs_token_by_token(params, tokens):
    """`h_t U + c` for one row, as the formula has it: every sum taken anew."""
    outputs = []
    for t in range(len(tokens)):
        total = params["bias"][t].copy()
        for k in range(t + 1):
            total += params["embedding"][tokens[k]] @ params["mixing"][k]
        outputs.append(np.tanh(total) @ params["head"] + params["head_bias"])
    return np.array(outputs)


def test_log_probs_are_those_that_the_formula_gives_token_by_token():
    params, pages = small_model(), some_pages(6)
    found, _ = log_probs(params, pages)
    assert found.shape == (6, SEQUENCE_LENGTH - 1)
    for row, tokens in zip(found, pages, strict=True):
        p = np.exp(outputs_token_by_token(params, tokens[:-1]))
        p /= p.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(row, np.log(p[np.arange(11), tokens[1:]]), rtol=1e-12)


def test_scores_are_those_that_the_formula_gives_token_by_token():
    params, pages = small_scorer(), some_pages(6)
    found, _ = scores(params, pages)
    assert found.shape == (6, SEQUENCE_LENGTH)
    for row, tokens in zip(found, pages, strict=True):
        np.testing.assert_allclose(row, outputs_token_by_token(params, tokens)[:, 0], rtol=1e-12)


def test_probabilities_of_all_tokens_sum_to_1():
    pages = np.repeat(some_pages(1), N_TOKENS, axis=0)
    pages[:, 7] = np.arange(N_TOKENS)
    assert np.exp(log_probs(small_model(), pages)[0][:, 6]).sum() == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("start", [1, 2, 6, 11])
def test_a_later_start_leaves_out_the_first_log_probs_and_changes_none(start):
    whole, _ = log_probs(small_model(), some_pages(5))
    np.testing.assert_allclose(
        log_probs(small_model(), some_pages(5), start=start)[0], whole[:, start - 1 :], rtol=1e-13
    )


@pytest.mark.parametrize("start", [0, 5, 11])
def test_a_later_start_leaves_out_the_first_scores_and_changes_none(start):
    whole, _ = scores(small_scorer(), some_pages(5))
    np.testing.assert_allclose(scores(small_scorer(), some_pages(5), start=start)[0], whole[:, start:], rtol=1e-13)


def test_what_comes_later_changes_nothing_before():
    pages = some_pages(5)
    changed = pages.copy()
    changed[:, 7:] = (changed[:, 7:] + 1) % N_TOKENS
    np.testing.assert_array_equal(scores(small_scorer(), pages)[0][:, :7], scores(small_scorer(), changed)[0][:, :7])
    np.testing.assert_array_equal(
        log_probs(small_model(), pages)[0][:, :6], log_probs(small_model(), changed)[0][:, :6]
    )


def test_the_order_of_the_tokens_matters():
    pages = some_pages(1)
    swapped = pages[:, [0, 1, 3, 2, *range(4, 12)]]
    assert (pages != swapped).any()
    assert abs(scores(small_scorer(), pages)[0][0, 5] - scores(small_scorer(), swapped)[0][0, 5]) > 1e-3


def test_hidden_states_are_a_running_sum_over_the_token_table():
    params, pages = small_model(), some_pages(4)
    table = token_table(params)
    assert table.shape == (12, 27, 3)
    sums = np.cumsum([table[t, pages[:, t]] for t in range(12)], axis=0)
    np.testing.assert_allclose(hidden_states(params, pages), np.tanh(sums + params["bias"][:, None]), rtol=1e-12)


# Backward passes


@pytest.mark.parametrize("start", [1, 6])
def test_backward_of_log_probs_agrees_with_differences(start):
    pages = some_pages(5)
    weights = np.random.default_rng(1).normal(size=(5, 12 - start))

    def loss(params):
        log_p, backward = log_probs(params, pages, start=start)
        return float((weights * log_p).sum()), backward(weights)

    assert gradient_error(loss, small_model()) < 1e-6


@pytest.mark.parametrize("start", [0, 5])
@pytest.mark.parametrize("width", [11, 12])
def test_backward_of_scores_agrees_with_differences(start, width):
    tokens = some_pages(5)[:, :width]
    weights = np.random.default_rng(1).normal(size=(5, width - start))

    def loss(params):
        values, backward = scores(params, tokens, start=start)
        return float((weights * values**2).sum()), backward(2 * weights * values)

    assert gradient_error(loss, small_scorer()) < 1e-6


def test_a_backward_pass_can_be_taken_twice_and_is_linear():
    _, backward = log_probs(small_model(), some_pages(5))
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 5, 11))
    parts = backward(one), backward(other)
    for name, whole in backward(2 * one - other).items():
        np.testing.assert_allclose(whole, 2 * parts[0][name] - parts[1][name], atol=1e-12)


# Models


def test_a_model_has_the_parameters_that_its_sizes_imply():
    model = init_model(16, 128, np.random.default_rng(0))
    assert n_parameters(model) == 27 * 16 + 12 * 16 * 128 + 12 * 128 + 128 * 27 + 27 == 30_027
    assert n_parameters(with_scalar_head(model, np.random.default_rng(0))) == 30_027 - 128 * 26 - 26


def test_a_scalar_head_keeps_the_body_and_starts_with_small_scores():
    model = init_model(16, 128, np.random.default_rng(0))
    scorer = with_scalar_head(model, np.random.default_rng(1))
    for name in ("embedding", "mixing", "bias"):
        np.testing.assert_array_equal(scorer[name], model[name])
    assert abs(scores(scorer, some_pages(50))[0]).max() < 0.5


@pytest.mark.parametrize("copied", [copy_model, lambda model: with_scalar_head(model, np.random.default_rng(0))])
def test_training_a_copy_leaves_the_original_as_it_was(copied):
    model = small_model()
    for value in copied(model).values():
        value += 1.0
    for name, value in small_model().items():
        np.testing.assert_array_equal(model[name], value)


@pytest.mark.parametrize("sizes", [(0, 4), (3, 0), (3.0, 4), (3, True)])
def test_a_model_without_a_size_is_refused(sizes):
    with pytest.raises(ValueError, match=r"n_(embedding|hidden): expected an integer of at least 1, got"):
        init_model(sizes[0], sizes[1], np.random.default_rng(0))


# Adam


def test_adam_takes_the_steps_of_algorithm_1_with_weight_decay_beside_it():
    rng = np.random.default_rng(0)
    start, gradients, scales = rng.normal(size=4), rng.normal(size=(7, 4)), rng.random(7)
    params = {"x": start.copy()}
    adam = Adam(params, 0.01, weight_decay=0.3)
    for gradient, scale in zip(gradients, scales, strict=True):
        adam.step({"x": gradient}, scale=scale)

    for i, x in enumerate(start):
        m = v = 0.0
        for t, (gradient, scale) in enumerate(zip(gradients, scales, strict=True), start=1):
            g = gradient[i]
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
            decay = 0.3 * x
            x -= scale * 0.01 * (m_hat / (v_hat**0.5 + ADAM_EPSILON) + decay)
        assert params["x"][i] == pytest.approx(x, rel=1e-12)


def test_the_first_step_of_adam_is_the_gradient_over_its_own_size():
    gradient = np.array([3.0, -0.2, 1e-3, 1e-9, 0.0])
    params: Params = {"x": np.zeros(5)}
    Adam(params, 0.01).step({"x": gradient})
    np.testing.assert_allclose(params["x"], -0.01 * gradient / (abs(gradient) + 1e-3), rtol=1e-12)


def test_a_gradient_that_is_rounding_error_moves_nothing():
    """What the large epsilon is for: with the usual 1e-8 these steps would be of nearly full size."""
    params: Params = {"x": np.zeros(2)}
    adam = Adam(params, 0.01)
    for _ in range(100):
        adam.step({"x": np.array([1e-15, -1e-15])})
    assert abs(params["x"]).max() < 1e-11


def test_adam_finds_the_bottom_of_a_bowl():
    params = {"x": np.array([2.0, -3.0])}
    adam = Adam(params, 0.05)
    for _ in range(500):
        adam.step({"x": params["x"] - [1.0, 0.5]})
    np.testing.assert_allclose(params["x"], [1.0, 0.5], atol=1e-2)
