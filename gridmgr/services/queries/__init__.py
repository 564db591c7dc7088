"""Reading for screens: a day as the desk shows it, layers of the map, a village's history.

Nothing here changes anything. Answers hold `Message` values; the screens put them into words.
"""
