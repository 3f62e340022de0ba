"""What livesock costs beside others: `uv run python -m benchmarks`."""
