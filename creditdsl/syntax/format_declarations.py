"""Declarations of the surface tree as lines."""

from dataclasses import replace

from creditdsl.syntax import tree
from creditdsl.syntax.format_amendments import amend_clauses, change_lines, written_target
from creditdsl.syntax.format_cases import case_lines, invariant_lines
from creditdsl.syntax.format_clauses import (
    Clause,
    anchor,
    article_clause,
    basis_clauses,
    body,
    braced,
    broken,
    label_clause,
    name_clause,
    note_clauses,
    periods_clause,
    successor_clause,
    text_clause,
    validity_clause,
)
from creditdsl.syntax.format_expressions import optional_label, written, written_type
from creditdsl.syntax.format_measures import catalogue_lines, matter_lines, population_lines
from creditdsl.syntax.format_rows import dated_value_cells, field_cells, row_cells
from creditdsl.syntax.format_rules import rule_lines
from creditdsl.syntax.layout import INDENT, WIDTH, Line, aligned, display_width
from creditdsl.syntax.spelling import Speller, written_label, written_name, written_text


def declaration_lines(declaration: tree.Declaration, spell: Speller) -> list[Line]:
    """The lines of one declaration."""
    match declaration:
        case tree.Policy():
            return _policy(declaration, spell)
        case tree.Use(path):
            return [Line(f"{spell.declaration('use')} {written_text(path.value)}", 0, anchor(declaration.span))]
        case tree.Source():
            return _source(declaration, spell)
        case tree.Enumeration():
            return _enumeration(declaration, spell)
        case tree.Subject():
            return _subject(declaration, spell)
        case tree.Record():
            return _record(declaration, spell)
        case tree.Parameter():
            return _parameter(declaration, spell)
        case tree.Define():
            return _define(declaration, spell)
        case tree.Table():
            return _table(declaration, spell)
        case (
            tree.Score()
            | tree.Indicator()
            | tree.Grades()
            | tree.Direct()
            | tree.Assign()
            | tree.Ceiling()
            | tree.Demote()
            | tree.Exempt()
            | tree.Measure()
            | tree.RepairPoints()
            | tree.RepairDirect()
        ):
            return rule_lines(declaration, spell)
        case tree.Matter():
            return matter_lines(declaration, spell)
        case tree.Catalogue():
            return catalogue_lines(declaration, spell)
        case tree.Population():
            return population_lines(declaration, spell)
        case tree.Case():
            return case_lines(declaration, spell)
        case tree.Invariant():
            return invariant_lines(declaration, spell)
        case tree.Amend():
            return _amend(declaration, spell)


def _heading(key: str, name: tree.Identifier, label: tree.Label | None, spell: Speller) -> str:
    return f"{spell.declaration(key)} {written_name(name.text)}{optional_label(label)}"


def _policy(policy: tree.Policy, spell: Speller) -> list[Line]:
    languages = ", ".join(written_name(item.text) for item in policy.languages)
    clauses = [
        *([Clause(spell.clause("languages"), languages, anchor(policy.languages[0].span))] if policy.languages else []),
        *label_clause(spell.clause("authority"), policy.authority),
        *name_clause(spell.declaration("subject"), policy.subject),
        *periods_clause(policy.periods, spell),
        *validity_clause(spell.clause("effective"), policy.effective, spell),
        *validity_clause(spell.clause("effective"), policy.evaluated, spell),
        *name_clause(spell.clause("calendar"), policy.calendar),
        *text_clause(spell.clause("jurisdiction"), policy.jurisdiction),
        *successor_clause(policy.replaced_by, spell),
        *note_clauses(policy.notes, spell),
    ]
    return braced(_heading("policy", policy.name, policy.label, spell), body(clauses, 1), policy.span)


def _canonical_clause(key: str, section: str, value: tree.Identifier | None, spell: Speller) -> list[Clause]:
    return [] if value is None else [Clause(key, spell.word(section, value.text), anchor(value.span))]


def _source(source: tree.Source, spell: Speller) -> list[Line]:
    address = source.address
    clauses = [
        *label_clause(spell.clause("title"), source.title),
        *_canonical_clause(spell.clause("rank"), "rank", source.rank, spell),
        *validity_clause(spell.clause("in_force"), source.in_force, spell),
        *([Clause(spell.clause("address"), written_text(address.value), anchor(address.span))] if address else []),
        *(article_clause(item, spell) for item in source.articles),
        *note_clauses(source.notes, spell),
    ]
    return braced(_heading("source", source.name, source.label, spell), body(clauses, 1), source.span)


