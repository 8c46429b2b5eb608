"""Checks at the door: every public function states through these what it accepts.

Each message names the argument, what was expected and what came, in that order,
so that a reader can mend the call without opening this file.
"""

from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]


def error(name: str, expected: str, given: object) -> ValueError:
    return ValueError(f"{name}: expected {expected}, got {given}")


def any_array(
    name: str, value: ArrayLike, *, ragged: tuple[str, str] = ("an array of numbers", "rows of different lengths")
) -> NDArray[Any]:
    """Turn `value` into an array of whatever it holds; ragged rows make none."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):  # numpy would read what the mask hides
        hidden = np.ma.getmaskarray(value)
        raise error(name, "an array without masked values", f"{hidden.sum()} masked among {hidden.size} values")
    try:
        return np.asarray(value)
    except ValueError:
        raise error(name, *ragged) from None


def real_array(name: str, value: ArrayLike) -> FloatArray:
    """Turn `value` into a float64 array of any shape and content, NaN included."""
    raw = any_array(name, value)
    if raw.size and (raw.dtype == np.bool_ or not np.can_cast(raw.dtype, np.float64, "same_kind")):
        raise error(name, "an array of real numbers", f"dtype {raw.dtype}")
    with np.errstate(over="ignore", invalid="ignore"):  # a longdouble beyond the range of a float64 is infinite
        return raw.astype(np.float64, copy=False)


def float_array(
    name: str,
    value: ArrayLike,
    *,
    min_ndim: int = 0,
    max_ndim: int | None = None,
    allow_infinite: bool = False,
) -> FloatArray:
    """Turn `value` into a float64 array, or say what is wrong with it."""
    array = real_array(name, value)
    if array.ndim < min_ndim or (max_ndim is not None and array.ndim > max_ndim):
        wanted = str(min_ndim) if min_ndim == max_ndim else f"at least {min_ndim}"
        if max_ndim is not None and min_ndim != max_ndim:
            wanted = f"{min_ndim} to {max_ndim}"
        raise error(name, f"{wanted} dimension(s)", f"shape {array.shape}")
    if array.size == 0:
        raise error(name, "at least one value", f"an empty array of shape {array.shape}")
    if np.isfinite(array).all():  # one look over a large array in place of two
        return array
    if np.isnan(array).any():
        raise error(name, "numbers", f"{np.isnan(array).sum()} NaN among {array.size} values")
    if not allow_infinite:
        raise error(name, "finite numbers", f"{np.isinf(array).sum()} infinite among {array.size} values")
    return array


def int_array(name: str, value: ArrayLike, *, min_ndim: int = 0, max_ndim: int | None = None) -> IntArray:
    """Turn `value` into an integer array; 2.0 is not accepted for 2."""
    float_array(name, value, min_ndim=min_ndim, max_ndim=max_ndim)
    raw = np.asarray(value)
    if raw.dtype.kind not in "iu":
        raise error(name, "integers", f"dtype {raw.dtype}")
    array = raw.astype(np.intp)
    wrapped = array != raw
    if wrapped.any():
        limits = np.iinfo(np.intp)
        raise error(name, f"integers from {limits.min} to {limits.max}", raw[wrapped][0])
    return array


def mask_array(name: str, value: ArrayLike | None, shape: tuple[int, ...], *, required: bool = False) -> BoolArray:
    """Turn `value` into a boolean mask of exactly `shape` that keeps something; unless required, None keeps all."""
    if value is None:
        if required:
            raise error(name, f"shape {shape}", "None")
        return np.ones(shape, dtype=np.bool_)
    mask = any_array(name, value)
    if mask.shape != shape:
        raise error(name, f"shape {shape}", f"shape {mask.shape}")
    if mask.dtype != np.bool_ and not (mask.dtype.kind in "iuf" and np.isin(mask, (0, 1)).all()):
        raise error(name, "booleans, or zeros and ones", f"dtype {mask.dtype} with other values")
    mask = mask.astype(np.bool_)
    if not mask.any():
        raise error(name, "at least one position kept", "a mask that keeps none")
    return mask


def number(
    name: str,
    value: float,
    *,
    low: float,
    high: float = np.inf,
    low_open: bool = False,
    high_open: bool = False,
) -> float:
    """Turn `value` into one finite real number within the given bounds."""
    array = float_array(name, value, allow_infinite=True)
    if array.ndim:
        raise error(name, "a single number", f"shape {array.shape}")
    x = float(array)
    bounds = f"{'(' if low_open else '['}{low:g}, {high:g}{')' if high_open else ']'}"
    too_low = x <= low if low_open else x < low
    too_high = x >= high if high_open else x > high
    if too_low or too_high or np.isinf(x):
        raise error(name, f"a finite number in {bounds}", f"{x:g}")
    return x


def whole_number(name: str, value: int, *, low: int) -> int:
    """Turn `value` into one integer, at least `low`."""
    array = any_array(name, value)
    if isinstance(value, int) and array.dtype == np.object_:
        raise error(name, "an integer that 64 bits can hold", f"one of {value.bit_length()} bits")
    if array.ndim or array.dtype.kind not in "iu":
        raise error(name, f"an integer of at least {low}", repr(value))
    if int(array) < low:
        raise error(name, f"an integer of at least {low}", int(array))
    return int(array)


def one_of(name: str, value: str, first: str, second: str) -> None:
    """Check that `value` is one of two words."""
    if not isinstance(value, str) or value not in (first, second):
        raise error(name, f'"{first}" or "{second}"', repr(value))


def generator(name: str, value: np.random.Generator) -> np.random.Generator:
    if not isinstance(value, np.random.Generator):
        raise error(name, "a numpy.random.Generator, as numpy.random.default_rng(0)", repr(value))
    return value


def axis_of(array_name: str, array: FloatArray, axis: int) -> int:
    """Check that `axis` is one of the array's axes."""
    expected = f"an axis of {array_name} with shape {array.shape}"
    try:
        number = index(axis)
    except TypeError:
        raise error("axis", expected, repr(axis)) from None
    if isinstance(axis, bool) or not -array.ndim <= number < array.ndim:
        raise error("axis", expected, repr(axis))
    return number


