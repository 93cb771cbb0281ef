"""Lists, offers, pledges and inspections for generated policies, valid by construction.

In: the writer of a policy, whose subject and records are drawn. Out: declarations as text.
"""

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.strategies_policy import Record, Writer

TIMES = ("30 days", "3 months", "1 year", "18 months", "0 days")


def measures(writer: "Writer") -> list[str]:
    """Up to three measures of these kinds; penalties that look at lists and pledges stand behind them."""
    made: list[str] = []
    kinds = writer.draw(st.lists(st.sampled_from(("list", "offer", "pledge", "inspection")), max_size=3))
    for position, kind in enumerate(kinds):
        code = f"{kind}_{position}"
        match kind:
            case "list":
                made += [_list(writer, code), f"penalty of_{code} {{ when {code} restricts travel }}"]
            case "offer":
                made.append(_offer(writer, code))
            case "pledge":
                breach = writer.condition(1)
                when = f"when {writer.condition(0)}" if writer.often() else ""
                made.append(f"pledge {code} {{ {when} breach when {breach} lasts 6 months }}")
                made.append(f"penalty of_{code} {{ when breach of {code} and not {code} }}")
            case _:
                made.append(_inspection(writer, code))
    return made


def _list(writer: "Writer", code: str) -> str:
    if writer.often(3):
        left = f" leave when {writer.condition(0)}" if writer.often() else ""
        return f"list {code} {{ when {writer.condition(1)}{left} }}"
    record = writer.pick(writer.records)
    where = f" where {writer.inside(record, 1)}" if writer.often() else ""
    leave = ""
    if writer.often():
        leave = f" leave when {record.name}_filed is present and {record.name}_filed <= as of"
    return f"list {code} {{ for each {record.name}{where} from {record.name}_due{leave} {_publish(writer, record)} }}"


def _publish(writer: "Writer", record: "Record") -> str:
    if writer.often(3):
        return ""
    if writer.often():
        return f"publish {_time(writer)}"
    condition = writer.inside(record, 0)
    return f"publish {{ | {condition} -> {_time(writer)} | otherwise -> {_time(writer)} }}"


def _time(writer: "Writer") -> str:
    least, most = f"at least {writer.pick(TIMES)}", f"at most {writer.pick(TIMES)}"
    return writer.pick((least, most, f"{least} {most}"))


def _offer(writer: "Writer", code: str) -> str:
    rank = writer.pick((f"{writer.number(0, 99)}", f"count({writer.pick(writer.records).name})"))
    when = f"grade in {{A, B}} and {writer.condition(0)}"
    return (
        f'offer {code} {{ by "银行" / "Bank" when {when} grants amount = {writer.number(1, 99)}万元 ranked by {rank} }}'
    )


def _inspection(writer: "Writer", code: str) -> str:
    rates = " ".join(f"| {writer.condition(0)} -> {writer.number(0, 100)}%" for _ in range(writer.number(1, 2)))
    mode = writer.pick(("half up", "half even", "down", "up"))
    return (
        f"inspection {code} {{ unless {writer.condition(0)} rate {{ {rates} | otherwise -> 2.5% }} "
        f'seed "{writer.number(0, 9)}" rounded {mode} }}'
    )
