"""Whatever a public function is called with, it gives the right value or says which argument is wrong.

Arguments are drawn in the shapes of one valid call, with values from ordinary to the ends of the floats, in all
dtypes and memory layouts; now and then one argument is something else altogether. Only requests for more memory than
there is are left out: there `MemoryError` says it best.
"""

import copy
import inspect
import math
import pkgutil
import re
import warnings
from dataclasses import fields
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rlhf_textbook
from rlhf_textbook import tiny
from rlhf_textbook.tiny import TinyConfig, labelers, language, model, sampling
from tests.helpers import RNG, VALID_CALLS, call, parts
from tests.tiny_helpers import small_model, some_pages

INF = float("inf")
TINY = np.finfo(np.float64).smallest_subnormal
LARGE = np.finfo(np.float64).max
with np.errstate(over="ignore", under="ignore"):  # a longdouble is no longer than a float64 on every machine
    BEYOND, BENEATH = np.longdouble(LARGE) * 1000, np.longdouble(TINY) / 1000

# Pools of numbers: the ordinary ones more often than each of the odd ones.
REALS = [*np.linspace(-3, 3, 25).tolist(), 0.0, -0.0, 1e-9, TINY, -TINY, 1e-300, 1e20, 1e300, -1e300, LARGE, -LARGE]
LOGS = [*np.linspace(-4, 0, 17).tolist(), -0.0, -TINY, 1e-7, -1e-9, -745.2, -1e4, -1e300, -LARGE, -INF]
UNITS = [*np.linspace(0, 1, 17).tolist(), -0.0, TINY, 1e-300, 1 - 2**-53, -0.1, 1.1]
POSITIVE = [*np.linspace(0.1, 4, 17).tolist(), TINY, 1e-300, 1e-9, 1e9, 1e300, LARGE, 0.0, -1.0]
COUNTS = [1, 2, 2, 3, 3, 4, 5, 9, 16, 0, -1]
HUGE_COUNTS = [*COUNTS, 1000, 2**31, 2**32, 2**32 + 1, 2**53 + 1, 2**62, 2**63 - 1]
LENGTHS = [*COUNTS, 1000]
DISTRIBUTIONS = [[-np.log(3)] * 3, np.log([0.5, 0.25, 0.25]), [0, -INF, -INF], [-1e308, -0.0, -INF], [-TINY, -800, -40]]


def pool_of(name: str, argument: str) -> list[Any]:
    """Which numbers make sense as this argument, and some that just do not."""
    if name == "exact_kl" and argument != "axis":
        return DISTRIBUTIONS
    if name.startswith("ranking_") and argument == "n_responses":
        return [2, 3, 3, 4, 0, -1]
    if argument.endswith("log_probs") or argument == "pretrain_log_likelihoods":
        return LOGS
    if argument in ("n_prompts", "n_responses", "n_groups", "max_iterations", "prompt_lengths", "sequence_lengths"):
        return HUGE_COUNTS if name == "n_pairs" else LENGTHS
    if argument == "n_samples":
        return LENGTHS if name == "soft_best_of_n" else HUGE_COUNTS
    return POOLS.get(argument, REALS)


POOLS: dict[str, list[Any]] = {
    "axis": [-3, -2, -1, 0, 1, 2],
    "clip_range": [*UNITS, 1e300, LARGE],
    "confidence": UNITS,
    "discount": UNITS,
    "exponent": POSITIVE,
    "fabrication_rate": UNITS,
    "final_fraction": UNITS,
    "form": ["best_of_n", "rl", "RL"],
    "gae_lambda": UNITS,
    "generation_cost": POSITIVE,
    "kl": POSITIVE,
    "kl_coef": POSITIVE,
    "l2": POSITIVE,
    "learning_rate": POSITIVE,
    "loss_ratio": POSITIVE,
    "mask": [True, True, True, False],
    "method": ["newton", "gradient_descent", "adam"],
    "n": LENGTHS,
    "n_comparisons": HUGE_COUNTS,
    "n_embedding": [1, 2, 3, 0, 100],
    "n_hidden": [1, 2, 3, 0, 100],
    "n_steps": HUGE_COUNTS,
    "peak": POSITIVE,
    "prompts": [0, 0, 1, 2, 5, 11, 26, 27, -1],
    "ptx_coef": POSITIVE,
    "ranks": [*HUGE_COUNTS, -(2**63)],
    "reduction": ["mean", "sum", "Mean"],
    "scoring_cost": POSITIVE,
    "sequences": [0, 3, 3, 4, 11, 12, 26, 27, -1],
    "size_ratio": POSITIVE,
    "spread": POSITIVE,
    "step": [*range(11), 0.5, 100, TINY, -0.0, -1.0, LARGE],
    "temperature": POSITIVE,
    "tokens": [0, 0, 1, 2, 3, -1],
    "tolerance": POSITIVE,
    "training_cost": POSITIVE,
    "win_rate": UNITS,
    "wins": [0, 1, 2, 3, 0.5, TINY, -1, 1e300],
}

