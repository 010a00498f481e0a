"""Training: compute with attention at the context length, failures, the whole budget, compression.

`training_compute` counts six operations for each parameter and token.  Attention comes on top, and
grows with the context; the GPU hours that are paid contain what failures lose; and the final run is
not all that a model costs.
"""

from __future__ import annotations

from lmprice.chapters.profit.breakeven import payback_periods
from lmprice.chapters.serving.training_quantities import (
    CheckpointHours,
    CheckpointInterval,
    CompressionCost,
    DataCost,
    ExperimentsMultiple,
    FailureHours,
    Goodput,
    IntervalResult,
    MonthlyVolume,
    RestartHours,
    RunCost,
    SavingDecline,
    ServingCostAfter,
    ServingCostBefore,
    StaffMultiple,
    TrainedCompute,
    TrainedContext,
    TrainedWidth,
    TrainingBudget,
)
from lmprice.chapters.tokens.functions import SECONDS_PER_HOUR
from lmprice.language.expression import maximum, nan, sqrt, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    Compute,
    Layers,
    Mfu,
    Parameters,
    PeakFlops,
    Periods,
    TrainingHours,
    TrainingTokens,
)

CATEGORY = "training"


@pricing_function("LMTRAINCONTEXT", CATEGORY)
def context_training_compute(
    parameters: Parameters,
    tokens: TrainingTokens,
    layers: Layers,
    attention_width: TrainedWidth,
    context: TrainedContext,
) -> Compute:
    """Floating-point operations to train a model, attention at the context length included.

    Notes
    -----
    (6 N + 12 · layers · width · context) D, where the attention width is query heads · head size.
    The mask of a causal model, which halves the second term where it is used, is not taken off, as
    MFU is usually counted.

    References
    ----------
    Chowdhery et al., *PaLM*, arXiv 2204.02311, appendix B.

    Examples
    --------
    LLaMA 65B at a context of 2,048: 4 % more than 6 N D.

    >>> f"{context_training_compute(64.69e9, 1.4e12, 80, 8192, 2048):.4e}"
    '5.6594e+23'
    """
    return (6 * parameters + 12 * layers * attention_width * context) * tokens


@pricing_function("LMCOMPUTEHOURS", CATEGORY)
def compute_hours(compute: TrainedCompute, peak_flops: PeakFlops, mfu: Mfu) -> TrainingHours:
    """GPU hours of a given amount of compute.

    Notes
    -----
    compute / (peak · MFU) / 3600.

    Examples
    --------
    >>> compute_hours(3.6e21, 1e15, 0.4)
    2500.0
    """
    return compute / (peak_flops * mfu) / SECONDS_PER_HOUR


@pricing_function("LMCHECKPOINT", CATEGORY)
def checkpoint_interval(
    checkpoint_hours: CheckpointHours, failure_hours: FailureHours
) -> IntervalResult:
    """Hours between checkpoints at which writing them and the work that failures lose cost least.

    Notes
    -----
    √(2 · time of a checkpoint · mean time between failures).

    References
    ----------
    Young, *A First Order Approximation to the Optimum Checkpoint Interval*, CACM 17 (1974).

    Examples
    --------
    >>> checkpoint_interval(0.02, 4)
    0.4
    """
    return sqrt(2 * checkpoint_hours * failure_hours)


@pricing_function("LMGOODPUT", CATEGORY)
def training_goodput(
    interval: CheckpointInterval,
    checkpoint_hours: CheckpointHours,
    failure_hours: FailureHours,
    restart_hours: RestartHours,
) -> Goodput:
    """Share of the paid hours of a training that advance it, after checkpoints and failures.

    Notes
    -----
    τ / (τ + δ) · (1 - (R + (τ + δ) / 2) / M): of each interval τ and checkpoint δ the first is
    work, and a failure, every M hours of the whole cluster, costs the restart and half an interval.
    GPU hours over it are the hours to pay.  NaN where failures take more time than there is.

    References
    ----------
    Daly, *A higher order estimate of the optimum checkpoint interval*, FGCS 22 (2006), of which
    this is the first order.

    Examples
    --------
    Llama 3 405B: 419 interruptions in 54 days of 16,384 GPUs, which is one in 3.1 hours.  With
    checkpoints of ten seconds and restarts of ten minutes:

    >>> round(training_goodput(0.131, 0.00278, 3.093, 0.1667), 3)
    0.905
    """
    whole = interval + checkpoint_hours
    lost = (restart_hours + whole / 2) / failure_hours
    return where(lost < 1, interval / whole * (1 - lost), nan)


@pricing_function("LMTRAINBUDGET", CATEGORY)
def training_budget(
    run_cost: RunCost,
    experiments: ExperimentsMultiple = 0,
    staff: StaffMultiple = 0,
    data_cost: DataCost = 0,
) -> TrainingBudget:
    """Whole cost of a model: the final run, experiments and staff as multiples of it, and data.

    Notes
    -----
    run · (1 + experiments + staff) + data.

    References
    ----------
    Cottier et al., *The rising costs of training frontier AI models*, arXiv 2405.21015, for what
    the multiples have been.

    Examples
    --------
    The final run of DeepSeek-V3, with experiments twice as large, made-up staff and data:

    >>> training_budget(5576000, 2, 1.5, 1000000)
    26092000.0
    """
    return run_cost * (1 + experiments + staff) + data_cost


@pricing_function("LMCOMPRESSPAYBACK", CATEGORY)
def compression_payback(
    compression_cost: CompressionCost,
    monthly_volume: MonthlyVolume,
    cost_before: ServingCostBefore,
    cost_after: ServingCostAfter,
    decline: SavingDecline = 0,
) -> Periods:
    """Months until compressing a model (distillation, quantization) has paid back in serving.

    Notes
    -----
    `payback_periods` of the cost with the saving volume · (before - after) of the first month,
    which falls by ``decline`` each month.  NaN where serving costs no less, or it never pays back.

    Examples
    --------
    $60,000 to distil a model that then costs $0.20 and not $0.50 a million tokens:

    >>> round(compression_payback(60000, 50000, 0.5, 0.2), 6)
    4.0
    """
    saving = maximum(monthly_volume * (cost_before - cost_after), 0)
    return payback_periods(compression_cost, saving, decline)
