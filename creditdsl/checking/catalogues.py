"""Catalogues close a policy: nothing is used that they do not list.

In: the catalogues and all other declarations. Out: reports of what is used and not listed, of rows that name nothing, of a number of
rows that is not the stated one, and of rules whose legal basis does not have the rank that a catalogue asks for.
"""

from collections.abc import Iterator

from creditdsl.checking import measure_messages, messages
from creditdsl.checking.citations import citations
from creditdsl.checking.declarations import Declarations
from creditdsl.checking.named import texts_of
from creditdsl.checking.scope import Elaboration
from creditdsl.syntax import tree

Listed = tree.FieldDeclaration | tree.Record | tree.Indicator | tree.Direct | tree.Measure


def check_catalogues(elaboration: Elaboration) -> None:
    """Reports what breaks the catalogues of the policy."""
    for catalogue in elaboration.declarations.catalogues.values():
        citations(catalogue.clauses.basis, elaboration)
        if catalogue.label is not None:
            texts_of(catalogue.label, catalogue.name.text, elaboration)
        _check_rows(catalogue, elaboration)


def _check_rows(catalogue: tree.Catalogue, elaboration: Elaboration) -> None:
    used = {_name(item).text: item for item in _closed(catalogue.word, elaboration.declarations)}
    listed: dict[str, tree.Identifier] = {}
    for row in catalogue.rows:
        if row.label is not None:
            texts_of(row.label, "", elaboration)
        for name in row.names:
            if name.text not in used:
                elaboration.report(messages.not_declared(name.text, name.span, list(used)))
            elif name.text in listed:
                elaboration.report(messages.declared_twice(name, listed[name.text].span))
            else:
                _check_rank(name, used[name.text], catalogue, elaboration)
            listed.setdefault(name.text, name)
    for code, item in used.items():
        if code not in listed:
            elaboration.report(measure_messages.not_catalogued(_name(item), catalogue))
    count = catalogue.count
    if count is not None and (count.places or count.digits != len(catalogue.rows)):
        elaboration.report(measure_messages.other_count(count, len(catalogue.rows)))


def _closed(word: tree.CatalogueWord | tree.MeasureWord, declarations: Declarations) -> Iterator[Listed]:
    """What a catalogue of a kind is closed over."""
    match word:
        case tree.CatalogueWord.DATA:
            if declarations.subject is not None:
                yield from (item for item in declarations.subject.fields if not item.key)
            yield from declarations.records.values()
        case tree.CatalogueWord.CONDUCT:
            yield from declarations.of_kind(tree.Indicator)
            yield from declarations.of_kind(tree.Direct)
        case tree.CatalogueWord.MEASURES:
            yield from declarations.of_kind(tree.Measure)
        case tree.MeasureWord():
            yield from (item for item in declarations.of_kind(tree.Measure) if item.word is word)


def _name(item: Listed) -> tree.Identifier:
    return item.name if isinstance(item, tree.FieldDeclaration | tree.Record) else item.code


def _check_rank(row: tree.Identifier, item: Listed, catalogue: tree.Catalogue, elaboration: Elaboration) -> None:
    """A rule of a catalogue with ranks rests on a source of one of them; data rests on nothing."""
    if not catalogue.ranks or isinstance(item, tree.FieldDeclaration | tree.Record):
        return
    ranks = {rank.text for rank in catalogue.ranks}
    sources = elaboration.declarations.sources
    found = [sources[basis.source.text].rank for basis in item.clauses.basis if basis.source.text in sources]
    if not any(rank is not None and rank.text in ranks for rank in found):
        elaboration.report(measure_messages.rank_too_low(item.code, row, catalogue))
