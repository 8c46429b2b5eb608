"""`python -m rlhf_textbook.tiny`, as it is typed."""

import io
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from rlhf_textbook.tiny import TinyConfig
from rlhf_textbook.tiny.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = "--n-hidden 8 --pretraining-steps 5 --sft-epochs 1 --n-ranked 2 --rm-epochs 1 --ppo-updates 1"


def tiny(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rlhf_textbook.tiny", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def quick() -> subprocess.CompletedProcess[str]:
    return tiny(*OPTIONS.split())


def without_times(report: str) -> list[str]:
    return [line for line in report.splitlines() if not line.startswith("Time: ")]


def test_a_run_prints_a_report_of_all_models_and_no_progress_where_nobody_watches(quick):
    assert (quick.returncode, quick.stderr) == (0, "")
    lines = quick.stdout.splitlines()
    assert lines[0] == "2,307 parameters; 336 unseen prompts"
    table = lines[2:8]
    assert table[0].split() == ["model", "quality", "exact", "rude", "reward", "KL", "beats", "SFT", "skills"]
    assert [row.split()[0] for row in table[1:]] == ["base", "prompted", "sft", "ppo", "ppo-ptx"]
    assert all(len(row.split()) == 8 for row in table[1:])
    assert sum(line.startswith(("base ", "sft ", "ppo-ptx ")) and " > " in line for line in lines) == 9
    assert any(line.startswith("Pairs that the reward model orders as the labeler did: training ") for line in lines)
    assert any(line.startswith("Time: pretraining ") for line in lines)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_someone_who_watches_sees_a_bar_that_grows_with_each_stage(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tiny", *OPTIONS.split()])
    monkeypatch.setattr(sys, "stderr", watched := Terminal())
    main()
    assert "parameters; 336 unseen prompts" in capsys.readouterr().out
    drawn = watched.getvalue()
    assert drawn.endswith("\n")
    stages = ["pretraining", "sft", "reward model", "ppo", "ppo-ptx", "evaluation"]
    bars = [f"[{'#' * done:6}] {stage}" for done, stage in enumerate(stages)]
    assert [line.rstrip() for line in drawn.removeprefix("\r").split("\r")] == bars


def test_the_seed_decides_the_report_and_is_0_unless_given(quick):
    same, other = (without_times(tiny(*OPTIONS.split(), "--seed", seed).stdout) for seed in ("0", "1"))
    assert same == without_times(quick.stdout)
    assert len(other) == len(same)
    assert other != same


def test_a_mistaken_option_ends_the_program_with_code_2():
    done = tiny("--kl-coef", "-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("error: kl_coef: expected a finite number in [0, inf], got -1\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--n-hidden 0", "n_hidden: expected an integer of at least 1, got 0"),
        ("--n-hidden 2.5", "argument --n-hidden: invalid int value: '2.5'"),
        ("--n-demonstrations 1300", "n_demonstrations: expected at most n_training_prompts, 1200, got 1300"),
        ("--kl-coef nan", "kl_coef: expected numbers, got 1 NaN"),
        ("--seed -1", "error: "),
        ("--seed half", "argument --seed: invalid int value: 'half'"),
        ("--temperature 1", "unrecognized arguments: --temperature 1"),
    ],
)
def test_a_mistaken_option_is_told_what_is_wrong(options, message, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tiny", *options.split()])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_help_lists_an_option_for_each_setting_with_its_default(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tiny", "--help"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0
    printed = capsys.readouterr().out
    for field in fields(TinyConfig):
        assert "--" + field.name.replace("_", "-") in printed
        assert f"({field.default})" in printed
