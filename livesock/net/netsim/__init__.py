"""A bad network with knobs: a TCP proxy that delays, cuts, splits, stalls and resets."""
