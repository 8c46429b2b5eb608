"""The stored results of the lab are those of the code as it stands."""

import pytest

from lab.claims import claim_0_pipeline
from lab.code_version import code_version
from lab.store import Store, canonical, plain
from lab.sweep import claim_name, find_claims, recompute


@pytest.mark.parametrize("claim", find_claims(), ids=lambda claim: claim_name(claim.measure))
def test_every_run_of_a_claim_is_committed_once_and_none_is_by_older_code(claim):
    committed = Store().committed(claim_name(claim.measure)).values()
    wanted = [canonical([seed, plain("setting", setting)]) for setting in claim.SETTINGS for seed in claim.SEEDS]
    assert sorted(canonical([run.seed, run.setting]) for run in committed) == sorted(wanted)
    assert {run.code for run in committed} == {code_version(claim.measure)}
    assert len(claim.SEEDS) >= 10


def test_the_whole_pipeline_computed_anew_gives_what_is_stored():
    assert recompute(claim_0_pipeline.measure, 3, {}) == {}
