"""Grid management and joint patrol planning for township enforcement offices."""

__version__ = "0.1.0"
