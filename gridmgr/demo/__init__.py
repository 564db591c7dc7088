"""The demo county: a fictitious county made by random numbers, for trying Gridmgr out and for tests.

`build_county` makes it, `demo_users` gives accounts to log in with, `write_files` writes it as the files a
user would import.
"""

from gridmgr.demo.accounts import demo_users
from gridmgr.demo.county import DemoCounty, build_county
from gridmgr.demo.drawing import DemoWay
from gridmgr.demo.files import write_files
from gridmgr.demo.roads import DemoRoads

__all__ = ["DemoCounty", "DemoRoads", "DemoWay", "build_county", "demo_users", "write_files"]
