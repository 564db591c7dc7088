"""Intake: what villagers, hotlines and other systems send, from the first word to the rating.

`reports.take_report` is the one way in for all of them.
"""
