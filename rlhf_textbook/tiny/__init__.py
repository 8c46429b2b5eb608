"""The whole of RLHF on a tiny language model, one module a stage, in plain numpy."""

from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.pipeline import ModelMetrics, PipelineResult, evaluate, run_pipeline

__all__ = ["ModelMetrics", "PipelineResult", "TinyConfig", "evaluate", "run_pipeline"]
