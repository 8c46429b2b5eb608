"""Claims that the numpy formulas and hand-written gradients are those of torch and its autograd, on the same batch.

They run where torch is installed, and the last ones where TRL is. The batches of the page "From numpy to the real
thing" are taken from the page itself.
"""

import importlib
import inspect
import re
import textwrap
from collections import defaultdict
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rlhf_textbook as book
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny import model as tiny
from rlhf_textbook.tiny.language import END, PROMPT_LENGTH, RESPONSE_LENGTH, all_prompts, page_tokens, web_pages
from rlhf_textbook.tiny.model import ADAM_EPSILON, Adam, copy_model, init_model, with_scalar_head
from rlhf_textbook.tiny.ppo import Rollout, policy_loss, roll_out, train_ppo, value_loss, whiten
from rlhf_textbook.tiny.pretraining import web_loss
from rlhf_textbook.tiny.reward_model import reward_model_loss
from rlhf_textbook.tiny.sampling import sample
from rlhf_textbook.tiny.sft import sft_loss

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch)")
twins = pytest.importorskip("lab.torch_twins")

PAGE = Path(__file__).resolve().parent.parent / "docs/lab/from-numpy-to-trl.md"
NO_TRL = "TRL is not installed (pip install trl)"
NO_PPO = "TRL with PPO is not installed (pip install trl==1.12.0)"


def tensor(value: Any, **options: Any) -> Any:
    return torch.tensor(np.asarray(value), **options)


def assert_equal(actual: Any, expected: Any) -> None:
    actual = actual.detach().numpy() if isinstance(actual, torch.Tensor) else actual
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)  # the second for what is 0 but for rounding


