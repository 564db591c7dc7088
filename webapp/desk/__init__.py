"""The planner's desk: one page on which a day is planned."""
