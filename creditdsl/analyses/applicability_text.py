"""`creditdsl match` and `creditdsl advise` as plain text, in Chinese or English.

In: `Match` or `Advice`. Out: lines for a terminal.
"""

from collections.abc import Iterable

from creditdsl.analyses.applicability_model import (
    Advice,
    Cause,
    Heading,
    Match,
    MatterView,
    OfferView,
    PledgeState,
    PledgeView,
    Reason,
    RefusedView,
    ValueView,
)
from creditdsl.analyses.explanation_model import EvidenceView
from creditdsl.analyses.wording import MEASURES, Wording, printable
from creditdsl.diagnostics import Language, Text

MOST_RECORDS = 12
"""Records that are listed of one reason; the rest is counted."""

CAUSES = {
    Cause.EFFECTIVE: Text("不在施行期间：", "Not in force: "),
    Cause.ENTRY: Text("不符合列入条件：", "Not entered: "),
    Cause.WHEN: Text("不符合：", "Not met: "),
    Cause.UNLESS: Text("属于除外情形：", "Excepted: "),
    Cause.LEAVE: Text("已符合移出条件：", "Left: "),
    Cause.BREACH: Text("曾经违背：", "Broken before: "),
    Cause.DISPLACED: Text("由另一项取代：", "Displaced by: "),
    Cause.OVER: Text(
        "列入的记录都已移出、期满或者尚未起算", "Every record that entered has left, has run out, or has not begun"
    ),
    Cause.UNGRADED: Text("没有级别", "There is no grade"),
}
PLEDGES = {
    PledgeState.MAY: Text("可以承诺", "may pledge"),
    PledgeState.MAY_NOT: Text("不可以承诺", "may not pledge"),
    PledgeState.BROKEN: Text("曾经违背承诺，不可以再承诺", "an earlier pledge was broken, none may be given again"),
}


def render_match(match: Match, language: Language) -> str:
    """The offers as text that ends in a line break: those that the subject can have, ranked, then why not the others."""
    page = _Page(match.heading, language)
    return _joined(page.heading_lines(), page.offers(match.offers), page.others(match.others))


def render_advice(advice: Advice, language: Language) -> str:
    """The advice as text that ends in a line break: the service item, what applies, who may pledge, and what does not apply."""
    page = _Page(advice.heading, language)
    return _joined(
        page.heading_lines(),
        page.matter(advice),
        page.applied(advice),
        page.pledges(advice.pledges),
        page.not_applied(advice.not_applied),
    )


def _joined(*sections: list[str]) -> str:
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


