"""What the office does: import, assign, form squads, plan, publish, check in, report.

Each module holds functions that take the `Context` first. They read, close, solve and save; nothing slow runs
inside a transaction. Only here are domain objects turned into a solver's arrays and back.
"""
