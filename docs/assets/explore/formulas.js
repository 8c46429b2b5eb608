// The formulas that the interactive pieces compute, each the twin of a function of `rlhf_textbook`.
// `tests/test_explore.py` compares them with the package on grids of values. Logarithms are natural.

// log σ(x) = −log(1 + e^−x), without overflow. [numerics.log_sigmoid]
export function logSigmoid(x) {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}

// σ(x) = 1 / (1 + e^−x). [numerics.sigmoid]
export function sigmoid(x) {
  const small = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + small) : small / (1 + small);
}

// The pairs (better, worse) of a ranking of k responses, as positions in it. [reward_model.ranking_pairs]
export function rankingPairs(k) {
  const pairs = [];
  for (let better = 0; better < k; better += 1) {
    for (let worse = better + 1; worse < k; worse += 1) pairs.push([better, worse]);
  }
  return pairs;
}

// Mean of −log σ(r_i − r_j) over the pairs, rewards best first, and its derivative by each reward.
// [reward_model.ranking_loss_and_gradient]
export function rankingLossAndGradient(rewards) {
  const pairs = rankingPairs(rewards.length);
  const gradient = rewards.map(() => 0);
  let loss = 0;
  for (const [better, worse] of pairs) {
    const margin = rewards[better] - rewards[worse];
    loss -= logSigmoid(margin) / pairs.length;
    gradient[better] -= sigmoid(-margin) / pairs.length;
    gradient[worse] += sigmoid(-margin) / pairs.length;
  }
  return { loss, gradient };
}

// One token of PPO: ρ A or its clipped twin, whichever is less, and the derivative by log π. [ppo.clipped_surrogate]
export function clippedSurrogate(ratio, advantage, clipRange) {
  const pastClip =
    (advantage > 0 && ratio > 1 + clipRange) || (advantage < 0 && ratio < 1 - clipRange);
  const clipped = Math.min(Math.max(ratio, 1 - clipRange), 1 + clipRange) * advantage;
  const slope = advantage === 0 ? 0 : ratio * advantage; // an infinite ratio times 0 would be no number
  return { objective: pastClip ? clipped : slope, gradient: pastClip ? 0 : slope, pastClip };
}

// The three terms of equation 2 for one response and the log-likelihood of pretraining text.
// [objective.ppo_ptx_objective]
export function ppoPtxObjective(reward, logProbs, refLogProbs, logLikelihood, klCoef, ptxCoef) {
  const logRatio = logProbs.reduce((total, logProb, token) => total + logProb - refLogProbs[token], 0);
  const klTerm = klCoef === 0 ? 0 : -klCoef * logRatio;
  const ptxTerm = ptxCoef === 0 ? 0 : ptxCoef * logLikelihood;
  return { logRatio, klTerm, ptxTerm, total: reward + klTerm + ptxTerm };
}

// Δq = log(p / (1 − p)). [evaluation.quality_gap]
export function qualityGap(winRate) {
  return Math.log(winRate) - Math.log1p(-winRate);
}

// p = σ(Δq). [evaluation.expected_win_rate]
export function expectedWinRate(gap) {
  return sigmoid(gap);
}

// log n − (n − 1) / n, in nats. [best_of_n.best_of_n_kl]
export function bestOfNKl(n) {
  return Math.log(n) - (n - 1) / n;
}

// Wilson's 95 % interval of a win rate. [evaluation.win_rate_interval]
export function winRateInterval(wins, comparisons) {
  const z = 1.959963984540054;
  const p = wins / comparisons;
  const shrink = 1 + (z * z) / comparisons;
  const center = (p + (z * z) / (2 * comparisons)) / shrink;
  const spread = (p * (1 - p)) / comparisons + (z * z) / (4 * comparisons * comparisons);
  const halfWidth = (z / shrink) * Math.sqrt(spread);
  return { low: Math.min(Math.max(center - halfWidth, 0), p), high: Math.max(Math.min(center + halfWidth, 1), p) };
}