def variables_of(heading: str) -> dict[str, Any]:
    """Run the Python block below a heading of the page, and give what it leaves behind."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n### {heading}\n")[1].split("\n### ")[0]
    code = re.search(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert code is not None, heading
    names: dict[str, Any] = {}
    exec(compile(code[1], f"{PAGE.name}: {heading}", "exec"), names)
    return names


# The formulas, on the page's batches.


def test_supervised_fine_tuning() -> None:
    page = variables_of("Supervised fine-tuning")
    logits, tokens, mask = tensor(page["logits"])[:, :-1], tensor(page["tokens"])[:, 1:], tensor(page["mask"])[:, 1:]
    assert_equal(twins.next_token_log_probs(logits, tokens), page["log_probs"])
    assert_equal(twins.sft_loss(logits, tokens, mask), page["mean"])
    assert_equal(twins.sft_loss(logits, tokens, mask, reduction="sum"), page["total"])


def test_reward_modeling() -> None:
    page = variables_of("Reward modeling")
    rewards = tensor(page["rewards"], requires_grad=True)
    loss = twins.ranking_loss(rewards)
    loss.backward()
    assert_equal(loss, page["loss"])
    assert_equal(rewards.grad, page["gradient"])


def test_token_rewards() -> None:
    page = variables_of("The KL penalty")
    arguments = [tensor(page[name]) for name in ("scores", "log_probs", "ref_log_probs", "mask")]
    assert_equal(twins.token_rewards(*arguments, kl_coef=0.05), page["rewards"])


def test_advantages() -> None:
    page = variables_of("Advantages")
    rewards, values, mask = (tensor(page[name]) for name in ("rewards", "values", "mask"))
    advantages = twins.generalized_advantages(rewards, values, mask, gae_lambda=0.95)
    assert_equal(advantages, page["advantages"])
    assert_equal(twins.whiten(advantages, mask), page["whitened"])
    n = page["n"]
    np.testing.assert_allclose(  # the 1e-8 beside the standard deviation does not scale
        twins.whiten(advantages, mask, correction=1), page["whitened"] * np.sqrt((n - 1) / n), rtol=1e-7
    )


def test_one_step_of_ppo() -> None:
    page = variables_of("One step of PPO")
    names = ("log_probs", "old_log_probs", "advantages", "mask", "values", "old_values", "returns", "clipped")
    log_probs, old_log_probs, advantages, mask, values, old_values, returns, clipped = (tensor(page[n]) for n in names)
    loss = twins.policy_loss(log_probs.requires_grad_(), old_log_probs, advantages, mask)
    loss.backward()
    assert_equal(loss, -page["step"].objective)
    assert_equal(log_probs.grad, -page["step"].gradient)

    assert_equal(twins.value_loss(values, old_values, returns, mask), page["plain"][page["mask"]].mean() / 2)
    worst = np.maximum(page["plain"], page["worse"])[page["mask"]].mean() / 2
    assert_equal(twins.value_loss(values, old_values, returns, mask, clip_range=0.2), worst)
    inside = (values - old_values).abs() <= 0.2
    assert_equal(values[inside], clipped[inside])


def test_the_whole_model() -> None:
    page = variables_of("The whole model")
    loss, gradient = twin_gradients(page["params"], lambda model: web_loss_of(model, page["pages"]))
    assert_equal(loss, page["loss"])
    assert_gradients(gradient, page["gradient"])


def test_the_optimizer() -> None:
    page = variables_of("The optimizer")
    w = torch.nn.Parameter(tensor([1.0, -2.0, 0.5]))
    optimizer = torch.optim.AdamW([w], lr=0.1, betas=(0.9, 0.999), eps=ADAM_EPSILON, weight_decay=0.3)
    for gradient in ([0.2, -1.0, 1e-4], [0.1, 3.0, -1e-4], [-0.4, 0.5, 1e-4]):
        w.grad = tensor(gradient)
        optimizer.step()
    assert_equal(w, page["params"]["w"])


def test_rounding_to_bfloat16() -> None:
    page = variables_of("Eight bits")
    logits = page["logits"][:2]
    assert_equal(tensor(logits).float().bfloat16().double(), page["bfloat16"](logits))


# The formulas, on random batches.


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def random_mask(rng: np.random.Generator, shape: tuple[int, int]) -> Any:
    return np.arange(shape[1]) < rng.integers(1, shape[1] + 1, size=(shape[0], 1))


def moved(log_probs: Any, rng: np.random.Generator) -> Any:
    """Other log-probabilities, near enough that the clip switches off some tokens and not all."""
    return -abs(log_probs + 0.4 * rng.normal(size=log_probs.shape))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_sft_loss_is_torch_cross_entropy_with_the_prompt_ignored(rng: np.random.Generator, reduction: str) -> None:
    logits, tokens = 3 * rng.normal(size=(6, 9, 11)), rng.integers(11, size=(6, 9))
    mask = book.response_mask(rng.integers(0, 5, size=6), [9, 5, 6, 7, 8, 9])
    log_probs = book.next_token_log_probs(logits, tokens)
    ours = book.sft_loss(log_probs, mask, reduction=reduction)
    assert_equal(twins.sft_loss(tensor(logits), tensor(tokens), tensor(mask), reduction=reduction), ours)


def test_loss_of_transformers_is_ours_in_single_precision(rng: np.random.Generator) -> None:
    """It shifts the labels itself and turns the logits into float32 first."""
    loss_utils = pytest.importorskip("transformers.loss.loss_utils", reason="transformers is not installed")
    logits, tokens = rng.normal(size=(4, 9, 11)), rng.integers(11, size=(4, 9))
    mask = book.response_mask([2, 3, 1, 4], [9, 5, 6, 7])
    labels = tensor(tokens).masked_fill(~tensor(mask), -100)
    loss = loss_utils.ForCausalLMLoss(tensor(logits), labels, 11)
    ours = book.sft_loss(book.next_token_log_probs(logits[:, :-1], tokens[:, 1:]), mask[:, 1:])
    assert loss.item() == pytest.approx(ours, rel=1e-6)


@pytest.mark.parametrize("k", [2, 4, 9])
def test_ranking_loss_and_its_gradient(rng: np.random.Generator, k: int) -> None:
    scores = 4 * rng.normal(size=(7, k))
    loss, gradient = book.ranking_loss_and_gradient(scores)
    rewards = tensor(scores, requires_grad=True)
    twin = twins.ranking_loss(rewards)
    twin.backward()
    assert_equal(twin, loss)
    assert_equal(rewards.grad, gradient)


def test_rankings_of_different_lengths_weigh_every_prompt_the_same(rng: np.random.Generator) -> None:
    rankings = [rng.normal(size=k) for k in (2, 4, 9)]
    padded, n_responses = book.pad_rankings(rankings)
    loss, gradient = book.ranking_loss_and_gradient(padded, n_responses=n_responses)
    rewards = [tensor(r[None], requires_grad=True) for r in rankings]
    twin = torch.stack([twins.ranking_loss(r) for r in rewards]).mean()
    twin.backward()
    assert_equal(twin, loss)
    for row, r in zip(gradient, rewards, strict=True):
        assert_equal(r.grad[0], row[: r.shape[1]])


def test_pairwise_loss_and_preference_probability(rng: np.random.Generator) -> None:
    chosen, rejected = 20 * rng.normal(size=(2, 50))
    loss = twins.pairwise_loss(tensor(chosen), tensor(rejected))
    assert_equal(loss, book.pairwise_loss(chosen, rejected))
    assert_equal(torch.sigmoid(tensor(chosen - rejected)), book.preference_probability(chosen, rejected))


def test_exact_kl_is_that_of_torch_distributions(rng: np.random.Generator) -> None:
    p, q = book.log_softmax(rng.normal(size=(2, 8, 12)))
    categorical = torch.distributions.Categorical
    kl = torch.distributions.kl_divergence(categorical(logits=tensor(p)), categorical(logits=tensor(q)))
    assert_equal(kl, book.exact_kl(p, q))


def test_which_estimate_of_the_kl_has_its_gradient(rng: np.random.Generator) -> None:
    """k1 as a reward, k2 as a loss and k3 times the ratio have it on average; k3 as a loss has not."""
    logits, ref = tensor(rng.normal(size=6), requires_grad=True), tensor(rng.normal(size=6)).log_softmax(dim=0)
    log_p = logits.log_softmax(dim=0)
    p = log_p.detach().exp()  # the expectation over samples, which are not differentiated
    d, ratio = log_p - ref, torch.exp(log_p - log_p.detach())
    k3 = torch.exp(-d) - 1 + d
    expected = [(log_p.exp() * d).sum(), (p * d.detach() * log_p).sum(), (p * d**2 / 2).sum(), (p * ratio * k3).sum()]
    exact, *others = (torch.autograd.grad(mean, logits, retain_graph=True)[0] for mean in expected)
    for gradient in others:
        assert_equal(gradient, exact.numpy())
    (k3_as_loss,) = torch.autograd.grad((p * k3).sum(), logits)
    assert (k3_as_loss - exact).abs().max() > 0.01


@pytest.mark.parametrize("discount", [1.0, 0.9])
@pytest.mark.parametrize("gae_lambda", [0.0, 0.95, 1.0])
def test_token_rewards_and_advantages(rng: np.random.Generator, discount: float, gae_lambda: float) -> None:
    log_probs, ref_log_probs, values = -rng.exponential(size=(3, 8, 10))
    mask, scores = random_mask(rng, (8, 10)), rng.normal(size=8)
    rewards = book.token_rewards(scores, log_probs, ref_log_probs, kl_coef=0.2, mask=mask)
    twin = twins.token_rewards(tensor(scores), tensor(log_probs), tensor(ref_log_probs), tensor(mask), kl_coef=0.2)
    assert_equal(twin, rewards)
    advantages = book.generalized_advantages(rewards, values, discount=discount, gae_lambda=gae_lambda, mask=mask)
    twin = twins.generalized_advantages(twin, tensor(values), tensor(mask), discount=discount, gae_lambda=gae_lambda)
    assert_equal(twin, advantages)
    assert_equal(twins.whiten(twin, tensor(mask)), whiten(advantages, mask))


def test_clipped_surrogate_and_its_gradient(rng: np.random.Generator) -> None:
    old, advantages = -rng.exponential(size=(30, 12)), rng.normal(size=(30, 12))
    new, mask = moved(old, rng), random_mask(rng, (30, 12))
    step = book.clipped_surrogate(new, old, advantages, clip_range=0.2, mask=mask)
    assert 0.1 < step.clip_fraction < 0.9, "a batch in which the clip is idle would show nothing"
    log_probs = tensor(new, requires_grad=True)
    loss = twins.policy_loss(log_probs, tensor(old), tensor(advantages), tensor(mask))
    loss.backward()
    assert_equal(loss, -step.objective)
    assert_equal(log_probs.grad, -step.gradient)


# The tiny model: every loss, with the gradients by every parameter.


def twin_gradients(params: tiny.Params, loss_of: Any) -> tuple[Any, dict[str, Any]]:
    model = twins.TinyModel(params)
    loss = loss_of(model)
    loss.backward()
    return loss, {name: weight.grad for name, weight in model.weights.items()}


def assert_gradients(actual: dict[str, Any], expected: tiny.Params) -> None:
    assert actual.keys() == expected.keys()
    for name, gradient in expected.items():
        assert np.abs(gradient).max() > 1e-6, f"{name}: a gradient of 0 would show nothing"
        assert_equal(actual[name], gradient)


def web_loss_of(model: Any, pages: Any) -> Any:
    counted = tensor(page_tokens(pages))
    return -model.log_probs(tensor(pages))[counted].mean()


def ptx_loss_of(model: Any, rollout: Rollout, batch: Any, clip_range: float) -> Any:
    log_probs = model.log_probs(tensor(rollout.sequences[batch]), start=PROMPT_LENGTH)
    old, advantages, mask = rollout.log_probs[batch], rollout.advantages[batch], rollout.mask[batch]
    return twins.policy_loss(log_probs, tensor(old), tensor(advantages), tensor(mask), clip_range=clip_range)


def value_loss_of(model: Any, rollout: Rollout, batch: Any) -> Any:
    values = model.scores(tensor(rollout.sequences[batch, :-1]), start=PROMPT_LENGTH - 1)
    returns, mask = tensor(rollout.returns[batch]), tensor(rollout.mask[batch])
    return twins.value_loss(values, values.detach(), returns, mask)


def shaken(params: tiny.Params, rng: np.random.Generator, size: float = 0.1) -> tiny.Params:
    return {name: value + size * rng.normal(size=value.shape) for name, value in params.items()}


@pytest.fixture
def policy(rng: np.random.Generator) -> tiny.Params:
    return shaken(init_model(5, 7, rng), rng)


@pytest.fixture
def scorer(policy: tiny.Params, rng: np.random.Generator) -> tiny.Params:
    return shaken(with_scalar_head(policy, rng), rng, 0.3)


def test_log_probs_and_scores_of_the_tiny_model(
    policy: tiny.Params, scorer: tiny.Params, rng: np.random.Generator
) -> None:
    pages = web_pages(20, all_prompts(), rng)
    for start in (1, PROMPT_LENGTH):
        assert_equal(twins.TinyModel(policy).log_probs(tensor(pages), start=start), log_probs_of(policy, pages, start))
        assert_equal(
            twins.TinyModel(scorer).scores(tensor(pages), start=start), tiny.scores(scorer, pages, start=start)[0]
        )


def log_probs_of(params: tiny.Params, pages: Any, start: int) -> Any:
    return tiny.log_probs(params, pages, start=start)[0]


def test_web_loss_of_the_tiny_model(policy: tiny.Params, rng: np.random.Generator) -> None:
    pages = web_pages(20, all_prompts(), rng)
    loss, gradient = web_loss(policy, pages)
    twin, twin_gradient = twin_gradients(policy, lambda model: web_loss_of(model, pages))
    assert_equal(twin, loss)
    assert_gradients(twin_gradient, gradient)


def test_sft_loss_of_the_tiny_model(policy: tiny.Params, rng: np.random.Generator) -> None:
    sequences = sample(policy, all_prompts()[::40], rng)
    loss, gradient = sft_loss(policy, sequences)
    mask = tensor(book.response_mask([PROMPT_LENGTH] * len(sequences), lengths_of(sequences)))[:, PROMPT_LENGTH:]

    def of(model: Any) -> Any:
        tokens = tensor(sequences)
        logits = model(tokens[:, :-1])[:, PROMPT_LENGTH - 1 :][:, : mask.shape[1]]
        return twins.sft_loss(logits, tokens[:, PROMPT_LENGTH:][:, : mask.shape[1]], mask)

    twin, twin_gradient = twin_gradients(policy, of)
    assert_equal(twin, loss)
    assert_gradients(twin_gradient, gradient)


def lengths_of(sequences: Any) -> list[int]:
    """Length of each sequence with its first end mark, counted the slow way."""
    lengths = []
    for row in sequences.tolist():
        response = row[PROMPT_LENGTH:]
        end = response.index(END) + 1 if END in response else RESPONSE_LENGTH
        lengths.append(PROMPT_LENGTH + end)
    return lengths


def test_reward_model_loss_of_the_tiny_model(
    policy: tiny.Params, scorer: tiny.Params, rng: np.random.Generator
) -> None:
    ranked = sample(policy, np.repeat(all_prompts()[::60], 4, axis=0), rng).reshape(-1, 4, 12)
    loss, gradient = reward_model_loss(scorer, ranked)
    flat = ranked.reshape(-1, 12)
    last = torch.tensor(lengths_of(flat)) - 1

    def of(model: Any) -> Any:
        return twins.ranking_loss(model.scores(tensor(flat))[torch.arange(len(flat)), last].reshape(-1, 4))

    twin, twin_gradient = twin_gradients(scorer, of)
    assert_equal(twin, loss)
    gradient.pop("head_bias")  # 0: only differences of scores count
    assert twin_gradient.pop("head_bias").abs().max() < 1e-15
    assert_gradients(twin_gradient, gradient)


def test_policy_loss_and_value_loss_of_the_tiny_model(
    policy: tiny.Params, scorer: tiny.Params, rng: np.random.Generator
) -> None:
    rollout = roll_out(policy, scorer, shaken(policy, rng), scorer, all_prompts()[::20], 0.2, 0.95, rng)
    batch = rng.permutation(len(rollout.sequences))[:40]
    later = shaken(policy, rng)
    loss, gradient = policy_loss(later, rollout, batch, 0.2)
    twin, twin_gradient = twin_gradients(later, lambda model: ptx_loss_of(model, rollout, batch, 0.2))
    assert_equal(twin, loss)
    assert_gradients(twin_gradient, gradient)

    loss, gradient = value_loss(scorer, rollout, batch)
    twin, twin_gradient = twin_gradients(scorer, lambda model: value_loss_of(model, rollout, batch))
    assert_equal(twin, loss)
    assert_gradients(twin_gradient, gradient)


# The optimizer, and whole runs.


def adam_w(model: Any, learning_rate: float, weight_decay: float = 0.0) -> Any:
    return torch.optim.AdamW(model.parameters(), lr=learning_rate, eps=ADAM_EPSILON, weight_decay=weight_decay)


def numpy_weights(model: Any) -> tiny.Params:
    return {name: weight.detach().numpy().copy() for name, weight in model.weights.items()}


@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_adam_is_adam_w(policy: tiny.Params, rng: np.random.Generator, weight_decay: float) -> None:
    model = twins.TinyModel(policy)
    ours, theirs = Adam(policy, 0.02, weight_decay=weight_decay), adam_w(model, 0.02, weight_decay)
    for scale in cosine_learning_rate(np.arange(30), n_steps=30, peak=1.0):
        gradient = {name: rng.normal(size=value.shape) for name, value in policy.items()}
        for name, weight in model.weights.items():
            weight.grad = tensor(gradient[name])
        theirs.param_groups[0]["lr"] = 0.02 * scale
        ours.step(gradient, scale=float(scale))
        theirs.step()
    for name, weight in model.weights.items():
        assert_equal(weight, policy[name])


def test_the_weight_decay_of_torch_adam_is_another_one() -> None:
    """`Adam(weight_decay=…)` adds it to the gradient, where Adam's own scaling takes its size away again."""
    ours = {"w": np.array([1.0])}
    Adam(ours, 0.1, weight_decay=0.3).step({"w": np.array([5.0])})
    w = torch.nn.Parameter(tensor([1.0]))
    optimizer = torch.optim.Adam([w], lr=0.1, eps=ADAM_EPSILON, weight_decay=0.3)
    w.grad = tensor([5.0])
    optimizer.step()
    assert ours["w"][0] == pytest.approx(0.87, abs=1e-3)  # 1 − 0.1 · (1 + 0.3)
    assert w.item() == pytest.approx(0.90, abs=1e-3)