class _Page(Wording):
    def __init__(self, heading: Heading, language: Language) -> None:
        super().__init__(language, heading.languages)
        self.heading = heading

    def heading_lines(self) -> list[str]:
        head = self.heading
        subject = "" if head.subject is None else printable(str(head.subject))
        title = [self.label(head.policy_label, head.policy), subject]
        dates = self.say(f"评价期 {head.period}，截止日 {head.as_of}", f"period {head.period}, as of {head.as_of}")
        lines = ["  ".join(part for part in title if part), dates]
        if head.grade is not None:
            lines.append(f"{self.say('级别：', 'Grade: ')}{self.label(head.grade_label, head.grade)}")
        elif not head.graded:
            lines.append(self.say("级别：不予评价", "Grade: not graded"))
        if head.score is not None:
            lines.append(f"{self.say('得分：', 'Score: ')}{head.score}")
        return lines

    def offers(self, offers: tuple[OfferView, ...]) -> list[str]:
        if not offers:
            return [self.say("没有可以申请的产品", "No offer can be taken")]
        lines = [self.say("可以申请的产品", "Offers that can be taken")]
        for offer in offers:
            lines += self._offer(offer)
        return lines

    def _offer(self, offer: OfferView) -> list[str]:
        by = self.by(offer.measure.by)
        given = f"{self.say('，由', ', by ')}{by}{self.say('提供', '')}" if by else ""
        may = self.say("（可以）", " (discretionary)") if offer.measure.may else ""
        rank = self.label(offer.rank_texts, offer.rank or "")
        ranked = f"{self.say('，排序值 ', ', rank ')}{rank}" if offer.rank is not None else ""
        lines = [f"  {offer.place}. {self.rule(offer.measure.rule)}{may}{given}{ranked}"]
        lines += self.measure_details(offer.measure)
        for other in offer.excludes:
            lines.append(self.say(f"    与 {self.rule(other)} 只能取其一", f"    Not together with {self.rule(other)}"))
        return lines

    def others(self, others: tuple[RefusedView, ...]) -> list[str]:
        if not others:
            return []
        lines = [self.say("不能申请的产品", "Offers that cannot be taken")]
        for other in others:
            lines += self._refused(other, "")
        return lines

    def _refused(self, refused: RefusedView, word: str) -> list[str]:
        return [f"  {word}{self.rule(refused.rule)}", *self.reasons(refused.reasons)]

    def reasons(self, reasons: Iterable[Reason]) -> list[str]:
        lines = []
        for reason in reasons:
            values = self.say("；", "; ").join(self._value(item) for item in reason.values)
            shown = self.say(f"（{values}）", f" ({values})") if values else ""
            lines.append(f"    {self.text(CAUSES[reason.cause])}{self.label(reason.texts)}{shown}")
            for evidence in reason.records:
                lines += self._evidence(evidence)
        return lines

    def _value(self, item: ValueView) -> str:
        value = printable(self.label(item.shown)) if item.shown else self.say("没有", "none")
        return f"{self.label(item.texts)}{self.say('：', ': ')}{value}"

    def _evidence(self, evidence: EvidenceView) -> list[str]:
        label = self.label(evidence.label, evidence.table)
        lines = [f"      {label}{self.record(record)}" for record in evidence.records[:MOST_RECORDS]]
        rest = len(evidence.records) - MOST_RECORDS
        return lines + (
            [self.say(f"      另有 {rest} 条{label}", f"      and {rest} more of {label}")] if rest > 0 else []
        )

    def matter(self, advice: Advice) -> list[str]:
        matter = advice.matter
        lines = [f"{self.say('事项 ', 'Service item ')}{self.rule(matter.rule)}", *self.basis(matter.rule, "  ")]
        by = self.by(matter.by)
        lines += [self.say(f"  由{by}办理", f"  Handled by {by}")] if by else []
        limit = self._limit(matter)
        lines.append(f"  {limit}" if limit else self.say("  没有规定办理期限", "  No time limit"))
        for item in advice.included:
            limit = self._limit(item)
            behind = self.say(f"，{limit}", f", {limit}") if limit else ""
            lines.append(f"  {self.say('包含 ', 'Takes in ')}{self.rule(item.rule)}{behind}")
        return lines

    def _limit(self, matter: MatterView) -> str:
        if matter.limit is None:
            return ""
        limit = matter.limit
        time = self.duration(limit.value, limit.unit)
        days = self.say(f"{limit.first} 起", f"from {limit.first}")
        if limit.last is not None:
            days = self.say(f"{limit.first} 至 {limit.last}", f"{limit.first} to {limit.last}")
        return self.say(f"办理期限 {time}（{days}）", f"time limit {time} ({days})")

    def applied(self, advice: Advice) -> list[str]:
        if not advice.measures:
            return [self.say("没有适用的措施", "No measure applies")]
        lines = [self.say("适用的措施", "Measures that apply")]
        for item in advice.measures:
            lines += self.measure(item.measure)
            if advice.matter.rule.code not in item.matters:
                codes = self.say("、", ", ").join(item.matters)
                lines.append(self.say(f"    来自事项 {codes}", f"    Through {codes}"))
        return lines

    def pledges(self, pledges: tuple[PledgeView, ...]) -> list[str]:
        if not pledges:
            return []
        lines = [self.say("告知承诺", "Pledges")]
        for pledge in pledges:
            lines.append(f"  {self.rule(pledge.rule)}{self.say('：', ': ')}{self.text(PLEDGES[pledge.state])}")
            lines += self.reasons(pledge.reasons)
        return lines

    def not_applied(self, refused: tuple[RefusedView, ...] | None) -> list[str]:
        if not refused:
            return []
        lines = [self.say("没有适用的措施及原因", "Measures that do not apply, and why")]
        for item in refused:
            lines += self._refused(item, self.say(*MEASURES[item.rule.kind]) + " ")
        return lines
