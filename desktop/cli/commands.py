"""The commands. Each takes its parsed arguments and returns an exit code.

What a command needs is imported in it: `ecofolio undo` has no use for Excel, and none of them
for Qt until a window is wanted.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio.cli import boards, measures, output, playbooks
from ecofolio.cli.opening import open_window
from ecofolio.errors import EcofolioError, InputError
from ecofolio.places import user_data
from ecofolio.store.place import SUFFIX, place_of
from ecofolio.store.workspace import Workspace, utc_now
from ecofolio.text import _, in_a_row, language, ngettext

if TYPE_CHECKING:
    from ecofolio.store.attachments import Carried

DONE, FAULT = 0, 1


def _open(chosen: Namespace, place: str) -> Workspace:
    return Workspace.open(place, actor=chosen.actor)


def _tell(chosen: Namespace, document: dict[str, Any], sentence: str) -> int:
    """Say what was done, as JSON or in a sentence."""
    if chosen.json:
        output.write_json(document)
    else:
        output.say(sentence)
    return DONE


def demo(chosen: Namespace) -> int:
    from ecofolio.demo import build

    place = place_of(chosen.to or user_data() / f"demonstration{SUFFIX}")
    wanted = {"initiatives": chosen.initiatives} if chosen.initiatives else {}
    workspace = build.create(place, language=chosen.lang or language(), **wanted)
    with workspace, workspace.read() as connection:
        from ecofolio.initiatives.queries import count

        made = count(connection)
    text = ngettext(
        "{n} initiative is in {place}.", "{n} initiatives are in {place}.", made
    ).format(n=made, place=place)
    return _tell(chosen, {"programme": str(place), "initiatives": made}, text)


def new(chosen: Namespace) -> int:
    from ecofolio.initiatives.founding import create

    with create(chosen.programme, name=chosen.name, actor=chosen.actor) as workspace:
        place = str(workspace.place)
    text = _("A new programme is in {place}.").format(place=place)
    return _tell(chosen, {"programme": place}, text)


def take_in(chosen: Namespace) -> int:
    from ecofolio.initiatives.importing import run_import
    from ecofolio.intake.reading import faults

    with _open(chosen, chosen.into) as workspace:
        report = run_import(
            workspace,
            Path(chosen.list),
            mapping=chosen.mapping,
            sheet=chosen.sheet,
            transpose=chosen.transpose or None,
            encoding=chosen.encoding,
            delimiter=chosen.delimiter,
            dry_run=chosen.dry_run,
        )
    document = report.as_json()
    text = _(
        "{created} created, {updated} updated, {unchanged} unchanged, {refused} refused, "
        "{unreadable} cells kept as notes."
    ).format(
        created=document["created"],
        updated=document["updated"],
        unchanged=document["unchanged"],
        refused=len(document["refused"]),
        unreadable=len(document["unreadable"]),
    )
    if chosen.dry_run:
        text = in_a_row([text, _("Nothing was written.")])
    for fault in faults(report.book):
        text += "\n" + _("Reading {file}: {what}.").format(file=report.book.file, what=fault)
    return _tell(chosen, document, text)


def show(chosen: Namespace) -> int:
    from ecofolio.cli.lists import KINDS

    with _open(chosen, chosen.programme) as workspace, workspace.read() as connection:
        if chosen.kind in boards.KINDS:
            rows = boards.rows(connection, chosen, workspace)
        elif chosen.by:
            from ecofolio.cli.rolled import rolled_up

            rows = rolled_up(connection, chosen.kind, chosen.by)
        else:
            today = workspace.clock().astimezone().date()
            day = chosen.as_of or today
            gone_by = chosen.kind == "health" and day < today
            rows = (measures.health_then if gone_by else KINDS[chosen.kind])(connection, day)
    if chosen.json:
        output.write_json(rows)
    elif chosen.csv or chosen.bom:
        output.write_csv(output.columns_of(rows), rows, bom=chosen.bom)
    else:
        output.write_table(output.columns_of(rows), rows)
    return DONE


def pack(chosen: Namespace) -> int:
    from ecofolio.initiatives.scope import Scope
    from ecofolio.review.pack import write_pack

    since = None
    if chosen.since:
        since = datetime.combine(chosen.since, time()).astimezone(UTC)
    with _open(chosen, chosen.programme) as workspace, workspace.read() as connection:
        scope = Scope(unit_id=_unit(connection, chosen.unit) if chosen.unit else None)
        write_pack(
            connection,
            Path(chosen.to),
            scope=scope,
            since=since,
            as_of=chosen.as_of,
            language=chosen.lang or language(),
            actor=workspace.actor,
            today=workspace.clock().astimezone().date(),
        )
    text = _("The review workbook is in {place}.").format(place=chosen.to)
    return _tell(chosen, {"workbook": str(Path(chosen.to).absolute())}, text)


def _unit(connection: Any, code: str) -> int:
    from sqlalchemy import select

    from ecofolio.organisation.model import Unit
    from ecofolio.store.base import table_of

    unit = table_of(Unit)
    found = connection.scalar(select(unit.c.id).where(unit.c.code == code))
    if found is None:
        raise InputError(_("There is no unit {code}.").format(code=code))
    return int(found)


def history(chosen: Namespace) -> int:
    from ecofolio.store import journal

    with _open(chosen, chosen.programme) as workspace, workspace.read() as connection:
        if chosen.of is None:
            rows = [entry._asdict() for entry in journal.entries(connection)]
        else:
            rows = _field_history(connection, chosen.of)
    if chosen.json:
        output.write_json(rows)
    else:
        output.write_table(output.columns_of(rows), rows)
    return DONE


def _field_history(connection: Any, code: str) -> list[dict[str, Any]]:
    from ecofolio.initiatives.queries import by_code
    from ecofolio.store import journal

    found = by_code(connection, code)
    if found is None:
        raise InputError(_("There is no initiative {code}.").format(code=code))
    rows = []
    for row in journal.history(connection, "initiative", found):
        before, after = row.before or {}, row.after or {}
        for field in dict.fromkeys((*before, *after)):
            if field in ("id", "version") or before.get(field) == after.get(field):
                continue
            rows.append(
                {
                    "change": row.entry.id,
                    "at": row.entry.at,
                    "actor": row.entry.actor,
                    "label": row.entry.label,
                    "record": row.record,
                    "field": field,
                    "old": before.get(field),
                    "new": after.get(field),
                }
            )
    return rows


def undo(chosen: Namespace) -> int:
    with _open(chosen, chosen.programme) as workspace:
        entry = workspace.undo()
    text = _("Undone: {label}").format(label=entry.label)
    return _tell(chosen, {"undone": entry.id, "label": entry.label}, text)


def redo(chosen: Namespace) -> int:
    with _open(chosen, chosen.programme) as workspace:
        entry = workspace.redo()
    text = _("Redone: {label}").format(label=entry.label)
    return _tell(chosen, {"redone": entry.id, "label": entry.label}, text)


def check(chosen: Namespace) -> int:
    from ecofolio.cli.checking import problems

    try:
        found = problems(chosen.programme)
    except EcofolioError as error:
        if not chosen.json:
            raise
        found = [str(error)]
    if chosen.json:
        output.write_json({"ok": not found, "problems": found})
    else:
        output.say("\n".join(found) or _("Everything is in order."))
    return FAULT if found else DONE


def backup(chosen: Namespace) -> int:
    from ecofolio.store import backup as backups

    place = place_of(chosen.programme)
    Workspace.open(place).close()
    folder = Path(chosen.to).absolute() if chosen.to else backups.default_folder(place)
    told: list[Carried] = []
    path = backups.backup(place, folder, utc_now(), hear=told.append)
    text = _("A verified backup is in {place}.").format(place=path)
    files = told[0]
    document = {"backup": str(path), "files": files.copied, "lost": list(files.lost)}
    return _tell(chosen, document, f"{text} {files.said_of_backup()}".rstrip())


def restore(chosen: Namespace) -> int:
    from ecofolio.store import backup as backups

    Workspace.load_tables()
    place = place_of(chosen.to)
    told: list[Carried] = []
    kept = backups.restore(Path(chosen.backup).absolute(), place, utc_now(), told.append)
    text = _("{place} is restored.").format(place=place)
    if kept is not None:
        text = in_a_row([text, _("The old one is kept in {place}.").format(place=kept)])
    files = told[0]
    document = {
        "programme": str(place),
        "kept": str(kept) if kept else None,
        "files": files.copied,
        "lost": list(files.lost),
    }
    return _tell(chosen, document, f"{text} {files.said_of_restore()}".rstrip())


def shots(chosen: Namespace) -> int:
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ecofolio.shell.shots import take

    place = place_of(chosen.programme)
    made = take(
        place,
        Path(chosen.to),
        language=chosen.lang or language(),
        theme=chosen.theme,
        size=chosen.size,
    )
    text = ngettext("{n} picture is in {place}.", "{n} pictures are in {place}.", len(made))
    document = {"pictures": [str(path) for path in made]}
    return _tell(chosen, document, text.format(n=len(made), place=chosen.to))


def post(chosen: Namespace) -> int:
    from ecofolio.cli import money

    return money.post(chosen)


def share_out(chosen: Namespace) -> int:
    from ecofolio.cli import money

    return money.share_out(chosen)


RUN: dict[str, Callable[[Namespace], int]] = {
    "demo": demo,
    "new": new,
    "import": take_in,
    "list": show,
    "pack": pack,
    "post": post,
    "round": share_out,
    "history": history,
    "undo": undo,
    "redo": redo,
    "check": check,
    "backup": backup,
    "restore": restore,
    "shots": shots,
    **boards.RUN,
    "observe": measures.observe,
    "score": measures.score,
    "pack-playbook": playbooks.pack,
    "targets": playbooks.set_targets,
    "open": open_window,
}
