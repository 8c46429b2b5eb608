"""What is timed: functions of the package, each beside other ways to compute the same value.

Used by `test_speed.py`, which measures, and by the tests, which check on small data that all agree.
"""

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import reward_model_training as training
from benchmarks.measuring import is_here
from rlhf_textbook import clipped_surrogate, expected_best_of_n, generalized_advantages, ranking_loss_and_gradient

FloatArray = NDArray[np.float64]
Call = Callable[[], Any]
OURS = "ours"


@dataclass(frozen=True)
class Peer:
    """A way to compute it: from a group's data it prepares, untimed, what any user would have ready; then the call."""

    prepare: Callable[[Any], Call]
    needs: str = "numpy"
    up_to: int | None = None  # the largest size at which one would wait for it
    agrees_to: float = 1e-11  # by the group's distance


@dataclass(frozen=True)
class Group:
    """One task at several sizes."""

    unit: str
    sizes: tuple[int, ...]
    make: Callable[[int], Any]
    peers: dict[str, Peer]
    distance: Callable[[Any, Any, Any], float]  # of a peer's result from ours, on the data

    def names(self, size: int) -> list[str]:
        """List who takes part at that size, of those that are installed."""
        return [
            name for name, peer in self.peers.items() if is_here(peer.needs) and (not peer.up_to or size <= peer.up_to)
        ]


def relative_distance(data: Any, found: Any, ours: Any) -> float:
    """Largest difference between two results, over the largest entry of ours; part by part where there are several."""
    del data
    if not isinstance(ours, tuple):
        found, ours = (found,), (ours,)
    return max(float(np.max(np.abs(np.subtract(a, b))) / np.max(np.abs(b))) for a, b in zip(found, ours, strict=True))


def torch_with_one_thread() -> Any:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    return torch


# Ranking loss and its gradient: rankings of nine, the longest of the paper.

K = 9
WINNERS, LOSERS = np.triu_indices(K, 1)
INCIDENCE = np.eye(K)[WINNERS] - np.eye(K)[LOSERS]


def make_rewards(n_prompts: int) -> FloatArray:
    rng = np.random.default_rng(0)
    return np.arange(K)[::-1] / 4 + rng.normal(size=(n_prompts, K))


def our_loss(rewards: FloatArray) -> Call:
    return lambda: ranking_loss_and_gradient(rewards)


def numpy_loss(rewards: FloatArray) -> Call:
    def call() -> tuple[float, FloatArray]:
        margins = rewards[:, WINNERS] - rewards[:, LOSERS]
        wrong = 1 / (1 + np.exp(margins))
        return float(np.logaddexp(0, -margins).mean()), -(wrong @ INCIDENCE) / margins.size

    return call


def scipy_loss(rewards: FloatArray) -> Call:
    special = importlib.import_module("scipy.special")
    margins = rewards[:, WINNERS] - rewards[:, LOSERS]

    def call() -> tuple[float, FloatArray]:
        return float(-special.log_expit(margins).mean()), -(special.expit(-margins) @ INCIDENCE) / margins.size

    return call


def torch_loss(rewards: FloatArray) -> Call:
    torch = torch_with_one_thread()
    winners, losers = torch.from_numpy(WINNERS), torch.from_numpy(LOSERS)
    scores = torch.from_numpy(rewards.copy()).requires_grad_()

    def call() -> tuple[float, FloatArray]:
        scores.grad = None
        loss = torch.nn.functional.softplus(scores[:, losers] - scores[:, winners]).mean()
        loss.backward()
        return loss.item(), scores.grad.numpy()

    return call


def looped_loss(rewards: FloatArray) -> Call:
    listed = rewards.tolist()

    def call() -> tuple[float, list[list[float]]]:
        loss, gradient, n = 0.0, [[0.0] * K for _ in listed], len(listed) * len(WINNERS)
        for ranking, slopes in zip(listed, gradient, strict=True):
            for winner in range(K):
                for loser in range(winner + 1, K):
                    wrong = 1 / (1 + math.exp(ranking[winner] - ranking[loser]))
                    loss -= math.log1p(-wrong) / n
                    slopes[winner] -= wrong / n
                    slopes[loser] += wrong / n
        return loss, gradient

    return call


# Training: the trainers of `reward_model_training.py`, a choice of them.


def make_training_data(n_pairs: int) -> FloatArray:
    return training.make_rankings(n_pairs, 4)


