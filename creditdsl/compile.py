"""The way of a policy through the compiler: read, parse, follow `use`, consolidate, check and lower, verify.

In: the path of a policy, a file or a folder. Out: `Compiled`, one text of the policy, or `Timeline`, all of its texts. `PolicyError`
carries everything that is wrong at the first stage that found errors.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from datetime import date
from pathlib import Path

from creditdsl.amending import messages
from creditdsl.amending.cases import moment_of, moment_of_population
from creditdsl.amending.chronology import MOST_FIELDS, Chronology, area_of
from creditdsl.amending.consolidate import Consolidated, Origin, consolidate
from creditdsl.amending.moments import ALWAYS, Area, Moment, Slice, days_of, period_kinds, period_named
from creditdsl.amending.ordering import amendments_of
from creditdsl.amending.paths import Key
from creditdsl.beside import beside
from creditdsl.checking.lower import lower
from creditdsl.checking.uses import ReadModules, read_modules
from creditdsl.collector import collector_paused
from creditdsl.core.ir import Program
from creditdsl.core.messages import no_such_period
from creditdsl.core.ranges import Narrowed
from creditdsl.core.verify import verify
from creditdsl.diagnostics import Code, Diagnostic, PolicyError, Severity, Text, errors_in
from creditdsl.frozen import dataclass
from creditdsl.source import NOWHERE, SourceFile, Span
from creditdsl.syntax import tree

WHOLE = Slice(ALWAYS, ALWAYS, None, ())

MANY = 1_000
"""From so many definitions on, a second process verifies them in less time than it takes to make one."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A text of a policy that has no error: its meaning, its declarations, and what it was warned of.

    `origins` has what amendments did to each declaration that they touched, `known` what was found out about values on the way.
    """

    program: Program
    modules: tuple[tree.Module, ...]
    sources: dict[str, SourceFile]
    warnings: tuple[Diagnostic, ...]
    slice: Slice
    origins: Mapping[Key, tuple[Origin, ...]]
    known: Narrowed = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A policy's files, and its amendments in the order in which they are made, each with the evaluations that it is for."""

    read: ReadModules
    policy: tree.Policy | None
    amendments: tuple[tuple[tree.Amend, Area], ...]
    content_hash: str

    def chronology(self, jurisdiction: str | None = None) -> Chronology | None:
        return None if self.policy is None else Chronology(self.policy, self.amendments, jurisdiction)

    def slices(self, jurisdiction: str | None = None) -> tuple[Slice, ...]:
        """The texts of the policy from the first on; one that is faulty is one text."""
        chronology = self.chronology(jurisdiction)
        found = () if chronology is None else chronology.slices()
        return found or (replace(WHOLE, jurisdiction=jurisdiction),)

    def jurisdictions(self, *, with_cases: bool = False) -> tuple[str | None, ...]:
        """The nation, and the divisions that amendments are made for, or that cases are evaluated in as well."""
        codes = {item.jurisdiction.value for item, _ in self.amendments if item.jurisdiction is not None}
        if with_cases:
            moments = (moment for _, moment in (*_moments(self), *_population_moments(self)))
            codes |= {moment.jurisdiction for moment in moments if moment.jurisdiction is not None}
        return (None, *sorted(codes))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every text of a policy for one division, in the order of time; together they take every evaluation once.

    `written` are the modules that they are made from, with all amendments. `outside` are the cases that expect the policy not to be in
    force, and meet that.
    """

    policy: tree.Policy
    written: tuple[tree.Module, ...]
    texts: tuple[Compiled, ...]
    outside: tuple[tree.Case, ...]
    warnings: tuple[Diagnostic, ...]

    @property
    def newest(self) -> Compiled:
        return self.texts[-1]


def open_policy(path: Path) -> Opened:
    """The files of a policy; PolicyError when they cannot be read, or its amendments have no order."""
    read = read_modules(path)
    policies = [item for module in read.modules for item in module.declarations if isinstance(item, tree.Policy)]
    amendments, found = amendments_of(read.modules)
    areas: list[tuple[tree.Amend, Area]] = []
    for amendment in amendments if policies else ():
        area = area_of(amendment, policies[0])
        if isinstance(area, Diagnostic):
            found.append(area)
        else:
            areas.append((amendment, area))
    if found:
        raise PolicyError(_sorted(found))
    policy = policies[0] if policies else None
    opened = Opened(read, policy, tuple(areas), content_hash(read.sources, read.root))
    _refuse_too_many_texts(opened)
    return opened


def _refuse_too_many_texts(opened: Opened) -> None:
    for jurisdiction in opened.jurisdictions():
        chronology = opened.chronology(jurisdiction)
        if chronology is not None and chronology.fields > MOST_FIELDS:
            raise PolicyError((messages.too_many_texts(chronology.policy, chronology.fields, MOST_FIELDS),))


def compile_policy(path: Path, jurisdiction: str | None = None) -> Compiled:
    """The newest text of a policy; PolicyError when its text, its names, its types or its rules are wrong."""
    opened = open_policy(path)
    return compile_text(opened, opened.slices(jurisdiction)[-1])


def compile_for(
    path: Path, period: str, as_of: date, jurisdiction: str | None = None, *, verified: bool = True
) -> Compiled:
    """The text by which a period is evaluated on a day; what is not verified is left to `verification`.

    PolicyError when the policy is wrong, or not in force then, or when the text names no period.
    """
    opened = open_policy(path)
    return compile_text(opened, slice_for(opened, period, as_of, jurisdiction), verified=verified)


def slice_for(opened: Opened, period: str, as_of: date, jurisdiction: str | None = None) -> Slice:
    """The slice of an evaluation; PolicyError when the policy is not in force then, or the text names no period."""
    slices = opened.slices(jurisdiction)
    if opened.policy is None:
        return slices[-1]
    days = period_named(period, opened.policy)
    if days is None:
        message = no_such_period(period, period_kinds(opened.policy))
        raise PolicyError((Diagnostic(Code.CR0914, NOWHERE, message),))
    moment = Moment(days.last, as_of, jurisdiction)
    found = next((item for item in slices if item.takes(moment)), None)
    if found is None:
        raise PolicyError((messages.not_in_force(opened.policy, moment),))
    return found


def compile_on(path: Path, day: date, jurisdiction: str | None = None, *, verified: bool = True) -> Compiled:
    """The text in force on a day; PolicyError when the policy is wrong, or not in force.

    What is not verified is left to `verification`.
    """
    opened = open_policy(path)
    return compile_text(opened, slice_on(opened, day, jurisdiction), verified=verified)


def slice_on(opened: Opened, day: date, jurisdiction: str | None = None) -> Slice:
    """The slice of the text in force on a day; PolicyError when the policy is not in force."""
    chronology = opened.chronology(jurisdiction)
    if chronology is None or opened.policy is None:
        return WHOLE
    moment = Moment(day, day, jurisdiction)
    found = chronology.at(moment)
    if found is None:
        raise PolicyError((messages.not_in_force(opened.policy, moment),))
    return found


def consolidated(opened: Opened, slice_: Slice) -> Consolidated:
    """The text of a slice as rule text; PolicyError when amendments do not fit it."""
    text = consolidate(opened.read.modules, slice_)
    if errors_in(text.diagnostics):
        raise PolicyError(_sorted(text.diagnostics))
    return text


def compile_text(opened: Opened, slice_: Slice, *, verified: bool = True) -> Compiled:
    """The compiled text of a slice; what is not verified is left to `verification`."""
    with collector_paused():
        compiled = _lowered(opened, slice_)
        if verified:
            verify(compiled.program, compiled.known)
        return compiled


@contextmanager
def verification(texts: Sequence[Compiled]) -> Iterator[None]:
    """Verifies texts that were compiled with `verified=False`, while the body makes programs of them; InternalError.

    Nothing that the body has made may be given away before its end.
    """

    def check() -> None:
        for text in texts:
            verify(text.program, text.known)

    if sum(len(text.program.definitions) for text in texts) < MANY:
        check()
        yield
    else:
        with beside(check):
            yield


def for_comparison(compiled: Compiled, opened: Opened) -> Compiled:
    """The text as a version of its policy: with the validity that was written, and without what falls into its slice.

    When a text is one, and which cases and populations are evaluated by it, is no difference of two texts of one policy.
    """
    if not opened.amendments:
        return compiled
    return replace(compiled, modules=tuple(_version_of(module, opened) for module in compiled.modules))


def _version_of(module: tree.Module, opened: Opened) -> tree.Module:
    declarations: list[tree.Declaration] = []
    for item in module.declarations:
        if isinstance(item, tree.Policy) and opened.policy is not None:
            declarations.append(replace(item, effective=opened.policy.effective, evaluated=opened.policy.evaluated))
        elif not isinstance(item, tree.Case | tree.Population):
            declarations.append(item)
    return replace(module, declarations=tuple(declarations))


def _lowered(opened: Opened, slice_: Slice) -> Compiled:
    """The text of a slice, in which everything was looked for that an author can get wrong."""
    text = consolidated(opened, slice_)
    with collector_paused():
        made = lower((text.module,), opened.content_hash)
    sources, origins = opened.read.sources, text.origins
    return Compiled(made.program, (text.module,), sources, made.warnings, slice_, origins, made.known)


def compile_timeline(
    path: Path, jurisdiction: str | None = None, *, own: bool = False, verified: bool = True
) -> Timeline:
    """Every text of a policy; PolicyError with what is wrong with any of them, each fault once.

    With `own`, only the texts of a division that are not the nation's, or that cases ask for. What is not verified is left to
    `verification`.
    """
    return timeline_of(open_policy(path), jurisdiction, own=own, verified=verified)


def timeline_of(opened: Opened, jurisdiction: str | None, *, own: bool, verified: bool = True) -> Timeline:
    """`compile_timeline` of a policy that is open already; several divisions need its files read only once."""
    timeline = _checked(opened, jurisdiction, own=own)
    for text in timeline.texts if verified else ():
        verify(text.program, text.known)
    return timeline


def _checked(opened: Opened, jurisdiction: str | None, *, own: bool) -> Timeline:
    slices = opened.slices(jurisdiction)
    if own:
        slices = tuple(item for item in slices if _is_own(opened, item))
    texts, found = _compile_all(opened, slices)
    outside, misplaced = _outside(opened, jurisdiction)
    found = {**found, **{item: None for item in misplaced}}
    if errors_in(tuple(found)):
        raise PolicyError(_sorted(found))
    unused = {item: None for item in _without_effect(opened, jurisdiction)} if jurisdiction is None else {}
    if opened.policy is None:
        raise PolicyError(())
    return Timeline(opened.policy, tuple(opened.read.modules), tuple(texts), outside, _sorted({**found, **unused}))


def check_policy_text(path: Path) -> tuple[Diagnostic, ...]:
    """What every text of a policy is warned of, for the nation and each division; PolicyError when one is wrong."""
    with collector_paused():
        opened = open_policy(path)
        warnings: dict[Diagnostic, None] = {}
        for jurisdiction in opened.jurisdictions(with_cases=True):
            found = _checked(opened, jurisdiction, own=jurisdiction is not None).warnings
            # What the texts of a division alone do not use the nation's may.
            kept = (item for item in found if jurisdiction is None or item.code is not Code.CR0701)
            warnings.update(dict.fromkeys(kept))
        return _sorted(warnings)


def _is_own(opened: Opened, slice_: Slice) -> bool:
    """Whether a text of a division is another one than the nation's, or has cases of its own."""
    if any(item.jurisdiction is not None for item in slice_.amendments):
        return True
    return opened.policy is not None and any(
        moment.jurisdiction == slice_.jurisdiction and slice_.takes(moment)
        for _, moment in (*_moments(opened), *_population_moments(opened))
    )


