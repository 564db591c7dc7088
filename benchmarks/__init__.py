"""Benchmarks: each prints JSON lines that name the machine, and fails where the answer is not right."""
