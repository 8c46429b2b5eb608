"""Typical wrong answers to exercise 2.4, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_2 import e4_fine_tuning_solution as right


def everything(mask: np.ndarray) -> np.ndarray:
    counted = np.ones_like(mask)
    counted[:, 0] = False
    return counted


def loss_with_the_prompt(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    return right.sft_loss(logits, tokens, everything(mask))


def loss_with_the_mask_one_early(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    kept = mask[:, :-1]
    return float(-right.log_softmax(logits)[tokens[:, :-1][kept], tokens[:, 1:][kept]].mean())


def loss_from_its_own_row(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    return float(-right.log_softmax(logits)[tokens[mask], tokens[mask]].mean())


def loss_summed(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    return right.sft_loss(logits, tokens, mask) * int(mask.sum())


def loss_over_all_positions(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    return right.sft_loss(logits, tokens, mask) * int(mask.sum()) / mask.size


def loss_down_the_columns(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    return right.sft_loss(right.log_softmax(logits.T), tokens, mask)


def loss_without_minus(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> float:
    return -right.sft_loss(logits, tokens, mask)


def uphill(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return -right.sft_gradient(logits, tokens, mask)


def gradient_summed(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return right.sft_gradient(logits, tokens, mask) * int(mask.sum())


def gradient_over_all_positions(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return right.sft_gradient(logits, tokens, mask) * int(mask.sum()) / mask.size


def gradient_of_the_prompt_too(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return right.sft_gradient(logits, tokens, everything(mask))


def without_one_hot(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    before, after = right.response_pairs(tokens, mask)
    gradient = np.zeros_like(logits)
    np.add.at(gradient, before, np.exp(right.log_softmax(logits))[before])
    return gradient / len(after)


def one_hot_only(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    before, after = right.response_pairs(tokens, mask)
    gradient = np.zeros_like(logits)
    np.subtract.at(gradient, (before, after), 1.0)
    return gradient / len(after)


def only_the_right_token(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    before, after = right.response_pairs(tokens, mask)
    gradient = np.zeros_like(logits)
    np.add.at(gradient, (before, after), np.exp(right.log_softmax(logits))[before, after] - 1)
    return gradient / len(after)


def repeated_rows_count_once(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    before, after = right.response_pairs(tokens, mask)
    gradient = np.zeros_like(logits)
    gradient[before] += np.exp(right.log_softmax(logits))[before]
    gradient[before, after] -= 1
    return gradient / len(after)


def repeated_whole_rows_overwrite(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    before, after = right.response_pairs(tokens, mask)
    gradient = np.zeros_like(logits)
    gradient[before] += np.exp(right.log_softmax(logits))[before] - np.eye(len(logits))[after]
    return gradient / len(after)


def every_row_pulled(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    before, after = right.response_pairs(tokens, mask)
    target = np.zeros_like(logits)
    np.add.at(target, (before, after), 1.0)
    return np.exp(right.log_softmax(logits)) - target / len(after)


def climbs(logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int) -> np.ndarray:
    return right.fine_tune(logits, tokens, mask, -learning_rate, n_steps)


def one_step_only(
    logits: np.ndarray,
    tokens: np.ndarray,
    mask: np.ndarray,
    learning_rate: float,
    n_steps: int,  # noqa: ARG001
) -> np.ndarray:
    return right.fine_tune(logits, tokens, mask, learning_rate, 1)


def one_gradient_for_all_steps(
    logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int
) -> np.ndarray:
    return logits - n_steps * learning_rate * right.sft_gradient(logits, tokens, mask)


def trains_on_prompts(
    logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int
) -> np.ndarray:
    return right.fine_tune(logits, tokens, everything(mask), learning_rate, n_steps)


def changes_its_argument(
    logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int
) -> np.ndarray:
    for _ in range(n_steps):
        logits -= learning_rate * right.sft_gradient(logits, tokens, mask)
    return logits


def stops_early(
    logits: np.ndarray, tokens: np.ndarray, mask: np.ndarray, learning_rate: float, n_steps: int
) -> np.ndarray:
    return right.fine_tune(logits, tokens, mask, learning_rate, max(n_steps - 1, min(n_steps, 1)))


def forgets_the_learning_rate(
    logits: np.ndarray,
    tokens: np.ndarray,
    mask: np.ndarray,
    learning_rate: float,  # noqa: ARG001
    n_steps: int,
) -> np.ndarray:
    return right.fine_tune(logits, tokens, mask, 1.0, n_steps)


WRONG = [
    Wrong({"sft_loss": loss_with_the_prompt}, told="prompt's tokens count too"),
    Wrong({"sft_loss": loss_with_the_mask_one_early}, told="mask is one position off"),
    Wrong({"sft_loss": loss_from_its_own_row}, told="row of the token before"),
    Wrong({"sft_loss": loss_summed}, told="4 times too large"),
    Wrong({"sft_loss": loss_over_all_positions}, told="all eight positions"),
    Wrong({"sft_loss": loss_down_the_columns}, told="the token before is the row"),
    Wrong({"sft_loss": loss_without_minus}, told="Only the sign is wrong"),
    Wrong({"sft_gradient": uphill}, told="Only the sign is wrong"),
    Wrong({"sft_gradient": gradient_summed}, told="4 times too large"),
    Wrong({"sft_gradient": gradient_over_all_positions}, told="2 times too small"),
    Wrong({"sft_gradient": gradient_of_the_prompt_too}, told="first row must be 0"),
    Wrong({"sft_gradient": without_one_hot}, told="one-hot is missing"),
    Wrong({"sft_gradient": one_hot_only}, told="probabilities are missing"),
    Wrong({"sft_gradient": only_the_right_token}, told="logits of the other tokens"),
    Wrong({"sft_gradient": repeated_rows_count_once}, told="np.add.at"),
    Wrong({"sft_gradient": repeated_whole_rows_overwrite}, told="np.add.at"),
    Wrong({"sft_gradient": every_row_pulled}, told="as often as it predicts"),
    Wrong({"fine_tune": climbs}, told="climbs"),
    Wrong({"fine_tune": one_step_only}, told="what one step gives"),
    Wrong({"fine_tune": one_gradient_for_all_steps}, told="anew in every step"),
    Wrong({"fine_tune": trains_on_prompts}, told="You train on the prompt too"),
    Wrong({"fine_tune": changes_its_argument}, told="-="),
    Wrong({"fine_tune": stops_early}, told="one step too few"),
    Wrong({"fine_tune": forgets_the_learning_rate}, told="learning_rate"),
]