def _moments(opened: Opened) -> Iterator[tuple[tree.Case, Moment]]:
    """The cases that say when they are evaluated."""
    declared = [item for module in opened.read.modules for item in module.declarations if isinstance(item, tree.Case)]
    named = {item.name.value: item for item in reversed(declared)}
    for case in declared:
        moment = None if opened.policy is None else moment_of(case, named, opened.policy)
        if moment is not None:
            yield case, moment


def _population_moments(opened: Opened) -> Iterator[tuple[tree.Population, Moment]]:
    """The populations that say when they are evaluated."""
    for module in opened.read.modules:
        for item in module.declarations:
            if isinstance(item, tree.Population) and opened.policy is not None:
                moment = moment_of_population(item, opened.policy)
                if moment is not None:
                    yield item, moment


def _compile_all(opened: Opened, slices: tuple[Slice, ...]) -> tuple[list[Compiled], dict[Diagnostic, None]]:
    """The texts that are right, and what is wrong with the others or warned of, each with the texts that it is in."""
    texts: list[Compiled] = []
    # What shows a fault, such as a score, may differ from text to text; the fault is the same.
    places: dict[tuple[Code, Span, Text], tuple[Diagnostic, list[Slice]]] = {}
    for slice_ in slices:
        try:
            compiled = _lowered(opened, slice_)
        except PolicyError as error:
            diagnostics = error.diagnostics
        else:
            texts.append(compiled)
            diagnostics = compiled.warnings
        for item in diagnostics:
            places.setdefault((item.code, item.span, item.message), (item, []))[1].append(slice_)
    found: dict[Diagnostic, None] = {}
    for item, where in places.values():
        everywhere = len(where) == len(slices)
        # What one text does not use another one may.
        if everywhere or item.code is not Code.CR0701:
            found[item if everywhere else messages.in_texts(item, where)] = None
    return texts, found


