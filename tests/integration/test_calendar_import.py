"""A year's notice comes in whole or not at all, and only over what was provisional."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cli_world import Cli
from openpyxl import load_workbook

from gridmgr.services.deadlines.calendars import shipped_days

HEADER = "日期,类型,节日,依据文号\n"
#: Made up for the test: nobody knows the notice of 2027 yet.
YEAR = {
    **{f"2027-01-0{n}": ("放假", "元旦") for n in (1, 2, 3)},
    **{f"2027-02-{n:02}": ("放假", "春节") for n in range(5, 13)},
    "2027-01-30": ("上班", ""),
    "2027-02-20": ("上班", ""),
    **{f"2027-04-0{n}": ("放假", "清明节") for n in (3, 4, 5)},
    **{f"2027-05-0{n}": ("放假", "劳动节") for n in range(1, 6)},
    "2027-06-09": ("放假", "端午节"),
    "2027-09-15": ("放假", "中秋节"),
    **{f"2027-10-0{n}": ("放假", "国庆节") for n in range(1, 8)},
}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A database that holds nothing but its schema."""
    made = Cli(tmp_path / "c.db")
    assert made("init").exit_code == 0
    return made


def rows(days: dict[str, tuple[str, str]]) -> str:
    """A file's text."""
    return HEADER + "".join(f"{day},{kind},{name},试用通知\n" for day, (kind, name) in days.items())


