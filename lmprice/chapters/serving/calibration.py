"""The model of a replica held against measurements: two efficiency factors, and how far it is off.

In a closed loop of C clients each sends its next request when the last one is answered: a request
takes its prefill and O times the time per output token, in which the replica also prefills for the
C - 1 others.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.serving.measurements import Measurement
from lmprice.chapters.serving.replica import Replica, ServedModel
from lmprice.chapters.serving.steps import Steps
from lmprice.language.checks import check_kind
from lmprice.language.errors import PricingError
from lmprice.output.framed import Framed, figures
from lmprice.output.printing import percent

_LEAST, _MOST = 0.01, 1.0


@dataclass(frozen=True)
class Calibration(Framed):
    """A replica with the efficiency factors that fit, and the error where they were not fitted.

    Attributes
    ----------
    replica : Replica
        The replica with its two factors.
    fitted, held_out : tuple of Measurement
        The measurements the factors were fitted on, at most half, and the others.
    errors : tuple of float
        Predicted over measured throughput, less 1, of each of the others.
    """

    replica: Replica
    fitted: tuple[Measurement, ...]
    held_out: tuple[Measurement, ...]
    errors: tuple[float, ...]

    @property
    def error(self) -> float:
        """The largest error of the others, as a share of what was measured."""
        return max(map(abs, self.errors), default=math.nan)

    @property
    def is_at_a_bound(self) -> bool:
        """Whether a factor would have to be above 1 or almost 0: the model does not fit."""
        factors = (self.replica.compute_efficiency, self.replica.bandwidth_efficiency)
        return any(f <= _LEAST * 1.001 or f >= _MOST * 0.999 for f in factors)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a measurement: what was measured, and the error where it was not fitted."""
        fitted = [figures(run) | {"is_fitted": True, "error": math.nan} for run in self.fitted]
        others = zip(self.held_out, self.errors, strict=True)
        return fitted + [figures(r) | {"is_fitted": False, "error": e} for r, e in others]

    def __str__(self) -> str:
        computes, reads = self.replica.compute_efficiency, self.replica.bandwidth_efficiency
        bound = "\nA factor is at its bound: the model does not fit." if self.is_at_a_bound else ""
        return (
            f"Compute efficiency {percent(computes)}, bandwidth efficiency {percent(reads)}: "
            f"fitted on {len(self.fitted)} runs, at most {percent(self.error)} off the "
            f"{len(self.held_out)} others.{bound}"
        )


def calibrate(
    model: ServedModel, replica: Replica, measurements: Sequence[Measurement]
) -> Calibration:
    """Fit the two efficiency factors of a replica to measurements; the error is that of the others.

    Parameters
    ----------
    model : ServedModel
        The model that was measured.
    replica : Replica
        The hardware; its efficiency factors are where the fit begins.
    measurements : sequence of Measurement
        At least four runs at different concurrency, without requests that wait for memory.

    Raises
    ------
    PricingError
        If there are fewer than four measurements.

    Notes
    -----
    Least squares of the logarithm of output tokens per second, on every other measurement from the
    second on in order of concurrency: at most half of them.

    Examples
    --------
    NVIDIA's measurements of Llama 3.3 70B at 8 bits on two H100, 5,000 tokens in and 500 out:

    >>> runs = [(1, 51.67), (5, 218.48), (25, 623.4), (50, 814.37)]
    >>> measured = [Measurement("nim", c, 5000, 500, t / 500, t, 0, 0) for c, t in runs]
    >>> model = ServedModel(70.6e9, 70.6e9, 80 * 64 * 128, 163840, bits=8)
    >>> fit = calibrate(model, Replica(2, 80e9, 3.35e12, 1979e12), measured)
    >>> round(fit.replica.compute_efficiency, 2), round(fit.replica.bandwidth_efficiency, 2)
    (0.59, 0.57)
    >>> round(fit.error, 3)
    0.006
    """
    from scipy.optimize import least_squares

    check_kind("calibrate", "model", model, ServedModel)
    check_kind("calibrate", "replica", replica, Replica)
    if not isinstance(measurements, Sequence):
        rule = "are not a sequence of Measurement"
        raise PricingError("calibrate", "measurements", measurements, rule)
    for measurement in measurements:
        check_kind("calibrate", "measurements", measurement, Measurement)
    if len(measurements) < 4:
        rule = "are fewer than four: two to fit on, and two to tell the error"
        raise PricingError("calibrate", "measurements", len(measurements), rule)
    runs = sorted(measurements, key=lambda m: m.concurrency)
    fitted, held_out = runs[1::2], runs[::2]

    def residuals(factors: Any) -> Any:
        changed = _with(replica, factors)
        return [math.log(1 + throughput_error(model, changed, run)) for run in fitted]

    start = np.clip([replica.compute_efficiency, replica.bandwidth_efficiency], 0.02, 0.98)
    found = least_squares(residuals, start, bounds=(_LEAST, _MOST), xtol=1e-10, ftol=1e-12)
    best = _with(replica, found.x)
    errors = tuple(throughput_error(model, best, run) for run in held_out)
    return Calibration(best, tuple(fitted), tuple(held_out), errors)


def predicted_throughput(
    model: ServedModel, replica: Replica, concurrency: float, inputs: float, outputs: float
) -> float:
    """Output tokens per second of a replica with so many clients, each with one request at a time.

    Examples
    --------
    >>> model = ServedModel(70.6e9, 70.6e9, 80 * 64 * 128, 163840, bits=8)
    >>> replica = Replica(2, 80e9, 3.35e12, 1979e12, 0.59, 0.57)
    >>> round(predicted_throughput(model, replica, 25, 5000, 500))
    626
    """
    check_kind("predicted_throughput", "model", model, ServedModel)
    check_kind("predicted_throughput", "replica", replica, Replica)
    steps = Steps(model, replica)
    prefill = steps.prefill(inputs, 0)
    others = max(concurrency - 1, 0) / concurrency
    tpot: float = steps.tpot(concurrency, inputs + outputs / 2, prefill / outputs * others)
    return concurrency * outputs / (prefill + outputs * tpot)


def throughput_error(model: ServedModel, replica: Replica, run: Measurement) -> float:
    """Predicted over measured output tokens per second, less 1."""
    predicted = predicted_throughput(
        model, replica, run.concurrency, run.input_tokens, run.output_tokens
    )
    return predicted / run.output_tokens_per_second - 1


def _with(replica: Replica, factors: Any) -> Replica:
    computes, reads = (float(f) for f in factors)
    return dataclasses.replace(replica, compute_efficiency=computes, bandwidth_efficiency=reads)
