"""Filters over the next character's distribution, one file each.

A filter offers `apply(logits, params, context)`: it takes logits (V,) in nats with a finite maximum and returns
others, never changing what it was given. What was impossible (-inf) stays impossible, and at least one symbol stays
possible. Its place in the order is in `charplay.sampling.params.ORDER`.
"""
