"""Time and memory of the tiny pipeline, and its training steps beside the same ones in torch: one run, one thread.

    python -m benchmarks.tiny_pipeline                       # prints the tables
    python -m benchmarks.tiny_pipeline --runs 1 --repeats 5  # quicker

Without torch the steps are timed alone.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import is_here, load, one_thread, versions
from benchmarks.measuring import seconds as all_seconds
from benchmarks.report import stage_table, step_table

one_thread()

import argparse
import importlib
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rlhf_textbook.tiny import TinyConfig, run_pipeline
from rlhf_textbook.tiny.language import PROMPT_LENGTH, all_prompts, demonstrations, page_tokens, web_pages
from rlhf_textbook.tiny.model import ADAM_EPSILON, Adam, Params, copy_model, init_model, with_scalar_head
from rlhf_textbook.tiny.ppo import Rollout, policy_loss, roll_out, value_loss
from rlhf_textbook.tiny.pretraining import pretrain, web_loss
from rlhf_textbook.tiny.reward_model import reward_model_loss
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import sft_loss

CONFIG = TinyConfig()
Step = Callable[[], Any]

# The whole pipeline


def processor_seconds() -> dict[str, float]:
    """Processor time of each stage of one run: what a clock would show on an idle machine."""
    begun: dict[str, float] = {}
    run_pipeline(CONFIG, np.random.default_rng(0), on_stage=lambda name, *_: begun.update({name: time.process_time()}))
    stamps = [*begun.values(), time.process_time()]
    return {name: after - before for name, before, after in zip(begun, stamps, stamps[1:], strict=False)}


def print_peaks() -> None:
    """In a process of its own: peak memory in bytes after the imports, and after a run."""
    import resource  # not there on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    imported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    run_pipeline(CONFIG, np.random.default_rng(0))
    print(imported, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def measure_peaks() -> tuple[float, float]:
    done = subprocess.run([sys.executable, __file__, "--peaks"], check=True, capture_output=True, text=True)
    imported, ran = map(float, done.stdout.split())
    return imported, ran


# The steps. Both sides get the same models and the same batches, ready-made; each step computes the loss, its
# gradients and Adam's update.


@dataclass
class Batches:
    """What the steps of one update need, at the sizes of the default settings."""

    policy: Params
    scorer: Params
    pages: Any
    shown: Any
    ranked: Any
    asked: Any
    rollout: Rollout
    minibatch: Any
    ptx_pages: Any


def make_batches() -> Batches:
    rng = np.random.default_rng(0)
    prompts = all_prompts()
    start = TinyConfig(pretraining_steps=50)
    policy = pretrain(start, prompts, rng)
    scorer = with_scalar_head(policy, rng)
    asked = prompts[rng.integers(len(prompts), size=CONFIG.ppo_batch)]
    ranked = sample(policy, np.repeat(prompts[: CONFIG.rm_batch], CONFIG.n_ranked, axis=0), rng)
    reference = init_model(CONFIG.n_embedding, CONFIG.n_hidden, rng)
    return Batches(
        policy=policy,
        scorer=scorer,
        pages=web_pages(CONFIG.pretraining_batch, prompts, rng),
        shown=demonstrations(prompts[: CONFIG.sft_batch], rng),
        ranked=ranked.reshape(CONFIG.rm_batch, CONFIG.n_ranked, -1),
        asked=asked,
        rollout=roll_out(policy, scorer, reference, scorer, asked, CONFIG.kl_coef, CONFIG.gae_lambda, rng),
        minibatch=rng.permutation(CONFIG.ppo_batch)[: CONFIG.ppo_minibatch],
        ptx_pages=web_pages(CONFIG.ppo_minibatch, prompts, rng),
    )


def our_losses(b: Batches) -> dict[str, Callable[[Params], tuple[float, Params]]]:
    return {
        "pretraining": lambda params: web_loss(params, b.pages),
        "SFT": lambda params: sft_loss(params, b.shown),
        "reward model": lambda params: reward_model_loss(params, b.ranked),
        "policy": lambda params: policy_loss(params, b.rollout, b.minibatch, CONFIG.clip_range),
        "value": lambda params: value_loss(params, b.rollout, b.minibatch),
        "ptx": lambda params: web_loss(params, b.ptx_pages),
    }


SCORERS = {"reward model", "value"}


def our_steps(b: Batches) -> dict[str, Step]:
    losses = our_losses(b)

    def learner(name: str, lr: float, weight_decay: float = 0.0) -> Callable[..., None]:
        params = copy_model(b.scorer if name in SCORERS else b.policy)
        optimizer = Adam(params, lr, weight_decay=weight_decay)

        def step(mix: str | None = None) -> None:
            _, gradient = losses[name](params)
            if mix is not None:
                _, mixed = losses[mix](params)
                gradient = {key: g + CONFIG.ptx_coef * mixed[key] for key, g in gradient.items()}
            optimizer.step(gradient)

        return step

    # Tiny learning rates: a step costs the same, and the hundredth is taken where the first was.
    policy, value, mixed = learner("policy", 1e-9), learner("value", 1e-9), learner("policy", 1e-9)
    rng = np.random.default_rng(0)
    return {
        "pretraining": learner("pretraining", 1e-9),
        "SFT": learner("SFT", 1e-9),
        "reward model": learner("reward model", 1e-9, CONFIG.rm_weight_decay),
        "sampling": lambda: sample(b.policy, b.asked, rng),
        "PPO": lambda: (policy(), value()),
        "PPO-ptx": lambda: (mixed("ptx"), value()),
    }


# The same in torch: eager, the backward pass by autograd. Of the ways that were tried to write the running sum over
# the tokens (cumsum, a loop, a table of products, a triangle of ones) and to take Adam's step, the fastest are here.


class TorchSide:
    def __init__(self, b: Batches, dtype: str) -> None:
        self.torch = importlib.import_module("torch")
        self.torch.set_num_threads(1)
        self.dtype = getattr(self.torch, dtype)
        self.b = b
        self.triangle = self.torch.tril(self.torch.ones(12, 12, dtype=self.dtype))
        to = self.tensor
        rollout, batch = b.rollout, b.minibatch
        self.pages, self.shown, self.ranked, self.ptx_pages = (to(x) for x in (b.pages, b.shown, b.ranked, b.ptx_pages))
        self.page_mask, self.ptx_mask = to(page_tokens(b.pages)), to(page_tokens(b.ptx_pages))
        self.shown_mask, self.ranked_last = to(self.response_mask(b.shown)), to(self.last(b.ranked.reshape(-1, 12)))
        self.sequences, self.mask = to(rollout.sequences[batch]), to(rollout.mask[batch])
        self.old, self.advantages, self.returns = (
            to(x[batch]) for x in (rollout.log_probs, rollout.advantages, rollout.returns)
        )
        self.better, self.worse = (to(x) for x in np.triu_indices(CONFIG.n_ranked, 1))

    @staticmethod
    def response_mask(sequences: Any) -> Any:
        return page_tokens(sequences)[:, PROMPT_LENGTH - 1 :]

    @classmethod
    def last(cls, sequences: Any) -> Any:
        return cls.response_mask(sequences).sum(axis=1) - 1

    def tensor(self, array: Any) -> Any:
        tensor = self.torch.from_numpy(np.ascontiguousarray(array))
        return tensor.to(self.dtype) if tensor.is_floating_point() else tensor

    def model(self, params: Params) -> Params:
        return {name: self.tensor(value.copy()).requires_grad_() for name, value in params.items()}

    def outputs(self, p: Params, tokens: Any, start: int) -> Any:
        """Time first, as in ours: a matrix product at each position, sums over those before, one layer."""
        torch, (n, length) = self.torch, tokens.shape
        added = torch.bmm(torch.nn.functional.embedding(tokens.T, p["embedding"]), p["mixing"][:length])
        total = (self.triangle[start:length, :length] @ added.reshape(length, -1)).reshape(length - start, n, -1)
        return torch.tanh(total + p["bias"][start:length, None]) @ p["head"] + p["head_bias"]

    def log_probs(self, p: Params, sequences: Any, start: int) -> Any:
        """Of the tokens from `start` on, shape (n, T − start)."""
        logits = self.outputs(p, sequences[:, :-1], start - 1)
        flat, targets = logits.reshape(-1, logits.shape[-1]), sequences[:, start:].T.reshape(-1)
        loss = self.torch.nn.functional.cross_entropy(flat, targets, reduction="none")
        return -loss.reshape(logits.shape[:2]).T

    def web_loss(self, p: Params, pages: Any, mask: Any) -> Any:
        return -self.log_probs(p, pages, 1)[mask].mean()

    def sft_loss(self, p: Params) -> Any:
        return -self.log_probs(p, self.shown, PROMPT_LENGTH)[self.shown_mask].mean()

    def reward_model_loss(self, p: Params) -> Any:
        n, k, _ = self.ranked.shape
        every = self.outputs(p, self.ranked.reshape(n * k, -1), PROMPT_LENGTH)[..., 0]
        scores = every[self.ranked_last, self.torch.arange(n * k)].reshape(n, k)
        margins = scores[:, self.better] - scores[:, self.worse]
        return -self.torch.nn.functional.logsigmoid(margins).mean()

    def policy_loss(self, p: Params) -> Any:
        ratios = (self.log_probs(p, self.sequences, PROMPT_LENGTH) - self.old).exp()
        clipped = ratios.clamp(1 - CONFIG.clip_range, 1 + CONFIG.clip_range)
        surrogate = self.torch.minimum(ratios * self.advantages, clipped * self.advantages)
        return -surrogate[self.mask].mean()

    def value_loss(self, p: Params) -> Any:
        values = self.outputs(p, self.sequences[:, :-1], PROMPT_LENGTH - 1)[..., 0].T
        return ((values - self.returns)[self.mask] ** 2).mean() / 2

    def losses(self) -> dict[str, Callable[[Params], Any]]:
        return {
            "pretraining": lambda p: self.web_loss(p, self.pages, self.page_mask),
            "SFT": self.sft_loss,
            "reward model": self.reward_model_loss,
            "policy": self.policy_loss,
            "value": self.value_loss,
            "ptx": lambda p: self.web_loss(p, self.ptx_pages, self.ptx_mask),
        }

    def sample(self, p: Params, prompts: Any) -> Any:
        torch = self.torch
        with torch.no_grad():
            table = torch.matmul(p["embedding"], p["mixing"])
            sequences = torch.full((len(prompts), 12), 3)
            sequences[:, :PROMPT_LENGTH] = prompts
            total = table[torch.arange(PROMPT_LENGTH), prompts].sum(1)
            for t in range(PROMPT_LENGTH, 12):
                logits = torch.tanh(total + p["bias"][t - 1]) @ p["head"] + p["head_bias"]
                drawn = torch.multinomial(logits.softmax(1), 1)[:, 0]
                sequences[:, t] = torch.where(sequences[:, t - 1] == 3, 3, drawn)
                total += table[t, sequences[:, t]]
        return sequences

    def steps(self) -> dict[str, Step]:
        losses = self.losses()

        def learner(name: str, weight_decay: float = 0.0) -> Callable[..., None]:
            params = self.model(self.b.scorer if name in SCORERS else self.b.policy)
            kind = self.torch.optim.AdamW if weight_decay else self.torch.optim.Adam
            optimizer = kind(params.values(), lr=1e-9, eps=ADAM_EPSILON, weight_decay=weight_decay, fused=True)

            def step(mix: str | None = None) -> None:
                optimizer.zero_grad()
                loss = losses[name](params)
                if mix is not None:
                    loss = loss + CONFIG.ptx_coef * losses[mix](params)
                loss.backward()
                optimizer.step()

            return step

        policy, value, mixed = learner("policy"), learner("value"), learner("policy")
        model, asked = self.model(self.b.policy), self.tensor(self.b.asked)
        return {
            "pretraining": learner("pretraining"),
            "SFT": learner("SFT"),
            "reward model": learner("reward model", CONFIG.rm_weight_decay),
            "sampling": lambda: self.sample(model, asked),
            "PPO": lambda: (policy(), value()),
            "PPO-ptx": lambda: (mixed("ptx"), value()),
        }


def largest_difference(b: Batches, side: TorchSide) -> float:
    """Largest relative difference of a loss or a gradient, its parameters together."""
    worst = 0.0
    for name, ours in our_losses(b).items():
        params = b.scorer if name in SCORERS else b.policy
        loss, gradient = ours(params)
        theirs: Any = side.model(params)
        their_loss = side.losses()[name](theirs)
        their_loss.backward()
        expected = np.concatenate([g.ravel() for g in gradient.values()])
        found = np.concatenate([theirs[key].grad.numpy().ravel() for key in gradient])
        worst = max(worst, abs(float(their_loss.detach()) - loss) / abs(loss))
        worst = max(worst, float(np.linalg.norm(found - expected) / np.linalg.norm(expected)))
    return worst


def seconds(steps: dict[tuple[str, str], Step], repeats: int) -> dict[str, dict[str, list[float]]]:
    """Processor time of each step, the steps taking turns; by side and name."""
    for step in steps.values():
        step()
    taken: dict[str, dict[str, list[float]]] = {}
    for (side, name), times in all_seconds(steps, repeats).items():
        taken.setdefault(side, {})[name] = times
    return taken


# Telling

HOW_MANY = {  # of each step in one run; the two PPO stages sample as many batches
    "pretraining": CONFIG.pretraining_steps,
    "SFT": CONFIG.sft_epochs * -(-CONFIG.n_demonstrations // CONFIG.sft_batch),
    "reward model": CONFIG.rm_epochs * -(-CONFIG.n_training_prompts // CONFIG.rm_batch),
    "sampling": 2 * CONFIG.ppo_updates,
    "PPO": CONFIG.ppo_updates * -(-CONFIG.ppo_batch // CONFIG.ppo_minibatch),
    "PPO-ptx": CONFIG.ppo_updates * -(-CONFIG.ppo_batch // CONFIG.ppo_minibatch),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="of the whole pipeline; 0 leaves it out")
    parser.add_argument("--repeats", type=int, default=25, help="of each training step; 0 leaves them out")
    parser.add_argument("--json", type=Path, help="write there all that was measured")
    parser.add_argument("--peaks", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peaks:
        print_peaks()
        return

    print(versions("numpy", "torch"), load(), flush=True)
    found: dict[str, Any] = {"in_a_run": HOW_MANY}
    if chosen.runs:
        # Memory first, while this process is small: the peak of a child is counted from its parent's.
        if is_here("resource"):
            found["peaks"] = measure_peaks()
            imported, ran = found["peaks"]
            print(f"\npeak memory of a run {ran / 1e6:.0f} MB, of which {imported / 1e6:.0f} MB by Python and numpy")
        found["stages"] = [processor_seconds() for _ in range(chosen.runs)]
        print("", stage_table(found["stages"]), load(), sep="\n", flush=True)
    if chosen.repeats:
        batches = make_batches()
        steps = {("ours", name): step for name, step in our_steps(batches).items()}
        if is_here("torch"):
            for dtype in ("float64", "float32"):
                side = TorchSide(batches, dtype)
                difference = largest_difference(batches, side)
                print(f"\nlosses and gradients differ from torch's in {dtype} by at most {difference:.0e}")
                steps |= {(f"torch, {dtype}", name): step for name, step in side.steps().items()}
        else:
            print("\ntorch is not installed, left out")
        steps = dict(sorted(steps.items(), key=lambda item: list(HOW_MANY).index(item[0][1])))
        found["steps"] = seconds(steps, chosen.repeats)
        print("", step_table(found["steps"], HOW_MANY), load(), sep="\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
