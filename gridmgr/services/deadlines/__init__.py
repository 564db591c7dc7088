"""Deadlines of cases: calendar and rules, clocks that run, extensions, escalation when overdue."""
