"""Benchmarks over clauses and answers."""
