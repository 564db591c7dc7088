"""A case's file: report, photos, every step, penalties, deadlines and evidence, as an office document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridmgr.domain.cases import Actor, Case, CaseStep, Penalty
from gridmgr.domain.incidents import Attachment
from gridmgr.domain.users import User
from gridmgr.services.cases import CaseView, EvidenceFinding, view
from gridmgr.services.cases.advised import advice_words
from gridmgr.services.cases.words import body_words, joint_words
from gridmgr.services.context import Context
from gridmgr.services.documents import Facts, OfficeDocument, Part, Picture, Pictures, Table
from gridmgr.services.routing.jointviews import JointView
from gridmgr.texts import DEFAULT_LANGUAGE, text

#: A step recorded so much later than it happened says so, seconds: phones work without a signal.
_LATE_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class CasePhoto:
    """A photo of a case.

    Parameters
    ----------
    attachment, content
        The file.
    seq
        The step it belongs to, None for the report.
    """

    attachment: Attachment
    content: bytes
    seq: int | None


@dataclass(frozen=True, kw_only=True)
class CaseMaterials:
    """What a case's file is made of.

    Parameters
    ----------
    view
        The case with its trail.
    photos
        Pictures of the reports and of the steps, in order.
    reporters
        Display names of those who reported and have an account, by user name.
    at
        When all this was read, in the office's zone.
    """

    view: CaseView
    photos: tuple[CasePhoto, ...]
    reporters: Mapping[str, str]
    at: datetime


def case_materials(ctx: Context, case_id: str, *, user: User | Actor) -> CaseMaterials:
    """Read a case with its pictures.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    found = view(ctx, case_id, user=user)
    wanted: list[tuple[str, int | None]] = [
        (photo, None) for _, photos in (*found.incidents, *found.merged) for photo in photos
    ]
    wanted += [(item.id, step.seq) for step in found.steps for item in step.evidence]
    photos = []
    with ctx.storage.read() as uow:
        for photo_id, seq in dict.fromkeys(wanted):
            stored = uow.attachments.get(photo_id)
            if stored is not None and stored[0].mime == "image/jpeg":
                photos.append(CasePhoto(attachment=stored[0], content=stored[1], seq=seq))
        told = (*found.incidents, *found.merged)
        names = {item.reported_by for item, _ in told if item.reported_by}
        users = [uow.users.get(name) for name in sorted(names)]
    reporters = {user.name: user.display_name for user in users if user is not None}
    return CaseMaterials(view=found, photos=tuple(photos), reporters=reporters, at=ctx.clock.now())


def case_document(materials: CaseMaterials, *, lang: str = DEFAULT_LANGUAGE) -> OfficeDocument:
    """Write the file.

    Parameters
    ----------
    materials
        From `case_materials`.
    lang
        ``zh`` or ``en``.
    """
    return _Writer(materials, lang).document()


