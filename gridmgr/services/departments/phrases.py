"""Texts a department reuses: its own, and those that come with the product, filled in from a case."""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.cases import Case
from gridmgr.domain.phrases import (
    MOST_NAME,
    MOST_WORDS,
    PHRASE_KINDS,
    SLOTS,
    Phrase,
    filled,
    unknown_slots,
)
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Forbidden
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.cases.reading import CaseView
from gridmgr.services.context import Context
from gridmgr.services.departments.queue import department_of
from gridmgr.storage import UnitOfWork
from gridmgr.texts import LANGUAGES, catalogue, text

#: Texts that come with the product: kind and number, words under ``dept.phrase_<kind>_<number>``.
_SHIPPED = (
    ("handle", 1),
    ("handle", 2),
    ("object", 1),
    ("object", 2),
    ("extension", 1),
    ("extension", 2),
    ("ask_help", 1),
    ("opine", 1),
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A text to choose in a form.

    Parameters
    ----------
    id
        Number of the department's own text, or ``std-<kind>-<n>``.
    kind, name, words
        As `Phrase`.
    own
        Whether the department made it and may change it.
    """

    id: str
    kind: str
    name: str
    words: str
    own: bool


def shipped(lang: str) -> list[Choice]:
    """Texts that come with the product."""
    return [
        Choice(
            id=f"std-{kind}-{number}",
            kind=kind,
            name=text(f"dept.phrase_{kind}_{number}_name", lang),
            words=text(f"dept.phrase_{kind}_{number}", lang),
            own=False,
        )
        for kind, number in _SHIPPED
    ]


def phrases(ctx: Context, *, user: User, lang: str) -> list[Choice]:
    """The department's own texts, then those that come with the product.

    Raises
    ------
    Forbidden
        If the user speaks for no department.
    """
    department = department_of(user)
    with ctx.storage.read() as uow:
        own = uow.phrases.find(department=department)
    mine = [
        Choice(id=item.id, kind=item.kind, name=item.name, words=item.words, own=True)
        for item in sorted(own, key=lambda item: (PHRASE_KINDS.index(item.kind), item.name, item.id))
    ]
    return mine + shipped(lang)


def phrases_for(ctx: Context, found: CaseView, *, user: User, lang: str) -> list[Choice]:
    """`phrases`, filled in from a case."""
    values = slot_values(ctx, found, user=user, lang=lang)
    return [
        Choice(id=item.id, kind=item.kind, name=item.name, words=filled(item.words, values), own=item.own)
        for item in phrases(ctx, user=user, lang=lang)
    ]


def slot_values(ctx: Context, found: CaseView, *, user: User, lang: str) -> dict[str, str]:
    """What stands in each place, by its name in every language; a blank line where nothing is known."""
    case: Case = found.case
    today = ctx.clock.today()
    known = {
        "number": case.id,
        "place": "".join(name for name in (found.township_name, found.village_name) if name),
        "item": found.item.name if found.item else case.category,
        "category": case.category,
        "date": text("dept.date", lang, year=today.year, month=today.month, day=today.day),
        "department": user.department or "",
    }
    return {name: known[slot] or "____" for slot in SLOTS for name in slot_names(slot)}


def slot_names(slot: str) -> tuple[str, ...]:
    """What a place is called, in each language."""
    return tuple(catalogue(lang)[f"dept.slot_{slot}"] for lang in LANGUAGES)


def save_phrase(
    ctx: Context, *, user: User, kind: str, name: str, words: str, phrase_id: str | None = None
) -> Phrase:
    """Keep a new text, or change one of the department's own.

    Raises
    ------
    NotFound, Forbidden
        If there is no such text, or it is another department's.
    BadInput
        Without a name or words, of another kind, too long, or with a place that nothing can be filled into.
    """
    department = department_of(user)
    name, words = needed(name, "dept.phrase_name_needed"), needed(words, "dept.phrase_words_needed")
    _check(kind, name, words)
    with ctx.storage.write(user.name) as uow:
        before = _own(uow, phrase_id, department) if phrase_id else None
        made = Phrase(
            id=before.id if before else f"T{new_number(ctx)}",
            department=department,
            kind=kind,
            name=name,
            words=words,
            changed_by=user.name,
            changed_at=ctx.clock.utc_now(),
        )
        if before:
            uow.phrases.replace(made)
        else:
            uow.phrases.add(made)
        uow.record("phrase.save", "phrase", made.id, department=department, kind=kind, name=name)
        uow.commit()
    return made


def delete_phrase(ctx: Context, phrase_id: str, *, user: User) -> None:
    """Remove one of the department's own texts.

    Raises
    ------
    NotFound, Forbidden
        If there is no such text, or it is another department's.
    """
    department = department_of(user)
    with ctx.storage.write(user.name) as uow:
        found = _own(uow, phrase_id, department)
        uow.phrases.delete(found.id)
        uow.record("phrase.delete", "phrase", found.id, department=department, name=found.name)
        uow.commit()


def _own(uow: UnitOfWork, phrase_id: str, department: str) -> Phrase:
    found = existing(uow.phrases.get(phrase_id), "word.phrase", phrase_id)
    if found.department != department:
        raise Forbidden("dept.phrase_not_yours")
    return found


def _check(kind: str, name: str, words: str) -> None:
    if kind not in PHRASE_KINDS:
        raise BadInput("dept.phrase_kind_needed")
    if len(name) > MOST_NAME or len(words) > MOST_WORDS:
        raise BadInput("dept.phrase_too_long", name=MOST_NAME, words=MOST_WORDS)
    known = {name for slot in SLOTS for name in slot_names(slot)}
    unknown = unknown_slots(words, known)
    if unknown:
        names = "".join(f"【{text(f'dept.slot_{slot}')}】" for slot in SLOTS)
        raise BadInput("dept.phrase_unknown_slot", slot=unknown[0], known=names)
