"""A growing curve in bounded memory, at falling resolution, extremes kept."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Reading = tuple[float, ...]

X_AXES = ("step", "epoch", "characters", "seconds")
"""What the x axis may count. Each reading carries all four."""


class DownsampledCurve:
    """Readings of one quantity, each with its place on every x axis.

    Readings are gathered in buckets of `stride` neighbours, of which the lowest and the highest are kept: no spike is
    ever lost. When the buckets are full, neighbours are merged in pairs and the stride doubles.
    """

    def __init__(self, buckets: int = 4096) -> None:
        if buckets < 2 or buckets % 2:
            raise ValueError("buckets must be even, and at least 2")
        self.stride = 1
        self._kept = np.empty((buckets, 2, len(X_AXES) + 1))  # of each full bucket: its lowest reading, its highest
        self._full = 0
        self._held = 0  # readings in the open bucket
        self._lowest: Reading = ()
        self._highest: Reading = ()

    def add(self, value: float, axes: Reading) -> None:
        """Add one reading with its place on each x axis, in the order of `X_AXES`. What is not finite is left out."""
        if not math.isfinite(value):
            return
        reading = (*axes, value)
        if not self._held or value < self._lowest[-1]:
            self._lowest = reading
        if not self._held or value > self._highest[-1]:
            self._highest = reading
        self._held += 1
        if self._held == self.stride:
            self._kept[self._full] = self._lowest, self._highest
            self._full += 1
            self._held = 0
            if self._full == len(self._kept):
                self._halve()

    def extend(self, values: Floats, axes: Floats) -> None:
        """Add many readings, as `add` would one by one, but quickly: values (n,), their places on the axes (n, 4)."""
        readings = np.column_stack([axes, values])[np.isfinite(values)]
        while len(readings):
            buckets = min(len(readings) // self.stride, len(self._kept) - self._full)
            if self._held or not buckets:
                taken = self.stride - self._held
                for *place, value in readings[:taken].tolist():
                    self.add(value, tuple(place))
            else:
                taken = buckets * self.stride
                self._fill(readings[:taken].reshape(buckets, self.stride, -1))
            readings = readings[taken:]

    def _fill(self, buckets: Floats) -> None:
        """Add whole buckets (n, stride, 5), for which there is room."""
        rows, values = np.arange(len(buckets)), buckets[:, :, -1]
        filled = slice(self._full, self._full + len(buckets))
        self._kept[filled, 0] = buckets[rows, values.argmin(1)]
        self._kept[filled, 1] = buckets[rows, values.argmax(1)]
        self._full = filled.stop
        if self._full == len(self._kept):
            self._halve()

    def _halve(self) -> None:
        pairs = self._kept.reshape(-1, 4, self._kept.shape[-1])
        rows = np.arange(len(pairs))
        values = pairs[:, :, -1]
        lowest, highest = pairs[rows, values.argmin(1)], pairs[rows, values.argmax(1)]
        self._full //= 2
        self._kept[: self._full, 0] = lowest
        self._kept[: self._full, 1] = highest
        self.stride *= 2

    def cut(self, step: float) -> None:
        """Forget what was read beyond a step, and what shares a bucket with it."""
        self._full = int((self._kept[: self._full, :, 0].max(1) <= step).sum())
        if self._held and max(self._lowest[0], self._highest[0]) > step:
            self._held = 0

    def points(self, axis: str = "step") -> tuple[Floats, Floats]:
        """Return the curve: x and y, each (n,), x in rising order."""
        readings = self._kept[: self._full].reshape(-1, len(X_AXES) + 1)
        if self._held:
            readings = np.concatenate([readings, [self._lowest, self._highest]])
        readings = readings[readings[:, 0].argsort(kind="stable")]
        return readings[:, X_AXES.index(axis)], readings[:, -1]
