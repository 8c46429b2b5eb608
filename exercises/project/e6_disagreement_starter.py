"""P.6 Labelers who disagree.

Some labelers put safety first. Measure what a reward model is worth to labelers it has not learned
from, and what one model for all costs each of them. The last function is open: with few rankings by
each labeler, serve everyone better than either one model for all or a model for each. Run this file
to see how far you get.

Project, part 6. Check with: python make.py check P.6
"""

from collections.abc import Callable

import numpy as np

from rlhf_textbook import TRUE_WEIGHTS, fit_linear_reward_model, rank_responses, sample_responses

Trainer = Callable[[np.ndarray], np.ndarray]
"""Takes rankings, shape (n_rankings, K, n_features), best first, and returns weights, shape (n_features,)."""


def held_out_accuracy(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> tuple[float, float]:
    """Return a reward model's accuracy on labelers it has learned from, and on one it has not.

    `rankings`, shape (n_labelers, n_rankings, K, n_features), are what each labeler ranked for
    training, best response first; `comparisons`, shape (n_labelers, m, 2, n_features), what each
    compared for testing, the preferred response first. Hold out each labeler in turn: train on the
    rankings of all others; note the share of the held-out labeler's comparisons in which the
    preferred response scores higher, and the same share for each of the others. Return the means over
    folds, (others, held out), from 0 to 1.
    """
    raise NotImplementedError("a loop over labelers; np.delete(rankings, i, axis=0) leaves one out")


def one_and_each(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    """Return the accuracy for each labeler of one model for all and of a model for each, shape (2, n_labelers).

    The arguments are those of `held_out_accuracy`. The first row is the accuracy, on each labeler's
    comparisons, of the model trained on everyone's rankings; the second row that of the model trained
    on this labeler's rankings alone.
    """
    raise NotImplementedError("n_labelers + 1 models; rankings.reshape(-1, *rankings.shape[2:]) joins everyone's")


def serve_everyone(rankings: np.ndarray, train: Trainer) -> np.ndarray:
    """Return weights for each labeler, shape (n_labelers, n_features), better than one for all and one each.

    `rankings` has shape (n_labelers, 8, 4, n_features) here: eight prompts are few to learn a taste
    from. How many tastes there are is not known. Averaged over labelers and over many data sets, the
    accuracy must be 0.5 percentage points above the better of the two rows of `one_and_each`. How,
    is up to you; `train` may be called as often as you like, on any rankings.
    """
    raise NotImplementedError("what does a labeler share with the others, and what is this labeler's own?")


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    safety_first = np.array([0.15, 0.15, 0.10, 0.10, 0.50])
    tastes = [TRUE_WEIGHTS] * 7 + [safety_first] * 3

    def ranked(n_prompts: int, n_responses: int) -> np.ndarray:
        """Let each labeler rank responses to prompts of their own."""
        features = sample_responses(10 * n_prompts, n_responses, rng=rng).features
        features = features.reshape(10, n_prompts, n_responses, 5)
        rankings = [rank_responses(f @ taste, rng=rng) for f, taste in zip(features, tastes, strict=True)]
        return np.take_along_axis(features, np.array(rankings)[..., None], axis=2)

    def newton(rankings: np.ndarray) -> np.ndarray:
        """Train as in part 2; the penalty keeps weights finite where few pairs can all be ordered."""
        return fit_linear_reward_model(rankings, l2=1e-3).weights

    training, test = ranked(8, 4), ranked(500, 2)
    print("labelers trained on {:.1%}, held out {:.1%}".format(*held_out_accuracy(training, test, newton)))
    for name, row in zip(("one model", "one each"), one_and_each(training, test, newton), strict=True):
        print(f"{name}: mean {row.mean():.1%}, majority {row[:7].mean():.1%}, minority {row[7:].mean():.1%}")
    margins = np.einsum("lmf,lf->lm", test[:, :, 0] - test[:, :, 1], serve_everyone(training, newton))
    share = (margins > 0).mean(axis=1)
    print(f"yours: mean {share.mean():.1%}, majority {share[:7].mean():.1%}, minority {share[7:].mean():.1%}")
