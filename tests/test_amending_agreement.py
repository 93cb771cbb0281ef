"""Generated amendments: the text consolidated and printed compiles to what compiling for the date gives, and every evaluation finds
exactly one text, the same in the interpreter and in the emitted package.

`CREDITDSL_EXAMPLES` sets how many policies are made in all.
"""

import importlib
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from creditdsl.amending.chronology import applies_in, area_of
from creditdsl.amending.moments import Moment, Slice, period_kinds, period_named
from creditdsl.amending.rule_text import rule_text
from creditdsl.backends.python.package import emit_package
from creditdsl.compile import (
    Opened,
    compile_policy,
    compile_text,
    compile_timeline,
    consolidated,
    open_policy,
    slice_for,
)
from creditdsl.core.ir import Program
from creditdsl.core.periods import period_around
from creditdsl.diagnostics import PolicyError
from creditdsl.testing.machines import interpreter
from creditdsl.testing.strategies import Sample, World, drawn_sample
from tests.strategies_amendments import amended_policies

POLICIES = int(os.environ.get("CREDITDSL_EXAMPLES", "200")) // 4
SHARDS = 2
AS_OF_DATES = (
    date(2019, 12, 31),
    date(2020, 7, 1),
    date(2020, 12, 31),
    date(2021, 1, 1),
    date(2021, 11, 15),
    date(2023, 1, 1),
)


def written(text: str, folder: Path, name: str = "made") -> Path:
    path = folder / f"{name}.credit"
    path.write_text(text, encoding="utf-8")
    return path


def opened(path: Path) -> Opened | None:
    """The policy, None when its amendments have no order."""
    try:
        return open_policy(path)
    except PolicyError as error:
        assert {item.code.name for item in error.diagnostics} <= {"CR0509"}
        return None


def without_hash(program: Program) -> object:
    """What a program means: all of it but the hash of its files and the cases."""
    header = program.header
    return (
        header.name,
        header.effective_start,
        header.effective_end,
        header.evaluated_start,
        header.evaluated_end,
        header.jurisdiction,
        program.enums,
        program.subject,
        program.records,
        program.definitions,
        program.result,
        program.claims,
    )


def codes_of(error: PolicyError) -> Counter[str]:
    return Counter(item.code.name for item in error.diagnostics)


def agree(policy: Opened, slice_: Slice, folder: Path, counts: Counter[str]) -> None:
    """The printed text of a slice compiles to the text of the slice, or neither does."""
    try:
        text = consolidated(policy, slice_)
    except PolicyError as error:
        assert {item.code.name for item in error.diagnostics} <= {"CR0506", "CR0507", "CR0508"}
        counts["refused"] += 1
        return
    for keywords in ("zh", "en"):
        path = written(rule_text(text, keywords), folder, f"text_{keywords}")
        try:
            compiled = compile_text(policy, slice_).program
        except PolicyError as error:
            with pytest.raises(PolicyError) as same:
                compile_policy(path)
            # The places are others, so the order may be too.
            assert codes_of(same.value) == codes_of(error)
            counts["faulty"] += 1
            continue
        assert without_hash(compile_policy(path).program) == without_hash(compiled)
        counts["same"] += 1


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_consolidating_and_compiling_is_compiling_for_the_date(shard: int, tmp_path: Path) -> None:
    counts: Counter[str] = Counter()

    @seed(shard)
    @settings(
        max_examples=POLICIES // SHARDS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(amended_policies())
    def run(text: str) -> None:
        policy = opened(written(text, tmp_path))
        for jurisdiction in policy.jurisdictions() if policy is not None else ():
            for slice_ in policy.slices(jurisdiction):
                agree(policy, slice_, tmp_path, counts)

    run()
    assert counts["same"] > POLICIES // SHARDS, counts


@pytest.mark.slow
def test_every_evaluation_has_exactly_one_text_and_it_is_that_of_the_days(tmp_path: Path) -> None:
    @seed(1)
    @settings(
        max_examples=POLICIES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(amended_policies())
    def run(text: str) -> None:
        policy = opened(written(text, tmp_path))
        if policy is None or policy.policy is None:
            return
        kinds = period_kinds(policy.policy)
        days_within = [date(year, month, 1) for year in (2019, 2020, 2021, 2022) for month in (1, 4, 6, 12)]
        periods = sorted({period_around(day, kind).text for day in days_within for kind in kinds})
        for jurisdiction in policy.jurisdictions():
            slices = policy.slices(jurisdiction)
            for period in periods:
                days = period_named(period, policy.policy)
                assert days is not None
                for as_of in (day for day in AS_OF_DATES if day >= days.first):
                    moment = Moment(days.last, as_of, jurisdiction)
                    [found] = [item for item in slices if item.takes(moment)]
                    expected = []
                    for amendment, _ in policy.amendments:
                        area = area_of(amendment, policy.policy)
                        inside = moment.period_end in area.ends and moment.as_of in area.made
                        if inside and applies_in(amendment, jurisdiction):
                            expected.append(amendment.name.text)
                    assert [item.name.text for item in found.amendments] == expected

    run()


@pytest.mark.slow
def test_the_emitted_package_answers_as_the_text_of_the_days_does(tmp_path: Path) -> None:
    compared = 0

    @seed(2)
    @settings(
        max_examples=max(POLICIES // 3, 5),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(amended_policies())
    def run(text: str) -> None:
        nonlocal compared
        path = written(text, tmp_path)
        try:
            timeline = compile_timeline(path)
        except PolicyError:
            return
        name = f"package_{compared}_{len(text)}"
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for file, source in emit_package([item.program for item in timeline.texts]).items():
            (folder / file).write_text(source, encoding="utf-8")
        sys.path.insert(0, str(tmp_path))
        try:
            package = importlib.import_module(name)
            for sample in drawn(timeline.texts[0].program) + drawn(timeline.newest.program):
                policy = open_policy(path)
                program = compile_text(policy, slice_for(policy, sample.period, sample.as_of)).program
                expected = interpreter(program).explain(sample.subject, sample.period, sample.as_of)
                assert package.explain(sample.subject, sample.period, sample.as_of).to_dict() == expected
                compared += 1
        finally:
            sys.path.remove(str(tmp_path))

    run()
    assert compared > 10


def drawn(program: Program) -> list[Sample]:
    """A few valid subjects of a text, always the same."""
    from random import Random

    world = World(program)
    return [drawn_sample(Random(number).randint, world) for number in range(3)]
