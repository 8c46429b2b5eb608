"""The lab: each claim of the paper measured over seeds on the tiny pipeline, `rlhf_textbook.tiny`.

`lab.claims` holds one module a claim, `lab.sweep` runs them and keeps what they return,
`lab.statistics` turns the numbers over seeds into intervals and verdicts,
`lab.verdicts` puts the verdicts of all claims into one table.
"""
