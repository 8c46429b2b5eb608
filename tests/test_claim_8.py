"""Claim 8, on models too small to learn anything: what a run returns, and that the measures measure what they say."""

import numpy as np
import pytest

from lab.claims.claim_8_reward_hacking import (
    EXAMPLES,
    N_EXAMPLES,
    POLICIES,
    REWARD_MODELS,
    TRAITS,
    blind_share,
    measure,
    traits,
    usage,
)
from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.labelers import quality
from rlhf_textbook.tiny.language import (
    COPY,
    PROMPT_LENGTH,
    REVERSE,
    WORDS,
    all_prompts,
    demonstrations,
)

QUICK = TinyConfig(n_hidden=8, pretraining_steps=5, sft_epochs=1, rm_epochs=1, ppo_updates=1)


def answered(instruction: int) -> np.ndarray:
    """Right answers to every prompt, as if the instruction had been another."""
    sequences = demonstrations(all_prompts(), np.random.default_rng(0))
    pretended = all_prompts()
    pretended[:, 1] = instruction
    sequences[:, PROMPT_LENGTH:] = demonstrations(pretended, np.random.default_rng(1))[:, PROMPT_LENGTH:]
    return sequences


def test_a_run_describes_every_policy():
    result = measure(0, config=QUICK, n_few=5)
    assert np.shape(result["traits"]) == (len(POLICIES), len(TRAITS))
    for name in ("gold", "score", "gap", "hack", "hack_share"):
        assert len(result[name]) == len(POLICIES), name
    assert len(result["blind"]) == len(REWARD_MODELS) + 1
    assert len(result["overrated"]) == 3
    for name in ("text", "text_few", "text_many", "text_gold"):
        assert len(result[name]) == len(EXAMPLES) * N_EXAMPLES, name
    assert len(result["worst"]) == len(result["worst_promise"]) == len(result["worst_gold"]) == N_EXAMPLES
    assert result["gap"][0] == pytest.approx(0, abs=1e-9)  # the SFT model's responses keep their own promise


def test_copying_is_seen_where_it_was_not_asked():
    right, _, _, _, copied, *_ = traits(demonstrations(all_prompts(), np.random.default_rng(0)))
    assert (right, copied) == (1, 0)
    right, _, _, _, copied, *_ = traits(answered(COPY))
    assert copied == 1
    assert right < 0.7
    assert traits(answered(REVERSE))[4] < 0.2


def test_one_word_everywhere_is_a_favorite():
    sequences = demonstrations(all_prompts(), np.random.default_rng(0))
    assert traits(sequences)[5] < 0.15
    sequences[:, PROMPT_LENGTH : PROMPT_LENGTH + 3] = WORDS.index("H")
    _, words, filler, capitals, _, favorite, distinct = traits(sequences)
    assert (words, filler, capitals, favorite) == (3, 0, 1, 1)
    assert distinct == 1 / len(sequences)
    assert usage(sequences)[3, WORDS.index(".")] == 1
    sequences[: len(sequences) // 2, PROMPT_LENGTH] = WORDS.index("um")
    assert traits(sequences)[2] == 0.5


def test_taste_in_words_is_blind_to_the_prompt_and_quality_is_not():
    sequences = demonstrations(np.random.default_rng(0).permutation(all_prompts()), np.random.default_rng(0))
    wrong = answered(REVERSE)[np.random.default_rng(0).permutation(len(sequences))]
    sequences[::3, PROMPT_LENGTH:] = wrong[::3, PROMPT_LENGTH:]
    taste = np.random.default_rng(0).normal(size=len(WORDS))[sequences[:, PROMPT_LENGTH:]].sum(axis=1)
    assert blind_share(sequences, taste) > 0.95
    assert blind_share(sequences, quality(sequences)) < 0.2
