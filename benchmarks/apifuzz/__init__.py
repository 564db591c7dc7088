"""Random requests to everything the server listens to, looking for one that makes it stumble.

``python -m benchmarks.apifuzz [--cases 2000] [--seed 1] [--only api,forms,wechat,open311]`` fills a database
with a small demo county that has something of everything, and sends requests to the application as each of
its roles and as a stranger: the API by schemathesis from its own OpenAPI document, pages and their forms as
they stand in the HTML, WeChat's callback with right and wrong signatures around anything, and Open311. Known
ids take the place of invented ones most of the time, so that requests get past "there is no such thing".

Each group ends its first round however few requests are asked for, so that every operation of the document
and every page is tried; there are at least as many requests as asked for.

It prints a JSON line a group and a last one of all: requests, answers of 5xx, answers that break the
document, requests by class and by status of the answer, the slowest, the seed and the machine; what failed is
on stderr with the request to send again. It exits with 1 if anything failed. `tests/web` runs the same with
fewer requests.
"""