def test_two_updates_of_ppo_ptx_end_at_the_same_weights(
    policy: tiny.Params, scorer: tiny.Params, rng: np.random.Generator
) -> None:
    """Sampling stays in numpy, so that both see the same responses; all losses, gradients and steps are torch's."""
    config = TinyConfig(ppo_updates=2, ppo_batch=64, ppo_minibatch=16)
    prompts, luck = all_prompts(), deepcopy(rng)
    trained = train_ppo(policy, scorer, prompts, config, rng, ptx_coef=0.3)

    actor, critic = twins.TinyModel(policy), twins.TinyModel(scorer)
    actor_optimizer, critic_optimizer = adam_w(actor, config.ppo_lr), adam_w(critic, config.value_lr)
    for _ in range(config.ppo_updates):
        asked = prompts[luck.integers(len(prompts), size=config.ppo_batch)]
        now, value = numpy_weights(actor), numpy_weights(critic)
        rollout = roll_out(now, value, policy, scorer, asked, config.kl_coef, config.gae_lambda, luck)
        for batch in np.array_split(luck.permutation(config.ppo_batch), 4):
            pages = web_pages(config.ppo_minibatch, prompts, luck)
            loss = ptx_loss_of(actor, rollout, batch, config.clip_range) + 0.3 * web_loss_of(actor, pages)
            for optimizer, objective in (
                (actor_optimizer, loss),
                (critic_optimizer, value_loss_of(critic, rollout, batch)),
            ):
                optimizer.zero_grad()
                objective.backward()
                optimizer.step()
    assert np.abs(trained["head"] - policy["head"]).max() > 0.01, "the policy has not moved"
    for name, weight in actor.weights.items():
        assert_equal(weight, trained[name])


