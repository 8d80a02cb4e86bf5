"""Who takes which slot: problem, solve, verify, explain."""