class _Writer:
    """Puts one case into words.

    Parameters
    ----------
    materials, lang
        As `case_document`.
    """

    def __init__(self, materials: CaseMaterials, lang: str) -> None:
        self._found = materials
        self._view = materials.view
        self._lang = lang

    def document(self) -> OfficeDocument:
        """All of it."""
        case = self._view.case
        parts: list[Part | None] = [
            Facts(rows=tuple(self._facts(case))),
            self._reports(),
            self._steps(),
            self._penalties(),
            self._evidence(),
            self._photos(),
        ]
        return OfficeDocument(
            title=self._word("title"),
            left=self._word("number", id=case.id),
            right=self._word("made_at", at=f"{self._found.at:%Y-%m-%d %H:%M}"),
            parts=tuple(part for part in parts if part is not None),
            signatures=tuple(self._word(f"sign_{who}") for who in ("handler", "checker", "head", "date")),
            sources=self._word("sources", steps=len(self._view.steps)),
        )

    def _facts(self, case: Case) -> Iterable[tuple[str, str]]:
        found, word = self._view, self._word
        item = f"{found.item.code}　{found.item.name}" if found.item else ""
        place = "　".join(name for name in (found.township_name, found.village_name) if name)
        counts = {name: getattr(case, name) for name in ("reworked", "reopened", "objections")}
        rows = [
            ("id", case.id),
            ("state", text(f"case.state.{case.state}", self._lang)),
            ("category", case.category),
            ("item", item),
            ("basis", found.item.basis if found.item else ""),
            ("place", place),
            ("coordinates", f"{case.lon:.5f}, {case.lat:.5f}"),
            ("urgent", word("urgent_yes") if case.urgent else ""),
            ("answerable", body_words(case.answerable, self._lang)),
            ("department", case.department or ""),
            ("officer", found.names.get(case.officer_id or "", "")),
            ("supervised", word("supervised_level", level=case.supervised) if case.supervised else ""),
            ("counts", word("counts_of", **counts) if any(counts.values()) else ""),
            ("suspended_until", case.suspended_until.isoformat() if case.suspended_until else ""),
            ("duplicate_of", case.duplicate_of or ""),
            ("duplicates", "、".join(found.duplicates)),
            ("joint", "\n".join(self._joint(item) for item in found.joint)),
            ("opened", self._time(case.opened_at)),
            ("filed", self._time(case.filed_at)),
            ("settled", self._time(case.settled_at)),
            ("closed", self._time(case.closed_at)),
            ("rating", word("rating_of", rating=case.rating) if case.rating else ""),
        ]
        return ((word(name), value) for name, value in rows if value)

    def _joint(self, item: JointView) -> str:
        matter, lang = item.matter, self._lang
        state = text(f"routing.joint_state_{matter.state}", lang)
        bodies = [("bodies", "、".join(body_words(body, lang) for body in matter.bodies))]
        if matter.state == "joined":
            helping = "、".join(body_words(body, lang) for body in matter.cooperating)
            bodies = [("lead", body_words(matter.lead or "", lang)), ("helpers", helping)]
        told = [f"{text(f'routing.joint_{name}', lang)}：{value}" for name, value in bodies if value]
        cases = f"{text('routing.joint_cases', lang)}：{'、'.join(matter.cases)}"
        return "；".join((f"{matter.id}（{state}）", *told, cases))

    def _reports(self) -> Table:
        rows = [
            (
                self._time(item.reported_at),
                text(f"day.source.{item.source}", self._lang),
                self._found.reporters.get(item.reported_by or "", ""),
                item.description,
            )
            for item, _ in (*self._view.incidents, *self._view.merged)
        ]
        return self._table("reports", ("time", "source", "reporter", "description"), (3, 2, 2, 7), rows)

    def _steps(self) -> Table:
        rows = [
            (
                str(step.seq),
                self._time(step.at) + self._recorded(step),
                text(f"case.action.{step.action}", self._lang),
                text(f"case.state.{step.target}", self._lang),
                actor_words(step, self._view.names, self._lang),
                step_words(step, self._view.names, self._lang),
            )
            for step in self._view.steps
        ]
        heads = ("number", "time", "action", "target", "actor", "note")
        return self._table("steps", heads, (1, 3, 2.2, 2.4, 2.6, 6), rows)

    def _recorded(self, step: CaseStep) -> str:
        if (step.recorded_at - step.at).total_seconds() < _LATE_SECONDS:
            return ""
        return self._word("late", at=self._time(step.recorded_at))

    def _penalties(self) -> Table | None:
        heads = ("decision", "time", "party", "penalty", "amount", "basis", "officers")
        rows = [self._penalty(item) for item in self._view.penalties]
        return self._table("penalties", heads, (2.4, 2, 2.4, 1.4, 1.4, 3.2, 3), rows) if rows else None

    def _penalty(self, item: Penalty) -> tuple[str, ...]:
        pairs = zip(item.officers, item.certificates, strict=True)
        return (
            item.id,
            self._time(item.imposed_at),
            f"{item.party_name}（{self._word(f'party_{item.party}')}）",
            text(f"case.penalty_kind.{item.kind}", self._lang),
            str(item.amount_yuan) if item.amount_yuan else "",
            item.basis,
            "\n".join(f"{self._view.names.get(who, who)}（{number}）" for who, number in pairs),
        )

    def _evidence(self) -> Table | None:
        times = {photo.attachment.id: photo.attachment.created_at for photo in self._found.photos}
        actions = {step.seq: step.action for step in self._view.steps}
        rows = [
            (str(n), *self._finding(item, actions, times.get(item.id)))
            for n, item in enumerate(self._view.evidence, start=1)
        ]
        heads = ("number", "step", "time", "sha", "check")
        return self._table("evidence", heads, (1, 3, 3, 6, 2), rows) if rows else None

    def _finding(
        self, item: EvidenceFinding, actions: Mapping[int, str], at: datetime | None
    ) -> tuple[str, ...]:
        return (
            self._of_step(item.seq, actions),
            self._time(at),
            _grouped(item.sha256),
            text(f"case.evidence.{item.state}", self._lang),
        )

    def _of_step(self, seq: int, actions: Mapping[int, str]) -> str:
        action = text(f"case.action.{actions[seq]}", self._lang)
        return self._word("of_step", seq=seq, action=action)

    def _photos(self) -> Pictures | None:
        if not self._found.photos:
            return None
        actions = {step.seq: step.action for step in self._view.steps}
        items = []
        for n, photo in enumerate(self._found.photos, start=1):
            what = self._word("of_report") if photo.seq is None else self._of_step(photo.seq, actions)
            caption = self._word("photo_caption", n=n, what=what, at=self._time(photo.attachment.created_at))
            sha = f"SHA-256 {photo.attachment.sha256[:16]}…"
            items.append(Picture(content=photo.content, caption=f"{caption}\n{sha}"))
        return Pictures(title=self._word("part_photos"), items=tuple(items))

    def _table(
        self, name: str, heads: tuple[str, ...], widths: tuple[float, ...], rows: Sequence[tuple[str, ...]]
    ) -> Table:
        return Table(
            title=self._word(f"part_{name}"),
            head=tuple(self._word(f"head_{head}") for head in heads),
            widths=widths,
            rows=tuple(rows),
        )

    def _time(self, moment: datetime | None) -> str:
        return f"{moment.astimezone(self._found.at.tzinfo):%Y-%m-%d %H:%M}" if moment else ""

    def _word(self, name: str, /, **params: Any) -> str:
        return text(f"casefile.{name}", self._lang, **params)