# What an argument rarely or never is. Each is made anew, since some could be changed.
ODDITIES: dict[str, Any] = {
    "nothing": lambda: None,
    "boolean": lambda: True,
    "numpy's boolean": lambda: np.True_,
    "booleans": lambda: [True, False],
    "text": lambda: "mean",
    "bytes": lambda: b"mean",
    "texts": lambda: np.array(["mean", "sum"]),
    "complex": lambda: 1j,
    "complex ones": lambda: [[1 + 0j, 0j]],
    "date": lambda: np.datetime64("2022-03-04"),
    "span": lambda: np.timedelta64(5, "s"),
    "spans": lambda: np.array([1, 2], dtype="m8[s]"),
    "spans and none": lambda: np.zeros((2, 3), dtype="m8[s]"),
    "record": lambda: np.zeros(2, dtype=[("a", "f8")]),
    "object": object,
    "objects": lambda: np.array([1.0, 2.0], dtype=object),
    "function": lambda: len,
    "type": lambda: float,
    "set": lambda: {1.0, 2.0},
    "dictionary": lambda: {"a": 1.0},
    "iterator": lambda: iter([1.0, 2.0]),
    "range": lambda: range(3),
    "view of bytes": lambda: memoryview(b"ab"),
    "ragged": lambda: [[1.0, 2.0], [3.0]],
    "deep and ragged": lambda: [[[1.0], [2.0]], [3.0]],
    "none in a list": lambda: [1.0, None],
    "empty list": list,
    "empty row": lambda: [[]],
    "empty text array": lambda: np.zeros(0, dtype="U3"),
    "no row": lambda: np.zeros((0, 3)),
    "no column": lambda: np.zeros((2, 0)),
    "masked": lambda: np.ma.array([[0.5, 1.0, 2.0], [1.0, 2.0, 3.0]], mask=[[True, False, False], [False] * 3]),
    "all masked": lambda: np.ma.masked_all(2),
    "the masked constant": lambda: np.ma.masked,
    "NaN": lambda: np.nan,
    "NaNs": lambda: np.full((2, 3), np.nan),
    "a NaN": lambda: np.array([1.0, np.nan]),
    "signaling NaN": lambda: np.array([0x7FA00000], dtype=np.uint32).view(np.float32),
    "infinity": lambda: INF,
    "minus infinity": lambda: -INF,
    "infinities": lambda: np.full((2, 3), INF),
    "both infinities": lambda: np.array([[INF, -INF, 0.0], [-INF, INF, 0.0]]),
    "largest": lambda: LARGE,
    "largest ones": lambda: np.full((2, 3), -LARGE),
    "smallest": lambda: TINY,
    "longdouble": lambda: BEYOND,
    "longdoubles": lambda: np.array([BEYOND, -BEYOND, BENEATH]),
    "minus zero": lambda: -0.0,
    "whole": lambda: 2,
    "float for an integer": lambda: 2.0,
    "array of one": lambda: [2],
    "2^63": lambda: 2**63,
    "2^64": lambda: 2**64,
    "below int64": lambda: -(2**63) - 1,
    "enormous": lambda: 10**400,
    "enormous ones": lambda: [10**400, 1.0],
    "uint64": lambda: np.array([2**63, 1], dtype=np.uint64),
    "0-d": lambda: np.array(2.0),
    "0-d integer": lambda: np.array(2),
    "0-d byte": lambda: np.array(100, dtype=np.int8),
    "byte": lambda: np.int8(100),
    "half": lambda: np.float16(0.25),
    "five axes": lambda: np.ones((1, 1, 2, 1, 1)),
    "one row": lambda: np.ones((1, 3)),
    "one column": lambda: np.full((3, 1), -1.0),
    "long": lambda: np.linspace(-1, 0, 50),
    "old random state": lambda: np.random.RandomState(0),
    "seed": lambda: 42,
}

# As large as these ask for, there is no memory; that is not a mistake of the kind that a check at the door finds.
SIZES = {"n_groups", "n_prompts", "sequence_lengths", "n", "n_embedding", "n_hidden"}
LARGE_ODDITIES = {"2^63", "2^64", "enormous", "enormous ones", "uint64", "below int64"}