def same_shape(name: str, array: FloatArray | IntArray, other_name: str, other: FloatArray | IntArray) -> None:
    if array.shape != other.shape:
        raise error(name, f"the shape of {other_name}, {other.shape}", f"shape {array.shape}")


def open_probabilities(name: str, value: ArrayLike) -> FloatArray:
    """Values strictly between 0 and 1."""
    array = float_array(name, value)
    outside = (array <= 0) | (array >= 1)
    if outside.any():
        raise error(name, "probabilities strictly between 0 and 1", f"{array[outside].flat[0]:g}")
    return array


def log_probs(name: str, value: ArrayLike, *, min_ndim: int = 0, max_ndim: int | None = None) -> FloatArray:
    """Natural logarithms of probabilities: at most 0, -inf allowed."""
    array = float_array(name, value, min_ndim=min_ndim, max_ndim=max_ndim, allow_infinite=True)
    # A log-softmax in floating point may land a rounding error above 0.
    if (array > 1e-6).any():
        raise error(name, "log-probabilities (at most 0)", f"{array.max():g}")
    return array


def broadcast(name: str, array: FloatArray, other_name: str, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Both arrays at their common shape."""
    try:
        left, right = np.broadcast_arrays(array, other)
    except ValueError:
        raise error(name, f"a shape that broadcasts with {other_name}, {other.shape}", f"shape {array.shape}") from None
    return left, right


def no_overflow(name: str, expected: str, result: FloatArray) -> FloatArray:
    """Give back what was computed from finite numbers, if a float could hold it."""
    if not np.isfinite(result).all():
        raise error(name, expected, "an overflow")
    return result
