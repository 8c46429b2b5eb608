"""`python -m rlhf_textbook.tiny`: run the pipeline once and print what each stage has done."""

import argparse
import sys
from dataclasses import fields, replace

import numpy as np

from rlhf_textbook.tiny import PipelineResult, TinyConfig, run_pipeline
from rlhf_textbook.tiny.language import render
from rlhf_textbook.tiny.model import n_parameters
from rlhf_textbook.tiny.sampling import sample


def show_progress(stage: str, done: int, total: int) -> None:
    """One bar that is drawn over and over, where someone can see it."""
    if sys.stderr.isatty():
        print(f"\r[{'#' * done:{total}}] {stage:14}", end="", file=sys.stderr, flush=True)


def report(result: PipelineResult) -> str:
    """Put the result into a short text."""
    lines = [f"{n_parameters(result.models['sft']):,} parameters; {len(result.world.test_prompts)} unseen prompts", ""]
    lines.append("model      quality   exact    rude  reward     KL  beats SFT  skills")
    for name, m in result.metrics.items():
        lines.append(
            f"{name.replace('_', '-'):9}{m.gold:9.2f}{m.exact:8.1%}{m.rude:8.1%}{m.reward:8.2f}{m.kl:7.2f}"
            f"{m.win_rate:11.1%}{m.benchmark_loss:8.3f}"
        )
    shares = result.reward_model_accuracy.items()
    accuracy = ", ".join(f"{name.replace('_', '-')} {share:.1%}" for name, share in shares)
    seconds = ", ".join(f"{name} {time:.1f} s" for name, time in result.seconds.items())
    lines += ["", f"Pairs that the reward model orders as the labeler did: {accuracy}", f"Time: {seconds}", ""]
    prompts = result.world.test_prompts[:3]
    for name in ("base", "sft", "ppo_ptx"):
        responses = sample(result.models[name], prompts, np.random.default_rng(0))
        lines += [f"{name.replace('_', '-'):9}{render(tokens)}" for tokens in responses]
    return "\n".join(lines)


def main() -> None:
    """Read the options, one for each setting, run and report."""
    parser = argparse.ArgumentParser(prog="python -m rlhf_textbook.tiny", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of all randomness (0)")
    for field in fields(TinyConfig):
        option = "--" + field.name.replace("_", "-")
        kind = int if field.type in (int, "int") else float
        parser.add_argument(option, type=kind, default=field.default, help=f"({field.default})")
    options = vars(parser.parse_args())
    seed = options.pop("seed")
    try:
        config, rng = replace(TinyConfig(), **options), np.random.default_rng(seed)
    except ValueError as problem:
        parser.error(str(problem))
    result = run_pipeline(config, rng, on_stage=show_progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(report(result))


if __name__ == "__main__":
    main()