# TRL's own code. What is no function there is cut out of its trainers and run as it stands.


def lines_of(function: Any, first: str, last: str) -> str:
    """Cut the source from the line that starts with `first` to the next that starts with `last`."""
    lines = inspect.getsource(function).split("\n")
    start = next(i for i, line in enumerate(lines) if line.strip().startswith(first))
    end = next(i for i in range(start, len(lines)) if lines[i].strip().startswith(last))
    return textwrap.dedent("\n".join(lines[start : end + 1]))


@pytest.fixture
def trl_ppo() -> Any:
    return pytest.importorskip("trl.experimental.ppo.ppo_trainer", reason=NO_PPO)


@pytest.fixture
def trl() -> Any:
    return pytest.importorskip("trl", reason=NO_TRL)


@pytest.mark.parametrize("estimator", ["k1", "k3"])
def test_rewards_and_advantages_are_those_of_trl(trl_ppo: Any, rng: np.random.Generator, estimator: str) -> None:
    """But for two choices of TRL's: where the score is paid, and n − 1 in the whitening."""
    log_probs, ref_log_probs, values = -rng.exponential(size=(3, 12, 9))
    scores, lengths = rng.normal(size=12), rng.integers(1, 10, size=12)
    mask = np.arange(9) < lengths[:, None]
    and_one = np.arange(9) < lengths[:, None] + 1
    names = {
        "torch": torch,
        "args": SimpleNamespace(kl_coef=0.05, kl_estimator=estimator, whiten_rewards=False, gamma=1.0, lam=0.95),
        "logprobs": tensor(log_probs).masked_fill(~tensor(mask), trl_ppo.INVALID_LOGPROB),
        "ref_logprobs": tensor(ref_log_probs).masked_fill(~tensor(mask), trl_ppo.INVALID_LOGPROB),
        "values": tensor(values).masked_fill(~tensor(and_one), 0),
        "scores": tensor(scores),
        "sequence_lengths": torch.tensor(lengths - 1),
        "sequence_lengths_p1": torch.tensor(lengths),
        "padding_mask": ~tensor(mask),
        "responses": tensor(mask),
        "masked_whiten": trl_ppo.masked_whiten,
    }
    source = lines_of(trl_ppo.PPOTrainer.train, "logr = ", "rewards[actual_start")
    exec(source + "\n" + lines_of(trl_ppo.PPOTrainer.train, "lastgaelam = 0", "advantages = torch.masked_fill"), names)

    kl = np.where(mask, getattr(book.kl_estimates(log_probs, ref_log_probs), estimator), 0.0)
    rewards = -0.05 * kl
    rewards[np.arange(12), np.minimum(lengths, 8)] += scores  # one behind the last token, where there is room
    assert_equal(names["rewards"], rewards)
    if estimator == "k1":
        ours = book.token_rewards(scores, log_probs, ref_log_probs, kl_coef=0.05, mask=mask)
        full = lengths == 9
        assert_equal(names["rewards"][full], ours[full])
    advantages = book.generalized_advantages(rewards, values, gae_lambda=0.95, mask=and_one)
    assert_equal(names["returns"], np.where(and_one, advantages + values, 0.0))
    n = mask.sum()
    np.testing.assert_allclose(names["advantages"], whiten(advantages, mask) * np.sqrt((n - 1) / n), rtol=1e-6)


