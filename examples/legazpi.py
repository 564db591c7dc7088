"""Makes the office's tables for Legazpi City, so that the whole chain can be walked on real land.

The village borders and roads are real (70 barangays, OpenStreetMap roads); people and places are made up,
the same for the same seed. Usage::

    python -m examples.legazpi BARANGAYS.geojson DIRECTORY --date 2026-03-02
    gridmgr init
    gridmgr import villages BARANGAYS.geojson
    gridmgr import roads ROADS.osm.pbf
    for kind in agencies officers vehicles places attendance; do
        gridmgr import $kind DIRECTORY/$kind.csv
    done
    gridmgr assign --publish
    gridmgr plan --date 2026-03-02 --publish
    gridmgr report coverage --from 2026-02-23 --to 2026-03-02 --out coverage.html
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import shapely

from gridmgr.domain.places import Village
from gridmgr.geo.villages import read_villages

#: Agency code, name, department, its field.
AGENCIES = (
    ("LGZ-OF", "Legazpi Enforcement Office", "Enforcement Office", "general"),
    ("LGZ-MK", "Market Supervision Unit", "Trade Department", "market"),
    ("LGZ-BL", "Building Unit", "Public Works Department", "building"),
    ("LGZ-EN", "Environment Unit", "Environment Department", "environment"),
    ("LGZ-FR", "Fire Safety Unit", "Fire Department", "fire"),
    ("LGZ-HL", "Health Unit", "Health Department", "health"),
    ("LGZ-TR", "Traffic Unit", "Transport Department", "traffic"),
    ("LGZ-AG", "Agriculture Unit", "Agriculture Department", "agriculture"),
)
#: Kind of place, how many, fields an inspection needs, opening hours.
PLACES = (
    ("enterprise", 14, ("market",), ("09:00", "17:00")),
    ("market", 5, ("market", "health"), ("06:30", "11:30")),
    ("school", 6, (), ("07:30", "16:30")),
    ("hotspot", 8, (), ("", "")),
)
OFFICERS_PER_AGENCY = 6
_HORIZON_DAYS = 14


def write_tables(villages: Sequence[Village], directory: Path, *, day: date, seed: int = 1) -> list[Path]:
    """Write agencies, officers, vehicles, places and attendance as csv.

    Parameters
    ----------
    villages
        The city's barangays; all of one township.
    directory
        Made where it is missing.
    day
        First day of the attendance.
    seed
        Of the made-up people and places.

    Returns
    -------
    list of Path
        The files, in the order in which to import them.
    """
    directory.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    township = villages[0].township_code
    officers = list(_officers(villages, random))
    agencies = [(code, name, department, township) for code, name, department, _ in AGENCIES]
    vehicles = [(f"LGZ-{number:03}", township, 5) for number in range(1, 5)]
    tables: tuple[tuple[str, str, Iterable[Sequence[object]]], ...] = (
        ("agencies", "code,name,department,township_code", agencies),
        (
            "officers",
            "id,name,agency_code,certificate_no,certificate_valid_to,skills,home_lon,home_lat",
            officers,
        ),
        ("vehicles", "id,township_code,seats", vehicles),
        (
            "places",
            "id,name,kind,lon,lat,datum,priority,service_minutes,open,close,required_skills,village_code",
            _places(villages, random),
        ),
        ("attendance", "date,officer_id,status", _attendance([str(o[0]) for o in officers], day, random)),
    )
    return [_write(directory / f"{name}.csv", header, rows) for name, header, rows in tables]


def _write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def _inside(village: Village, random: np.random.Generator) -> tuple[float, float]:
    """A point within the village, near its middle."""
    point = village.point
    lon, lat = point.x + random.normal(0, 0.0008), point.y + random.normal(0, 0.0008)
    return (
        (round(lon, 6), round(lat, 6))
        if shapely.contains_xy(village.geometry, lon, lat)
        else (point.x, point.y)
    )


def _officers(villages: Sequence[Village], random: np.random.Generator) -> Iterable[tuple[object, ...]]:
    for code, _, _, field in AGENCIES:
        for number in range(1, OFFICERS_PER_AGENCY + 1):
            home = _inside(villages[int(random.integers(len(villages)))], random)
            certified = random.random() < 0.8
            skills = (field,) if field != "general" else ("market", "environment", "building")
            yield (
                f"{code}-{number}",
                f"{code[4:]} Officer {number}",
                code,
                f"CERT-{code}-{number}" if certified else "",
                "2027-12-31" if certified else "",
                ";".join((*skills, "market") if random.random() < 0.5 else skills),
                *home,
            )


def _places(villages: Sequence[Village], random: np.random.Generator) -> Iterable[tuple[object, ...]]:
    centre = villages[len(villages) // 2]
    lon, lat = centre.point.x, centre.point.y
    yield ("LGZ-DEPOT", "City Hall", "depot", lon, lat, "WGS84", 0, 0, "", "", "", centre.code)
    for kind, count, skills, (opens, closes) in PLACES:
        for number in range(1, count + 1):
            village = villages[int(random.integers(len(villages)))]
            lon, lat = _inside(village, random)
            yield (
                f"LGZ-{kind}-{number}",
                f"{kind.title()} {number}",
                kind,
                lon,
                lat,
                "WGS84",
                int(random.integers(3, 10)),
                int(random.choice([15, 20, 30])),
                opens,
                closes,
                ";".join(skills),
                village.code,
            )


def _attendance(officers: Sequence[str], day: date, random: np.random.Generator) -> Iterable[tuple[str, ...]]:
    states, shares = ("on_duty", "leave", "training", "sick"), (0.86, 0.08, 0.04, 0.02)
    for offset in range(_HORIZON_DAYS):
        for officer in officers:
            status = str(random.choice(states, p=shares))
            yield (day + timedelta(days=offset)).isoformat(), officer, status


def main() -> None:
    """Read the borders, write the tables, say where."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("villages", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--date", type=date.fromisoformat, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    reading = read_villages(options.villages)
    for path in write_tables(reading.villages, options.directory, day=options.date, seed=options.seed):
        print(path)


if __name__ == "__main__":
    main()