def _amend(amendment: tree.Amend, spell: Speller) -> list[Line]:
    inside: list[Line] = body(amend_clauses(amendment, spell), 1)
    for change in amendment.changes:
        match change:
            case tree.InsertDeclaration(declaration) | tree.ReplaceDeclaration(declaration):
                word = spell.amendment("insert" if isinstance(change, tree.InsertDeclaration) else "replace")
                first, *rest = declaration_lines(declaration, spell)
                inside.append(Line(f"{word} {first.text}", 1, anchor(change.span)))
                inside.extend(replace(line, level=line.level + 1) for line in rest)
            case tree.RepealDeclaration(target):
                text = f"{spell.amendment('repeal')} {written_target(target, spell)}"
                inside.append(Line(text, 1, anchor(change.span)))
            case tree.ChangeDeclaration():
                inside.extend(change_lines(change, spell))
    return braced(_heading("amend", amendment.name, amendment.label, spell), inside, amendment.span)


def _enumeration(enum: tree.Enumeration, spell: Speller) -> list[Line]:
    """Values without labels on one line when they fit, else one a line."""
    heading = _heading("enum", enum.name, enum.label, spell)
    names = [written_name(item.name.text) for item in enum.values]
    plain = f"{heading} {{ {' '.join(names)} }}"
    if all(item.label is None for item in enum.values) and display_width(plain) <= WIDTH:
        return [Line(plain, 0, anchor(enum.span))]
    rows = [
        (name, "" if item.label is None else written_label(item.label))
        for name, item in zip(names, enum.values, strict=True)
    ]
    inside = [Line(text, 1, anchor(item.span)) for text, item in zip(aligned(rows), enum.values, strict=True)]
    return braced(heading, inside, enum.span)


def _fields(fields: tuple[tree.FieldDeclaration, ...], spell: Speller) -> list[Line]:
    """Names, types and labels in columns."""
    texts = aligned([field_cells(item, spell) for item in fields])
    return [Line(text, 1, anchor(item.span)) for text, item in zip(texts, fields, strict=True)]


def _subject(subject: tree.Subject, spell: Speller) -> list[Line]:
    return braced(_heading("subject", subject.name, subject.label, spell), _fields(subject.fields, spell), subject.span)


def _record(record: tree.Record, spell: Speller) -> list[Line]:
    owner = f"{spell.clause('record_of')} {written_name(record.subject.text)}"
    heading = f"{spell.declaration('record')} {written_name(record.name.text)} {owner}{optional_label(record.label)}"
    absent = [Line(spell.clause("absent_means_none"), 1)] if record.absent_means_none else []
    return braced(heading, [*absent, *_fields(record.fields, spell)], record.span)


def _parameter(parameter: tree.Parameter, spell: Speller) -> list[Line]:
    heading = (
        f"{spell.declaration('parameter')} {written_name(parameter.name.text)} : {written_type(parameter.type, spell)}"
    )
    rows = [dated_value_cells(value, spell) for value in parameter.values]
    values = [Line(text, 1, anchor(item.span)) for text, item in zip(aligned(rows), parameter.values, strict=True)]
    inside = [*body(basis_clauses(parameter.basis, spell), 1), *values]
    return braced(heading + optional_label(parameter.label), inside, parameter.span)


def _define(define: tree.Define, spell: Speller) -> list[Line]:
    heading = _heading("define", define.name, define.label, spell) + " ="
    text = written(define.value, spell)
    start = anchor(define.span)
    fits = display_width(f"{heading} {text}") <= WIDTH
    if fits and not isinstance(define.value, tree.Cases):
        return [Line(f"{heading} {text}", 0, start)]
    first, rest = broken(define.value, spell, len(INDENT))
    if isinstance(define.value, tree.Cases):
        return [Line(f"{heading} {first}", 0, start), *rest]
    below = [Line(line.text, line.level + 1, line.anchor) for line in rest]
    return [Line(heading, 0, start), Line(first, 1, anchor(define.value.span)), *below]


def _table(table: tree.Table, spell: Speller) -> list[Line]:
    columns = ", ".join(f"{written_name(item.name.text)} : {written_type(item.type, spell)}" for item in table.columns)
    kind = written_type(table.type, spell)
    heading = f"{spell.declaration('table')} {written_name(table.name.text)} ({columns}) : {kind}{optional_label(table.label)}"
    rows = [row_cells(row, spell) for row in table.rows]
    lines = [Line(text, 1, anchor(row.span)) for text, row in zip(aligned(rows), table.rows, strict=True)]
    return braced(heading, [*body(basis_clauses(table.basis, spell), 1), *lines], table.span)