def test_losses_of_ppo_are_those_of_trl(trl_ppo: Any, rng: np.random.Generator) -> None:
    old, advantages = -rng.exponential(size=(10, 8)), rng.normal(size=(10, 8))
    new, mask = moved(old, rng), random_mask(rng, (10, 8))
    values, old_values, returns = rng.normal(size=(3, 10, 8))
    new_log_probs = tensor(new, requires_grad=True)
    names = {
        "torch": torch,
        "args": SimpleNamespace(cliprange=0.2, cliprange_value=0.2, vf_coef=0.1),
        "masked_mean": trl_ppo.masked_mean,
        "micro_batch_inds": torch.arange(10),
        "padding_mask": ~tensor(mask),
        "padding_mask_p1": ~tensor(mask),
        "new_logprobs": new_log_probs,
        "mb_logprobs": tensor(old),
        "mb_advantage": tensor(advantages),
        "vpred": tensor(values),
        "mb_values": tensor(old_values),
        "mb_return": tensor(returns),
    }
    exec(lines_of(trl_ppo.PPOTrainer.train, "vpredclipped = ", "loss = pg_loss"), names)
    step = book.clipped_surrogate(new, old, advantages, clip_range=0.2, mask=mask)
    assert_equal(names["pg_loss"], -step.objective)
    names["pg_loss"].backward()
    assert_equal(new_log_probs.grad, -step.gradient)
    twin = twins.value_loss(tensor(values), tensor(old_values), tensor(returns), tensor(mask), clip_range=0.2)
    assert_equal(names["vf_loss"], twin.numpy())