def trainer(name: str) -> Peer:
    needs, prepare = training.TRAINERS[name]

    def from_rankings(features: FloatArray) -> Call:
        return prepare(features if training.takes_rankings(name) else training.differences_of(features))

    return Peer(from_rankings, needs, agrees_to=1e-8)


def loss_distance(features: FloatArray, found: FloatArray, ours: FloatArray) -> float:
    return abs(training.loss_of(found, features) - training.loss_of(ours, features))


# Best of n: the mean over all subsets.

N_SAMPLES = [1, 2, 4, 8]
N_GROUPS = 1000


def make_scores(n_scores: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(0)
    proxy = rng.normal(size=n_scores)
    return proxy, proxy + rng.normal(size=n_scores)


def our_best_of_n(data: tuple[FloatArray, FloatArray]) -> Call:
    return lambda: expected_best_of_n(*data, n_samples=N_SAMPLES)


def summed_best_of_n(data: tuple[FloatArray, FloatArray]) -> Call:
    comb = importlib.import_module("scipy.special").comb
    proxy, gold = data

    def call() -> list[float]:
        by_proxy, before = gold[np.argsort(proxy)], np.arange(len(proxy))
        return [float(comb(before, n - 1) @ by_proxy / comb(len(proxy), n)) for n in N_SAMPLES]

    return call


def looped_best_of_n(data: tuple[FloatArray, FloatArray]) -> Call:
    pairs = list(zip(*(scores.tolist() for scores in data), strict=True))

    def call() -> list[float]:
        by_proxy = [gold for _, gold in sorted(pairs)]
        return [
            sum(math.comb(i, n - 1) / math.comb(len(pairs), n) * gold for i, gold in enumerate(by_proxy))
            for n in N_SAMPLES
        ]

    return call


def enumerated_best_of_n(data: tuple[FloatArray, FloatArray]) -> Call:
    pairs = list(zip(*(scores.tolist() for scores in data), strict=True))

    def call() -> list[float]:
        return [sum(max(s)[1] for s in combinations(pairs, n)) / math.comb(len(pairs), n) for n in N_SAMPLES]

    return call


def drawn_best_of_n(data: tuple[FloatArray, FloatArray]) -> Call:
    """Draw subsets, the same ones at every call; with replacement, which matters little where there are many."""
    proxy, gold = data

    def call() -> list[float]:
        rng, found = np.random.default_rng(1), []
        for n in N_SAMPLES:
            groups = rng.integers(len(proxy), size=(N_GROUPS, n))
            chosen = proxy[groups].argmax(axis=1)
            found.append(float(gold[groups[np.arange(N_GROUPS), chosen]].mean()))
        return found

    return call


# PPO: the clipped objective with its gradient, and the advantages.

CLIP_RANGE, GAE_LAMBDA, LENGTH = 0.2, 0.95, 50


def make_tokens(n_tokens: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    rng = np.random.default_rng(0)
    old = -rng.exponential(2, size=n_tokens) - 1
    return old + rng.normal(size=n_tokens) / 5, old, rng.normal(size=n_tokens)


def our_surrogate(data: tuple[FloatArray, FloatArray, FloatArray]) -> Call:
    def call() -> tuple[float, FloatArray]:
        step = clipped_surrogate(*data, clip_range=CLIP_RANGE)
        return step.objective, step.gradient

    return call


def numpy_surrogate(data: tuple[FloatArray, FloatArray, FloatArray]) -> Call:
    new, old, advantage = data

    def call() -> tuple[float, FloatArray]:
        ratios = np.exp(new - old)
        gains, clipped = ratios * advantage, np.clip(ratios, 1 - CLIP_RANGE, 1 + CLIP_RANGE) * advantage
        return float(np.minimum(gains, clipped).mean()), np.where(gains <= clipped, gains, 0) / gains.size

    return call


def torch_surrogate(data: tuple[FloatArray, FloatArray, FloatArray]) -> Call:
    torch = torch_with_one_thread()
    new, old, advantage = (torch.from_numpy(array.copy()) for array in data)
    new.requires_grad_()

    def call() -> tuple[float, FloatArray]:
        new.grad = None
        ratios = (new - old).exp()
        gains, clipped = ratios * advantage, ratios.clamp(1 - CLIP_RANGE, 1 + CLIP_RANGE) * advantage
        objective = torch.minimum(gains, clipped).mean()
        objective.backward()
        return objective.item(), new.grad.numpy()

    return call


def looped_surrogate(data: tuple[FloatArray, FloatArray, FloatArray]) -> Call:
    tokens = list(zip(*(array.tolist() for array in data), strict=True))

    def call() -> tuple[float, list[float]]:
        objective, gradient = 0.0, []
        for new, old, advantage in tokens:
            ratio = math.exp(new - old)
            gain, clipped = ratio * advantage, min(max(ratio, 1 - CLIP_RANGE), 1 + CLIP_RANGE) * advantage
            objective += min(gain, clipped) / len(tokens)
            gradient.append(gain / len(tokens) if gain <= clipped else 0.0)
        return objective, gradient

    return call


def make_episodes(n_episodes: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_episodes, LENGTH)), rng.normal(size=(n_episodes, LENGTH))


def our_advantages(data: tuple[FloatArray, FloatArray]) -> Call:
    return lambda: generalized_advantages(*data, gae_lambda=GAE_LAMBDA)


def filtered_advantages(data: tuple[FloatArray, FloatArray]) -> Call:
    lfilter = importlib.import_module("scipy.signal").lfilter
    rewards, values = data

    def call() -> FloatArray:
        deltas = rewards - values
        deltas[:, :-1] += values[:, 1:]
        backward: FloatArray = lfilter([1.0], [1.0, -GAE_LAMBDA], deltas[:, ::-1])
        return backward[:, ::-1]

    return call


def looped_advantages(data: tuple[FloatArray, FloatArray]) -> Call:
    episodes = list(zip(*(array.tolist() for array in data), strict=True))

    def call() -> list[list[float]]:
        result = []
        for rewards, values in episodes:
            next_value = next_advantage = 0.0
            backward = []
            for reward, value in zip(reversed(rewards), reversed(values), strict=True):
                next_advantage = reward + next_value - value + GAE_LAMBDA * next_advantage
                next_value = value
                backward.append(next_advantage)
            result.append(backward[::-1])
        return result

    return call


NO_CHECKS = "numpy, inputs not checked"
LOOP = "Python loop"
GROUPS = {
    "loss": Group(
        "prompts",
        (10, 100, 1_000, 10_000),
        make_rewards,
        {
            OURS: Peer(our_loss),
            NO_CHECKS: Peer(numpy_loss),
            "scipy, differences ready-made": Peer(scipy_loss, "scipy"),
            "torch, autograd": Peer(torch_loss, "torch"),
            LOOP: Peer(looped_loss, up_to=100),
        },
        relative_distance,
    ),
    "training": Group(
        "pairs",
        (1_000, 10_000, 100_000, 1_000_000),
        make_training_data,
        {OURS: trainer(training.OURS)}
        | {
            name: trainer(name)
            for name in (
                "numpy, Newton on all differences",
                "scikit-learn, lbfgs",
                "scipy, L-BFGS-B",
                "torch, L-BFGS",
            )
        },
        loss_distance,
    ),
    "best_of_n": Group(
        "scores",
        (16, 256, 4_096, 65_536),
        make_scores,
        {
            OURS: Peer(our_best_of_n),
            "numpy and `scipy.special.comb`": Peer(summed_best_of_n, "scipy"),
            f"numpy, {N_GROUPS:,} drawn subsets": Peer(drawn_best_of_n, agrees_to=0.5),
            "Python loop, `math.comb`": Peer(looped_best_of_n, up_to=256),
            "Python loop over all subsets": Peer(enumerated_best_of_n, up_to=16),
        },
        relative_distance,
    ),
    "surrogate": Group(
        "tokens",
        (100, 1_000, 10_000, 100_000),
        make_tokens,
        {
            OURS: Peer(our_surrogate),
            NO_CHECKS: Peer(numpy_surrogate),
            "torch, autograd": Peer(torch_surrogate, "torch"),
            LOOP: Peer(looped_surrogate, up_to=1_000),
        },
        relative_distance,
    ),
    "advantages": Group(
        "episodes",
        (1, 16, 256, 4_096),
        make_episodes,
        {
            OURS: Peer(our_advantages),
            "scipy, `scipy.signal.lfilter`": Peer(filtered_advantages, "scipy"),
            LOOP: Peer(looped_advantages, up_to=256),
        },
        relative_distance,
    ),
}


def compared(group: Group, data: Any, name: str) -> tuple[Call, float]:
    """Prepare a peer's call, and say how far its result is from ours; one that computes something else is refused."""
    call = group.peers[name].prepare(data)
    ours = group.peers[OURS].prepare(data)()
    distance = group.distance(data, call(), ours)
    if not distance <= group.peers[name].agrees_to:
        raise ValueError(f"{name}: its result is {distance:.0e} from ours")
    return call, distance
