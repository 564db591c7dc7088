#!/bin/sh
# The benchmarks behind docs/benchmarks.md, one after the other, as JSON lines.
set -eu
cd "$(dirname "$0")/.."
py=.venv/bin/python
"$py" -m benchmarks.assignment --villages 40,500,5040 --seed 1
"$py" -m benchmarks.township --sizes 25,60,150 --seeds 1,2,3 --seconds 5 --against pyvrp,vroom,ortools
shared=../shared/data
if [ -d "$shared" ]; then
    "$py" -m benchmarks.geo "$shared/taiwan/villages-10t.json"
    "$py" -m benchmarks.roads "$shared/legazpi/roads.osm.pbf"
    "$py" -m benchmarks.desk "$shared/taiwan/villages-10t.json"
else
    echo "bench: no ../shared beside the project; geo, roads and desk on real data are left out" >&2
fi