def test_with_the_end_mark_as_padding_trl_leaves_it_out_of_the_response(trl_ppo: Any) -> None:
    """A trap that TRL's users know: the policy then never learns to stop."""
    end, pad = 3, 0
    responses = torch.tensor([[7, 8, end, pad, pad]])
    assert (trl_ppo.first_true_indices(responses == pad) - 1).item() == 2, "the end mark is the last token"
    assert (trl_ppo.first_true_indices(responses == end) - 1).item() == 1, "with pad = end it is not"


def stand_in(**attributes: Any) -> SimpleNamespace:
    """Stand in for a trainer: what its loss function asks of it."""
    accelerator = SimpleNamespace(
        gather=lambda x: x, gather_for_metrics=lambda x: x, reduce=lambda x, **_: x, num_processes=1
    )
    metrics: Any = defaultdict(lambda: defaultdict(list))
    given: dict[str, Any] = {
        "model": SimpleNamespace(training=False),
        "accelerator": accelerator,
        "_metrics": metrics,
        "aux_loss_enabled": False,
        "epsilon_low": 0.2,
        "epsilon_high": 0.2,
    }
    return SimpleNamespace(**(given | attributes))


def test_pairwise_loss_is_that_of_the_reward_trainer(trl: Any, rng: np.random.Generator) -> None:
    chosen, rejected = rng.normal(size=(2, 6))
    trainer = stand_in(args=SimpleNamespace(center_rewards_coefficient=None), _total_train_tokens=0)
    outputs = SimpleNamespace(logits=tensor(np.append(chosen, rejected))[:, None])
    loss = trl.RewardTrainer.compute_loss(trainer, lambda **_: outputs, {})
    assert_equal(loss, book.pairwise_loss(chosen, rejected).mean())