def _outside(opened: Opened, jurisdiction: str | None) -> tuple[tuple[tree.Case, ...], list[Diagnostic]]:
    """The cases at times when the policy is not in force, and those among them that do not expect it."""
    if opened.policy is None:
        return (), []
    slices = opened.slices(jurisdiction)
    expected: list[tree.Case] = []
    wrong: list[Diagnostic] = []
    for case, moment in _moments(opened):
        if moment.jurisdiction != jurisdiction or any(item.takes(moment) for item in slices):
            continue
        words = [(item.word, item.negated) for item in case.expectations]
        if words == [(tree.ExpectWord.IN_FORCE, True)]:
            expected.append(case)
        else:
            wrong.append(messages.case_out_of_force(case, opened.policy, moment))
    for population, moment in _population_moments(opened):
        if moment.jurisdiction == jurisdiction and not any(item.takes(moment) for item in slices):
            wrong.append(messages.population_out_of_force(population, opened.policy, moment))
    return tuple(expected), wrong


def _without_effect(opened: Opened, jurisdiction: str | None) -> Iterator[Diagnostic]:
    """Amendments that no text contains."""
    for amendment, area in opened.amendments:
        own = jurisdiction if amendment.jurisdiction is None else amendment.jurisdiction.value
        if any(amendment in item.amendments for item in opened.slices(own)):
            continue
        bounds = ALWAYS if opened.policy is None else days_of(opened.policy.effective)
        yield messages.without_effect(amendment, outside=area.ends.within(bounds) is None)


def _sorted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(
        sorted(
            dict.fromkeys(diagnostics),
            key=lambda item: (item.severity is Severity.WARNING, item.span, item.code.name),
        )
    )


def content_hash(sources: dict[str, SourceFile], root: Path) -> str:
    """Sixteen hex digits that change with any rule file, and not with the folder that the policy lies in."""
    digest = hashlib.sha256()
    for path in sorted(sources):
        name = Path(path).resolve().relative_to(root.resolve()).as_posix()
        digest.update(f"{name}\0{len(sources[path].text)}\0{sources[path].text}".encode())
    return digest.hexdigest()[:16]
