"""Villagers' messages to the office's official account on WeChat.

`envelope` checks who sent it and opens it, `messages` reads it, `answering` answers. WeChat waits five
seconds and asks three times, so an answer never waits for anything but the database.
"""