def completions(rng: np.random.Generator) -> tuple[Any, Any, Any, Any]:
    old, advantages = -rng.exponential(size=(8, 7)), rng.normal(size=8)
    return old, moved(old, rng), advantages, random_mask(rng, (8, 7))


def policy_trainer(log_probs: Any, **attributes: Any) -> SimpleNamespace:
    return stand_in(
        _get_per_token_logps_and_entropies=lambda *_, **__: (log_probs, torch.zeros_like(log_probs), None),
        **attributes,
    )


def policy_inputs(mask: Any, **tensors: Any) -> dict[str, Any]:
    ids = torch.zeros(mask.shape, dtype=torch.long)
    return {
        "prompt_ids": ids[:, :2],
        "prompt_mask": ids[:, :2],
        "completion_ids": ids,
        "completion_mask": tensor(mask).long(),
        **tensors,
    }


@pytest.mark.parametrize("loss_type", ["bnpo", "grpo", "dr_grpo"])
@pytest.mark.parametrize(("beta", "corrected"), [(0.0, False), (0.04, False), (0.04, True)])
def test_loss_of_the_grpo_trainer_is_made_of_our_parts(
    trl: Any, rng: np.random.Generator, loss_type: str, beta: float, corrected: bool
) -> None:
    """The same surrogate and k3, averaged in one of several ways."""
    old, new, advantages, mask = completions(rng)
    ref = moved(old, rng)
    trainer = policy_trainer(
        tensor(new),
        args=SimpleNamespace(use_bias_correction_kl=corrected, delta=None),
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level="token",
        beta=beta,
        loss_type=loss_type,
        use_vllm=False,
        max_completion_length=20,
        _entropy_bonus_enabled=False,
    )
    inputs = policy_inputs(mask, advantages=tensor(advantages), old_per_token_logps=tensor(old))
    loss = trl.GRPOTrainer._compute_loss(trainer, inputs=inputs | {"ref_per_token_logps": tensor(ref)}, model=None)

    every = np.broadcast_to(advantages[:, None], old.shape)
    k3 = book.kl_estimates(new, ref).k3 * (np.exp(new - old) if corrected else 1)

    def mean_loss(kept: Any) -> float:
        step = book.clipped_surrogate(new, old, every, clip_range=0.2, mask=kept)
        return -step.objective + beta * float(k3[kept].mean())

    alone = [mask & (np.arange(8) == i)[:, None] for i in range(8)]
    expected = {
        "bnpo": mean_loss(mask),  # over the batch's tokens, as ours
        "grpo": np.mean([mean_loss(kept) for kept in alone]),  # over each response first
        "dr_grpo": mean_loss(mask) * mask.sum() / (8 * 20),  # by a constant length
    }
    assert_equal(loss, expected[loss_type])


