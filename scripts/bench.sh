#!/bin/sh
# The benchmarks behind docs/benchmarks.md, one after the other, as JSON lines.
set -eu
cd "$(dirname "$0")/.."
py=.venv/bin/python
"$py" -m benchmarks.assignment --villages 40,500,5040 --seed 1
"$py" -m benchmarks.township --sizes 25,60,150 --seeds 1,2,3 --seconds 5 --against pyvrp,vroom,ortools
"$py" -m benchmarks.replan --seeds 1,2,3,4,5 --seconds 1 --against vroom,ortools
"$py" -m benchmarks.week --sizes 40,80,150 --seeds 1,2,3 --seconds 5 --against ortools,pyvrp,vroom
"$py" -m benchmarks.week --sizes 40,80,150 --seeds 1,2,3 --seconds 5 --lose 2
"$py" -m benchmarks.entropy --days 30 --seed 1
"$py" -m benchmarks.roster --agencies 12 --days 30 --seeds 1,2,3
shared=../shared/data
known=../shared/benchmarks
if [ -d "$shared" ]; then
    "$py" -m benchmarks.geo "$shared/taiwan/villages-10t.json"
    "$py" -m benchmarks.roads "$shared/legazpi/roads.osm.pbf"
    "$py" -m benchmarks.desk "$shared/taiwan/villages-10t.json"
    "$py" -m benchmarks.toptw "$known"/toptw/*.txt --m 2,3,4 --seconds 5 --seeds 1 --against pyvrp,vroom,ortools
    "$py" -m benchmarks.week --villages "$shared/legazpi/barangays.geojson" --against ortools,pyvrp,vroom
    "$py" -m benchmarks.pvrp "$known"/pvrp/p* --seconds 20 --against pyvrp,vroom,ortools
else
    echo "bench: no ../shared beside the project; geo, roads, desk, toptw, pvrp and the week on real land are left out" >&2
fi
