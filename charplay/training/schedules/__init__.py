"""Learning-rate schedules: one file is one schedule, `factor(progress, warmup)`."""
