"""What the tests of the tiny pipeline share: a model small enough for differences, and gradients held against them."""

from collections.abc import Callable

import numpy as np

from rlhf_textbook._checks import IntArray
from rlhf_textbook.tiny.language import END, PROMPT_LENGTH, all_prompts, web_pages
from rlhf_textbook.tiny.model import Params, init_model, with_scalar_head
from tests.helpers import numerical_gradient


def small_model(seed: int = 0) -> Params:
    """270 parameters, none of them zero, outputs far from uniform."""
    rng = np.random.default_rng(seed)
    model = init_model(2, 3, rng)
    bias = rng.normal(size=27)
    bias[END] += 2.5  # so that responses end at all lengths
    return model | {"head": 2 * model["head"], "head_bias": bias}


def small_scorer(seed: int = 0) -> Params:
    """Give the same body one output, of a size that matters."""
    rng = np.random.default_rng(seed)
    return with_scalar_head(small_model(seed), rng) | {"head": rng.normal(size=(3, 1)), "head_bias": rng.normal(size=1)}


def some_pages(n: int, seed: int = 0) -> IntArray:
    """Pages of the internet; the last one's response has no end mark."""
    rng = np.random.default_rng(seed)
    pages = web_pages(n, all_prompts(), rng)
    pages[-1, PROMPT_LENGTH:] = END + 1 + np.arange(6)
    return pages


def gradient_error(loss: Callable[[Params], tuple[float, Params]], params: Params) -> float:
    """Largest relative error, over the parameters, of the gradients that `loss` gives with its value.

    A gradient that is 0 by construction is held against what differences cannot tell from 0.
    """
    _, found = loss(params)
    assert found.keys() == params.keys()
    errors = []
    for name, value in params.items():
        expected = numerical_gradient(lambda moved, name=name: loss(params | {name: moved})[0], value)  # type: ignore[misc]
        size = float(np.linalg.norm(expected))
        error = float(np.linalg.norm(found[name] - expected))
        errors.append(error / size if size > 1e-7 else error)
    return max(errors)


def assert_same_model(one: Params, other: Params) -> None:
    """Every bit."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name])
