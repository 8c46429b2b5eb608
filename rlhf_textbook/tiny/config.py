"""Every number that the tiny pipeline could have been built with differently."""

from dataclasses import dataclass, fields

from rlhf_textbook import _checks as checks
from rlhf_textbook.tiny.language import N_PROMPTS

_ANY_FROM_ZERO = {"labeler_spread", "rm_weight_decay", "kl_coef", "ptx_coef", "clip_range", "gae_lambda"}


@dataclass(frozen=True)
class TinyConfig:
    """Settings of the tiny pipeline; `dataclasses.replace(config, kl_coef=0.0)` makes a variant.

    Whole numbers are at least 1, learning rates and the labelers' temperature positive, coefficients at least 0.
    The defaults are a run of about 15 seconds on one core. The settings stand in the order of the stages: the model,
    pretraining, SFT, labelers and reward model, PPO.

    Parameters
    ----------
    n_embedding
        Numbers that stand for a token.
    n_hidden
        Units of the hidden layer.
    pretraining_steps
        Steps of Adam.
    pretraining_batch
        Pages a step, all of them new.
    pretraining_lr
        Peak of the learning rate, as of all stages but PPO; along a cosine it falls to a tenth.
    n_training_prompts
        Of the 1,536 that exist; all stages learn from these, every evaluation uses the others.
    n_demonstrations
        Training prompts whose demonstrations SFT sees.
    sft_epochs
        Times that each demonstration is seen.
    sft_batch
        Demonstrations a step.
    sft_lr
        Peak of the learning rate.
    n_labelers
        Who rank for the reward model; as many others are held out.
    labeler_spread
        How much labelers differ in what they value; 0 makes them all the gold labeler.
    labeler_temperature
        Noise of a ranking in units of quality. At 0.5 two labelers agree on about 71 % of the pairs of SFT responses.
    n_ranked
        Responses `K` that a labeler ranks for one prompt (the paper: 4 to 9).
    rm_epochs
        Times that each ranking is seen.
    rm_batch
        Prompts, each with all its `C(K, 2)` pairs.
    rm_lr
        Peak of the learning rate.
    rm_weight_decay
        Share of every parameter, times the learning rate, that is lost at each step.
    ppo_updates
        Batches of responses, each sampled by the policy as it then is.
    ppo_batch
        Responses sampled between two updates of the policy that samples.
    ppo_minibatch
        Responses a step of Adam, and pages of the internet with them.
    ppo_lr
        Learning rate of the policy, constant.
    value_lr
        Learning rate of the value function, constant.
    clip_range
        `ε` of PPO's clipped surrogate.
    gae_lambda
        `λ` of generalized advantage estimation, in [0, 1]; there is no discount.
    kl_coef
        `β` of equation 2.
    ptx_coef
        `γ` of equation 2, for the PPO-ptx model; the PPO model has 0.

    Raises
    ------
    ValueError
        If a setting is of the wrong kind or out of range; the message names it.

    Examples
    --------
    ```python
    from dataclasses import replace

    from rlhf_textbook.tiny import TinyConfig

    config = replace(TinyConfig(), kl_coef=0.0)
    print(config.n_hidden, config.kl_coef)
    ```

    ```text title="Output"
    128 0.0
    ```
    """

    n_embedding: int = 16
    n_hidden: int = 128

    pretraining_steps: int = 1200
    pretraining_batch: int = 128
    pretraining_lr: float = 0.02

    n_training_prompts: int = 1200
    n_demonstrations: int = 300
    sft_epochs: int = 16
    sft_batch: int = 32
    sft_lr: float = 0.003

    n_labelers: int = 8
    labeler_spread: float = 0.3
    labeler_temperature: float = 0.5
    n_ranked: int = 6
    rm_epochs: int = 10
    rm_batch: int = 16
    rm_lr: float = 0.01
    rm_weight_decay: float = 0.3

    ppo_updates: int = 200
    ppo_batch: int = 256
    ppo_minibatch: int = 64
    ppo_lr: float = 0.003
    value_lr: float = 0.003
    clip_range: float = 0.2
    gae_lambda: float = 0.95
    kl_coef: float = 0.2
    ptx_coef: float = 0.3

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            checked: float
            if field.type in (int, "int"):
                checked = checks.whole_number(field.name, value, low=1)
            else:
                high = 1.0 if field.name == "gae_lambda" else float("inf")
                checked = checks.number(field.name, value, low=0, high=high, low_open=field.name not in _ANY_FROM_ZERO)
            if type(value) not in (int, float):  # twice an int8 may be more than an int8 holds
                object.__setattr__(self, field.name, checked)
        if self.n_training_prompts >= N_PROMPTS:
            raise checks.error("n_training_prompts", f"fewer than all {N_PROMPTS} prompts", self.n_training_prompts)
        if self.n_demonstrations > self.n_training_prompts:
            expected = f"at most n_training_prompts, {self.n_training_prompts}"
            raise checks.error("n_demonstrations", expected, self.n_demonstrations)
        if self.n_ranked < 2:
            raise checks.error("n_ranked", "at least two responses to rank", self.n_ranked)