def actor_words(step: CaseStep, names: Mapping[str, str], lang: str) -> str:
    """Who took a step, with the role."""
    role = text(f"case.role.{step.role}", lang)
    name = names.get(step.actor)
    return f"{name}（{role}）" if name and name != role else role


def step_words(step: CaseStep, names: Mapping[str, str], lang: str) -> str:
    """A step's note, and before it what the step brought besides."""
    given = dict(step.detail)
    parts = []
    if "officer" in given:
        parts.append(names.get(str(given["officer"]), str(given["officer"])))
    if "squad" in given:
        parts.append(text("case.detail_squad", lang, squad=str(given["squad"]).rpartition("-")[2]))
    if step.action == "escalate" and step.body is not None:
        parts.append(text("case.detail_to", lang, body=body_words(step.body, lang)))
    if "penalty" in given:
        parts.append(text(f"case.detail_{given['penalty']}", lang, amount=given.get("amount_yuan", 0)))
    parts += joint_words(step, lang)
    named = (name for name in ("level", "rating", "original", "until") if name in given)
    parts += [text(f"case.detail_{name}", lang, value=given[name]) for name in named]
    instead = advice_words(given)
    if instead is not None:
        parts.append(instead.render(lang))
    line = text("case.detail_sign", lang).join(parts)
    return "\n".join(words for words in (line, step.note) if words)


def _grouped(sha256: str) -> str:
    """A hash in groups, so that it can be read out and compared."""
    return " ".join(sha256[start : start + 16] for start in range(0, len(sha256), 16))