# Its parts that take arrays and numbers from a reader; what is handed from stage to stage is not checked there.
TINY_CALLS: dict[str, tuple[Any, dict[str, Any]]] = {
    "features": (labelers.features, {"sequences": some_pages(3)}),
    "quality": (labelers.quality, {"sequences": some_pages(3), "weights": labelers.GOLD_WEIGHTS}),
    "hire_labelers": (labelers.hire_labelers, {"n": 3, "spread": 0.3, "rng": RNG}),
    "rank": (labelers.rank, {"qualities": np.array([[3.0, 2.5, 0.5]]), "temperature": 0.5, "rng": RNG}),
    "init_model": (model.init_model, {"n_embedding": 2, "n_hidden": 130, "rng": RNG}),
    "sample": (
        lambda prompts, rng, *, temperature: sampling.sample(small_model(), prompts, rng, temperature=temperature),
        {"prompts": language.all_prompts()[600:603], "rng": RNG, "temperature": 1.0},
    ),
}
# One stage hands these to the next; `test_tiny_bad_input` holds what the stages themselves refuse.
INNER = {
    *("token_array", "all_prompts", "right_answers", "demonstrations", "off_task", "instruction_pages", "skill_pages"),
    *("web_pages", "response_tokens", "page_tokens", "render", "with_scalar_head", "copy_model", "n_parameters"),
    *("token_table", "hidden_states", "log_probs", "scores", "language_model_loss", "web_loss", "pretrain"),
    *("collect_comparisons", "reward", "reward_model_loss", "train_reward_model", "pair_accuracy", "accuracy_ceiling"),
    *("sft_loss", "fine_tune", "whiten", "roll_out", "policy_loss", "value_loss", "train_ppo", "random_streams"),
    *("make_world", "evaluate", "run_pipeline"),
}
CALLS: dict[str, tuple[Any, dict[str, Any]]] = {
    **{name: (getattr(rlhf_textbook, name), arguments) for name, arguments in VALID_CALLS.items()},
    **{f"tiny.{name}": valid_call for name, valid_call in TINY_CALLS.items()},
    "TinyConfig": (TinyConfig, {field.name: field.default for field in fields(TinyConfig)}),
}