def test_loss_of_the_rloo_trainer_is_our_surrogate_of_whole_responses(trl: Any, rng: np.random.Generator) -> None:
    old, new, advantages, mask = completions(rng)
    log_ratios = book.sequence_log_ratio(new, old, mask=mask)
    trainer = policy_trainer(tensor(new))
    inputs = policy_inputs(mask, advantages=tensor(advantages), old_logps=tensor((old * mask).sum(axis=1)))
    loss = trl.RLOOTrainer._compute_loss(trainer, None, inputs)
    sums = (old * mask).sum(axis=1)
    assert_equal(loss, -book.clipped_surrogate(sums + log_ratios, sums, advantages, clip_range=0.2).objective)


def test_log_probs_are_those_of_trl(rng: np.random.Generator) -> None:
    utils = pytest.importorskip("trl.trainer.utils", reason=NO_TRL)
    logits, tokens = rng.normal(size=(4, 6, 11)), rng.integers(11, size=(4, 6))
    twin = utils.selective_log_softmax(tensor(logits), tensor(tokens))
    assert_equal(twin, book.next_token_log_probs(logits, tokens))


TRL_VERSIONS = {  # of which the page gives the defaults
    "1.16.0": ("trl", ("SFTConfig", "RewardConfig", "DPOConfig", "GRPOConfig", "RLOOConfig")),
    "1.12.0": ("trl.experimental.ppo", ("PPOConfig",)),
}


def defaults_on_the_page() -> list[tuple[str, str, str]]:
    """Read what the page says of TRL's settings, as in `PPOConfig(kl_coef=0.05)`."""
    found: list[tuple[str, str, str]] = re.findall(r"`(\w+Config)\((\w+)=([^)`]+)\)`", PAGE.read_text(encoding="utf-8"))
    assert len(found) > 20
    return found


def test_defaults_on_the_page_are_those_of_trl(trl: Any) -> None:
    if trl.__version__ not in TRL_VERSIONS:
        pytest.skip(f"the page speaks of TRL {' and '.join(TRL_VERSIONS)}; this is {trl.__version__}")
    module, configs = TRL_VERSIONS[trl.__version__]
    stated = [row for row in defaults_on_the_page() if row[0] in configs]
    assert {config for config, _, _ in stated} == set(configs)
    for config, setting, value in stated:
        defaults = {field.name: field.default for field in fields(getattr(importlib.import_module(module), config))}
        assert str(defaults[setting]) == value.strip('"'), (config, setting)


def test_advantages_of_grpo_divide_by_trls_standard_deviation() -> None:
    utils = pytest.importorskip("trl.trainer.utils", reason=NO_TRL)
    page = variables_of("What came after PPO")
    scores = tensor(page["scores"])
    assert_equal((scores - scores.mean()) / (utils.nanstd(scores) + 1e-4), page["grpo"])


# What came after PPO, from the same parts.


def test_what_came_after_ppo() -> None:
    page = variables_of("What came after PPO")
    beta, log_ratios = 0.1, tensor(page["log_ratios"])
    assert_equal(-torch.nn.functional.logsigmoid(beta * (log_ratios[0] - log_ratios[1])), page["dpo"])


def test_the_gradient_of_dpo(rng: np.random.Generator) -> None:
    """It is that of the pairwise loss, whose rewards are the log-ratios times β."""
    log_probs, ref_log_probs = -rng.exponential(size=(2, 2, 6))
    beta = 0.1
    ours = beta * book.sequence_log_ratio(log_probs, ref_log_probs)
    new = tensor(log_probs, requires_grad=True)
    chosen, rejected = beta * (new - tensor(ref_log_probs)).sum(dim=1)
    twins.pairwise_loss(chosen, rejected).backward()
    _, by_reward = book.ranking_loss_and_gradient(ours)
    assert_equal(new.grad, np.repeat(beta * by_reward[:, None], 6, axis=1))


def test_copies_do_not_share_memory(policy: tiny.Params) -> None:
    """The twin must not train the numpy model that it is compared with."""
    before = copy_model(policy)
    model = twins.TinyModel(policy)
    with torch.no_grad():
        for weight in model.weights.values():
            weight += 1
    for name, value in policy.items():
        np.testing.assert_array_equal(value, before[name])