def write(folder: Path, text: str, name: str = "2027.csv") -> Path:
    """A file of these words."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def due(cli: Cli, rule: str, start: str) -> dict:
    """When a deadline falls."""
    return cli.json("deadlines", "due", rule, "--from", start)


def test_a_notice_takes_the_place_of_a_provisional_year(cli: Cli, tmp_path: Path) -> None:
    """After it the week after the festival is off, the Saturday is worked, nothing is provisional."""
    before = due(cli, "3个工作日", "2027-02-04T10:00")
    assert (before["due"][:10], before["provisional"]) == ("2027-02-11", True)
    file = write(tmp_path, rows(YEAR))
    done = cli.json("import", "calendar", file)
    assert (done["read"], done["imported"], done["rejected"]) == (len(YEAR), len(YEAR), [])
    after = due(cli, "3个工作日", "2027-02-04T10:00")
    assert (after["due"][:10], after["provisional"]) == ("2027-02-17", False)
    assert due(cli, "4个工作日", "2027-02-15T10:00")["due"][:10] == "2027-02-19"
    assert due(cli, "5个工作日", "2027-02-15T10:00")["due"][:10] == "2027-02-20"


def test_the_same_again_changes_nothing_and_other_content_is_a_conflict(cli: Cli, tmp_path: Path) -> None:
    """Once settled a year is overwritten only on purpose."""
    cli.json("import", "calendar", write(tmp_path, rows(YEAR)))
    again = cli.json("import", "calendar", write(tmp_path, rows(YEAR), "again.csv"))
    assert (again["imported"], again["unchanged"]) == (0, len(YEAR))
    other = write(tmp_path, rows({**YEAR, "2027-02-20": ("照常", "")}), "other.csv")
    said = cli("import", "calendar", other)
    assert said.exit_code == 1
    assert "2027-02-20" in said.stderr
    assert due(cli, "5个工作日", "2027-02-15T10:00")["due"][:10] == "2027-02-20"
    assert cli.json("import", "calendar", other, "--update")["imported"] == 1
    assert due(cli, "5个工作日", "2027-02-15T10:00")["due"][:10] == "2027-02-22"


def test_a_year_that_is_shipped_with_its_notice_is_settled(cli: Cli, tmp_path: Path) -> None:
    """Importing it as it is changes nothing, another day off is a conflict naming the row."""
    same = {
        d.id: ("放假" if d.kind == "holiday" else "上班", d.name)
        for d in shipped_days()
        if d.day.year == 2026
    }
    assert cli.json("import", "calendar", write(tmp_path, rows(same)))["unchanged"] == len(same)
    wrong = {**same, "2026-02-28": ("照常", "")}
    said = cli("import", "calendar", write(tmp_path, rows(wrong), "w.csv"))
    assert said.exit_code == 1
    assert "2026-02-28" in said.stderr


def test_part_of_a_year_is_refused_whole(cli: Cli, tmp_path: Path) -> None:
    """It would make the other holidays working days; nothing is written, and the missing days are named."""
    part = {day: row for day, row in YEAR.items() if day < "2027-06"}
    for words in ((), ("--skip-bad",)):
        said = cli("import", "calendar", write(tmp_path, rows(part)), *words)
        assert "2027-10-01, 2027-10-02, 2027-10-03" in said.stderr
        assert due(cli, "1个工作日", "2027-01-04T10:00")["provisional"]


@pytest.mark.parametrize(
    ("day", "kind", "name", "says"),
    [
        ("2027-13-01", "放假", "元旦", "2027-13-01"),
        ("2027-03-03", "上班", "", "Saturday"),
        ("2027-03-06", "休息", "", "休息"),
        ("2027-03-05", "放假", "", "节日"),
    ],
)
def test_a_bad_row_keeps_the_file_out(
    cli: Cli, tmp_path: Path, day: str, kind: str, name: str, says: str
) -> None:
    """Named with its row, field and value."""
    text = rows(YEAR) + f"{day},{kind},{name},试\n"
    said = cli("import", "calendar", write(tmp_path, text))
    assert said.exit_code == 1
    assert f"row {len(YEAR) + 1}" in said.stderr
    assert says in said.stderr
    assert due(cli, "1个工作日", "2027-01-04T10:00")["provisional"]


def test_the_template_has_the_columns_and_words(cli: Cli, tmp_path: Path) -> None:
    """Filled in as it is, it imports."""
    assert cli("templates", tmp_path / "t").exit_code == 0
    path = tmp_path / "t" / "calendar.xlsx"
    book = load_workbook(path)
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == ["日期", "类型", "节日", "依据文号"]
    for row in ((date.fromisoformat(day), kind, name, "通知") for day, (kind, name) in YEAR.items()):
        sheet.append(row)
    book.save(path)
    assert cli.json("import", "calendar", path)["imported"] == len(YEAR)


def test_catalogue_deadlines_are_read_at_import(cli: Cli, tmp_path: Path) -> None:
    """A slip in a number is refused with its row; prose stays and is told."""
    head = "事项编码,事项名称,类别,主体责任单位,办理时限\n"
    good = write(tmp_path, head + "A1,甲,基础,市监局,4工作小时\nA2,乙,基础,市监局,依法办理\n", "good.csv")
    done = cli.json("import", "catalogue", good)
    assert done["imported"] == 2
    assert [words for words in done["warnings"] if "A2" in words and "依法办理" in words]
    bad = cli("import", "catalogue", write(tmp_path, head + "A3,丙,基础,市监局,0个工作日\n", "bad.csv"))
    assert bad.exit_code == 1
    assert "row 1" in bad.stderr
    assert "0个工作日" in bad.stderr
    assert "办理时限" in bad.stderr


@pytest.mark.parametrize("words", ["soon", "0日"])
def test_reckoning_refuses_what_is_no_rule(cli: Cli, words: str) -> None:
    """With the words."""
    assert words in cli.refused("deadlines", "due", words, "--from", "2026-03-02T10:00")


def test_reckoning_says_the_law(cli: Cli) -> None:
    """In words: seven days of the penalty law are working days."""
    done = cli("deadlines", "due", "7日（行政处罚法第六十一条）", "--from", "2026-09-28T10:00", language="zh")
    assert done.stdout.strip() == (
        "7 个工作日（《行政处罚法》第 61 条；按第 85 条计为工作日），"
        "自 2026-09-28 10:00 起，至 2026-10-13 17:30 届满"
    )