@st.composite
def arrays_like(draw: st.DrawFn, valid: np.ndarray, pool: list[Any]) -> Any:
    """Numbers of the pool in the shape of a valid array, in any dtype, layout or container that holds them."""
    ordinary = draw(st.integers(0, 3))  # of four arguments one is as in the valid call, bit by bit
    if ordinary == 0:
        data = valid.copy()
    else:
        odd = draw(st.booleans())
        from_pool = st.sampled_from(pool if odd else pool[: max(3, len(pool) // 2)])
        values = [draw(from_pool) for _ in range(len(valid) if pool is DISTRIBUTIONS else valid.size)]
        data = np.array(values, dtype={"b": np.bool_, "i": np.int64}.get(valid.dtype.kind)).reshape(valid.shape)
    if data.dtype == np.bool_:
        data = data.astype(draw(st.sampled_from(["?", "i1", "u1", "f2", "f8", ">f4", "O"])))
    elif data.dtype.kind in "iu":
        data = data.astype(draw(st.sampled_from(["i8", "i8", "i4", "u8", ">i8", "i1", "u1", "f8", "O"])))
    else:
        data = data.astype(draw(st.sampled_from(["f8", "f8", "f8", "f4", "f2", "g", ">f8", ">f4", "O"])))
    layout = draw(st.sampled_from(["C", "F", "reversed", "strided", "read-only", "list", "tuple", "masked"]))
    if layout == "F":
        return np.asfortranarray(data)
    if layout == "reversed":
        return np.flip(np.flip(data).copy())
    if layout == "strided" and data.ndim:
        wide = np.zeros((*data.shape[:-1], 2 * data.shape[-1]), dtype=data.dtype)
        wide[..., ::2] = data
        return wide[..., ::2]
    if layout == "read-only":
        data.flags.writeable = False
    if layout == "list":
        return data.tolist()
    if layout == "tuple":
        return tuple(data.tolist()) if data.ndim else data.item()
    return np.ma.array(data) if layout == "masked" else data


@st.composite
def calls(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Arguments for a function: mostly plausible; one call in three has an oddity."""
    given_arguments = {}
    odd = draw(st.sampled_from([None, None, *CALLS[name][1]]))
    for argument, valid in CALLS[name][1].items():
        if argument == odd:
            is_size = argument in SIZES or name in ("sample_responses", "soft_best_of_n")
            names = [one for one in ODDITIES if not (is_size and one in LARGE_ODDITIES)]
            given_arguments[argument] = ODDITIES[draw(st.sampled_from(names))]()
        elif isinstance(valid, np.random.Generator):
            given_arguments[argument] = copy.deepcopy(valid)
        elif isinstance(valid, np.ndarray):
            given_arguments[argument] = draw(arrays_like(valid, pool_of(name, argument)))
        else:
            # Of the many settings only one is odd: hardly any other call would be valid.
            value = valid if name == "TinyConfig" else draw(st.sampled_from([valid, *pool_of(name, argument)]))
            if not isinstance(value, str):
                smallest = np.longdouble if isinstance(value, float) else np.min_scalar_type(value).type
                kinds: list[Any] = [None, None, np.array, smallest]
                kind = draw(st.sampled_from(kinds))
                value = value if kind is None else kind(value)
            given_arguments[argument] = value
    return given_arguments


def plain(value: Any) -> Any:
    """Write the same numbers the plainest way: a float64 or integer array in C order, or a Python number."""
    if value is None or isinstance(value, str | np.random.Generator):
        return copy.deepcopy(value)
    try:
        array = np.asarray(value)
    except ValueError:  # rankings of several lengths
        return [np.array(row, dtype=np.float64) for row in value]
    if array.dtype.kind == "f":
        array = array.astype(np.float64)
    elif array.dtype.kind in "iu":
        array = array.astype(np.int64 if array.size == 0 or array.max() < 2**63 else np.uint64)
    return array.copy(order="C") if array.ndim else array.item()


def run(name: str, arguments: dict[str, Any]) -> Any:
    function = CALLS[name][0]
    parameters = inspect.signature(function).parameters.values()
    named = dict(arguments)
    positional = [named.pop(p.name) for p in parameters if p.kind is not p.KEYWORD_ONLY]
    # Numbers too small for a float are no mistake, nor does numpy take them for one.
    with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(*positional, **named)


def outcome(name: str, arguments: dict[str, Any]) -> Any:
    """Take apart what a call gives, or name the argument that it blames."""
    try:
        result = run(name, arguments)
    except ValueError as problem:
        message = str(problem)
        blamed = re.match(r"(\w+)(\[\d+\])?: expected .+, got .", message, re.DOTALL)
        if blamed is None or blamed[1] not in arguments:
            pytest.fail(f"{name} says: {message}")
        return blamed[1]
    return list(result.values()) if isinstance(result, dict) else parts(result)


def assert_sound(name: str, result: list[Any]) -> None:
    """Hold a result against what the docstring promises of all results."""
    documented = inspect.getdoc(CALLS[name][0]) or ""
    for part in result:
        if isinstance(part, np.ndarray | np.generic):
            assert part.dtype in (np.float64, np.intp, np.bool_), part.dtype
        else:
            assert type(part) in (float, int, bool), type(part)
        if name != "pad_rankings" or np.ndim(part) == 1:
            assert not np.isnan(part).any()
        if np.isinf(part).any():
            assert "inf" in documented, f"{name} gives {part}"


def frozen(value: Any) -> Any:
    """Take down what a value holds, to tell later whether it has been changed."""
    if isinstance(value, np.ndarray) and value.dtype != np.object_:
        return np.asarray(value).tobytes()
    return repr(value) if isinstance(value, list | tuple | dict | set) else None


@pytest.mark.parametrize("name", CALLS)
@given(st.data())
@settings(max_examples=60)
def test_a_call_gives_the_value_of_the_same_numbers_plainly_written_or_blames_an_argument(name, data):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arguments = data.draw(calls(name))
    before = {argument: frozen(value) for argument, value in arguments.items() if argument != "rng"}
    untouched = copy.deepcopy({a: v for a, v in arguments.items() if isinstance(v, np.random.Generator)})
    result = outcome(name, arguments)
    assert {argument: frozen(value) for argument, value in arguments.items() if argument != "rng"} == before
    if isinstance(result, str):
        return
    assert_sound(name, result)
    with np.errstate(all="ignore"):
        again = outcome(name, {argument: plain(value) for argument, value in arguments.items()} | untouched)
    assert len(result) == len(again)
    for part, other in zip(result, again, strict=True):
        assert np.shape(part) == np.shape(other)
        np.testing.assert_allclose(part, other, rtol=1e-9, atol=1e-300)


def public_functions(module):
    found = vars(module).items()
    return {
        n for n, thing in found if inspect.isfunction(thing) and n[0] != "_" and thing.__module__ == module.__name__
    }


def test_no_public_function_is_left_out():
    records = {name for name in rlhf_textbook.__all__ if inspect.isclass(getattr(rlhf_textbook, name))}
    functions = {name for name in rlhf_textbook.__all__ if callable(getattr(rlhf_textbook, name))} - records
    assert functions == set(VALID_CALLS)
    # The records take whatever the functions put into them; no reader makes one.
    results = {inspect.signature(getattr(rlhf_textbook, name)).return_annotation for name in functions}
    assert {getattr(rlhf_textbook, name) for name in records} <= results


def test_every_function_of_the_tiny_pipeline_is_fuzzed_or_known_to_be_an_inner_one():
    modules = [import_module(f"rlhf_textbook.tiny.{found.name}") for found in pkgutil.iter_modules(tiny.__path__)]
    public = set().union(*(public_functions(module) for module in modules if module.__name__[-8:] != "__main__"))
    assert public == TINY_CALLS.keys() | INNER
    assert not TINY_CALLS.keys() & INNER


FAR = {"chosen_rewards": [LARGE, -LARGE], "rejected_rewards": [-LARGE, LARGE]}


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("preference_probability", FAR, [1.0, 0.0]),
        ("pairwise_loss", FAR, [0.0, INF]),
        ("ranking_loss", {"rewards": [[-LARGE, LARGE]], "n_responses": None}, INF),
        ("ranking_accuracy", {"rewards": [[LARGE, -LARGE]], "n_responses": None}, 1.0),
        ("labeler_agreement", {"scores": [LARGE, -LARGE], "other_scores": [1.0, 0.0], "temperature": 1e-9}, 1.0),
        ("log_likelihood", {"log_probs": [[-LARGE, -LARGE], [-1.0, -2.0]], "mask": None}, [-INF, -3.0]),
        ("perplexity", {"log_probs": [-LARGE, -LARGE], "mask": None}, INF),
        ("sft_loss", {"log_probs": [-LARGE, -LARGE], "mask": [1, 1], "reduction": "sum"}, INF),
        ("scaling_size_ratio", {"loss_ratio": [1.0, 0.5, 2.0], "exponent": TINY}, [1.0, INF, 0.0]),
        ("log_sigmoid", {"x": np.array([-BEYOND, BEYOND])}, [-INF, 0.0]),
        ("n_pairs", {"n_responses": 92681}, 92681 * 46340),  # 32 bits could not hold twice as many
    ],
)
def test_what_is_beyond_the_range_of_a_float_is_the_limit(name, arguments, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(call(name, **arguments), expected)


def test_an_integer_can_count_the_pairs_of_as_many_responses_as_are_let_in():
    most = (1 + math.isqrt(1 + 8 * int(np.iinfo(np.intp).max))) // 2
    assert int(call("n_pairs", n_responses=most)) == most * (most - 1) // 2
    with pytest.raises(ValueError, match=f"^n_responses: expected at most {most} responses"):
        call("n_pairs", n_responses=most + 1)


def test_a_peak_too_far_out_for_a_float_is_infinite():
    d = np.array([0.5, 1.0, 2.0])
    fit = call("fit_overoptimization", kl=d**2, gold_gain=d * (1 - 1e-6 * np.log(d)), form="rl")
    assert fit.beta > 0
    assert fit.peak_kl == fit.peak_gold == INF


def test_settings_are_numbers_of_python_whatever_they_were_given_as():
    given_as = TinyConfig(n_labelers=np.int8(100), kl_coef=np.longdouble(0.1))  # type: ignore[arg-type]
    assert type(given_as.n_labelers) is int
    assert type(given_as.kl_coef) is float
    assert 2 * given_as.n_labelers == 200


def test_rough_floats_do_not_make_the_labelers_rough():
    people = labelers.hire_labelers(3, np.longdouble(0.5), np.random.default_rng(0))  # type: ignore[arg-type]
    assert people.dtype == np.float64
    np.testing.assert_array_equal(people, labelers.hire_labelers(3, 0.5, np.random.default_rng(0)))


def test_a_step_into_an_overflow_is_never_taken():
    features = [[[1e200, -1e308], [0.0, 1e154]], [[1.0, 1e-160], [1e-160, 1e-8]]]
    fit = rlhf_textbook.fit_linear_reward_model(features, tolerance=TINY, max_iterations=20, initial_weights=[-1, -1])
    assert np.isfinite(fit.loss)
