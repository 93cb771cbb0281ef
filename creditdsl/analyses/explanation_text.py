"""The explanation of `creditdsl why` as plain text, in Chinese or English.

In: `Why`. Out: lines that a terminal shows as columns.
"""

from creditdsl.analyses.explanation_model import (
    Arithmetic,
    Change,
    FindingView,
    NextGrade,
    Outcome,
    Pivot,
    RepairView,
    StepKind,
    StepView,
    Why,
)
from creditdsl.analyses.step_wording import pivot_sentence, step_outcome, step_word
from creditdsl.analyses.wording import Wording, printable, table
from creditdsl.diagnostics import Language, Text

MOST_RECORDS = 12
"""Records that are listed of one finding; the rest is counted."""


def render_why(why: Why, language: Language) -> str:
    """The explanation as text that ends in a line break: pivot, arithmetic, findings, steps, repairs, measures."""
    page = _Page(why, language)
    sections = (
        page.heading(),
        page.pivot(),
        page.arithmetic(),
        page.findings(),
        page.steps(),
        page.repairs(),
        page.next_grade(),
        page.measures(),
        page.absent(),
        page.not_applied(),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


class _Page(Wording):
    def __init__(self, why: Why, language: Language) -> None:
        super().__init__(language, why.languages)
        self.why = why
        self.grades = dict(why.grade_labels)

    def grade(self, name: str | None) -> str:
        if name is None:
            return self.say("不予评价", "not graded")
        return self.label(self.grades.get(name, ()), name)

    def points(self, text: str, *, signed: bool = False) -> str:
        shown = f"+{text}" if signed and not text.startswith("-") and text != "0" else text
        return f"{shown}{self.say(' 分', ' point' if text in ('1', '-1') else ' points')}"

    def heading(self) -> list[str]:
        why, before, after = self.why, self.why.before, self.why.after
        subject = printable(str(why.subject)) if why.subject is not None else ""
        title = [self.label(why.policy_label, why.policy), subject]
        dates = self.say(f"评价期 {why.period}，截止日 {why.as_of}", f"period {why.period}, as of {why.as_of}")
        lines = ["  ".join(part for part in title if part), dates, ""]
        if why.grade_labels:
            lines.append(
                f"{self.say('级别：', 'Grade: ')}{self._both(self.grade(before.grade), self.grade(after.grade))}"
            )
        if before.arithmetic is not None and after.arithmetic is not None:
            scores = self._both(before.arithmetic.score, after.arithmetic.score)
            lines.append(f"{self.say('得分：', 'Score: ')}{scores}")
        if why.suppressed is not None:
            lines.append(
                self.say(
                    f"仅按得分应为 {self.grade(why.suppressed)}，但得分没有决定级别。",
                    f"By the score alone the grade would be {self.grade(why.suppressed)}; the score did not decide.",
                )
            )
        return lines

    def _both(self, before: str, after: str) -> str:
        return (
            after if before == after else self.say(f"{after}（修复前 {before}）", f"{after} (before repair: {before})")
        )

    def pivot(self) -> list[str]:
        before, after = self.why.before.pivot, self.why.after.pivot
        lines = self._pivot(self.say("决定级别的一步", "What decided the grade"), after)
        if before != after:
            lines += ["", *self._pivot(self.say("修复前决定级别的一步", "What decided it before repair"), before)]
        return lines

    def _pivot(self, title: str, pivot: Pivot | None) -> list[str]:
        if pivot is None:
            return []
        sentence = self.text(pivot_sentence(pivot, Text(self.grade(pivot.grade), self.grade(pivot.grade))))
        named = pivot.rule is not None and pivot.step is not StepKind.BAND
        rule = [] if pivot.rule is None or not named else [f"  {self.rule(pivot.rule)}"]
        return [title, f"  {sentence}", *rule, *([] if pivot.rule is None else self.basis(pivot.rule, "  "))]

    def arithmetic(self) -> list[str]:
        before, after = self.why.before.arithmetic, self.why.after.arithmetic
        if before is None or after is None:
            return []
        names = {finding.rule.code: self.rule(finding.rule) for finding in self.why.findings}
        rows = [("", self.say("修复前", "before"), self.say("修复后", "after repair"))]
        rows.append((self.say("基础分", "Base"), before.base, after.base))
        repaired = dict(after.terms)
        rows += [(names.get(code, code), points, repaired.get(code, "0")) for code, points in before.terms]
        rows.append((self.say("合计", "Sum"), before.total, after.total))
        if (before.total, after.total) != (before.score, after.score):
            rows.append((self._bounds(before), before.score, after.score))
        if not self.why.has_repairs:
            return [self.say("得分的计算", "How the score adds up"), *table([row[:2] for row in rows[1:]], numbers=1)]
        return [self.say("得分的计算", "How the score adds up"), *table(rows, numbers=2)]

    def _bounds(self, arithmetic: Arithmetic) -> str:
        low, high = arithmetic.low, arithmetic.high
        if low is not None and high is not None:
            return self.say(f"限于 {low} 至 {high} 分", f"Kept within {low} to {high}")
        return (
            self.say(f"不低于 {low} 分", f"Not below {low}")
            if high is None
            else self.say(f"不高于 {high} 分", f"Not above {high}")
        )

    def findings(self) -> list[str]:
        if not self.why.findings:
            return []
        lines = [self.say("指标", "Indicators")]
        for finding in self.why.findings:
            lines += self._finding(finding)
        return lines

    def _finding(self, finding: FindingView) -> list[str]:
        points = self.points(finding.points, signed=True)
        if finding.points_after != finding.points:
            after = self.points(finding.points_after, signed=True)
            points += self.say(f"（修复后 {after}）", f" (after repair: {after})")
        times = self.say(f"{finding.count} 次", "once" if finding.count == 1 else f"{finding.count} times")
        lines = [f"  {self.rule(finding.rule)}{self.say('：', ': ')}{times}{self.say('，', ', ')}{points}"]
        lines += self.basis(finding.rule, "    ")
        lines += [f"    {self._gives_back(finding)}"] if finding.gives_back is not None else []
        for record in finding.records[:MOST_RECORDS]:
            gain = record.gives_back
            cost = (
                ""
                if gain is None
                else self.say(f"（没有它：{self._gain(gain)}）", f"  (without it: {self._gain(gain)})")
            )
            lines.append(f"    {self.label(finding.table_label, finding.table or '')}{self.record(record)}{cost}")
        rest = len(finding.records) - MOST_RECORDS
        return lines + ([self.say(f"    另有 {rest} 条", f"    and {rest} more")] if rest > 0 else [])

    def _gain(self, points: str) -> str:
        return self.points(points, signed=True)

    def _gives_back(self, finding: FindingView) -> str:
        back = finding.gives_back or "0"
        if finding.table is None:
            return self.say(
                f"没有这一项，得分变化 {self._gain(back)}", f"Without it the score changes by {self._gain(back)}"
            )
        if back == "0":
            return self.say("少一条记录，得分不变", "One record fewer would not change the score")
        return self.say(
            f"少一条记录，得分最多变化 {self._gain(back)}",
            f"One record fewer changes the score by at most {self._gain(back)}",
        )

    def steps(self) -> list[str]:
        before, after = self.why.before.steps, self.why.after.steps
        if not before and not after:
            return []
        lines = [self.say("成立的评价规则", "Grading rules that hold")]
        first, last = ({(step.step, step.rule.code) for step in steps} for steps in (before, after))
        gone, new = (
            self.say("（修复后不再成立）", " (not after repair)"),
            self.say("（修复后成立）", " (after repair only)"),
        )
        for step in before:
            lines += self._step(step, "" if (step.step, step.rule.code) in last else gone)
        for step in after:
            if (step.step, step.rule.code) not in first:
                lines += self._step(step, new)
        return lines

    def _step(self, step: StepView, remark: str) -> list[str]:
        grade = None if step.grade is None else self.grade(step.grade)
        outcome = self.text(step_outcome(step, grade))
        lines = [f"  {self.text(step_word(step.step))} {self.rule(step.rule)}{self.say('：', ': ')}{outcome}{remark}"]
        lines += self.basis(step.rule, "    ")
        for evidence in step.evidence:
            label = self.label(evidence.label, evidence.table)
            lines += [f"    {label}{self.record(record)}" for record in evidence.records[:MOST_RECORDS]]
            rest = len(evidence.records) - MOST_RECORDS
            lines += [self.say(f"    另有 {rest} 条{label}", f"    and {rest} more of {label}")] if rest > 0 else []
        return lines

    def repairs(self) -> list[str]:
        if not self.why.repairs and not self.why.direct_repairs:
            return []
        lines = [self.say("信用修复", "Repairs")]
        for repair in self.why.repairs:
            lines += self._repair(repair)
        for direct in self.why.direct_repairs:
            state = self.say("已修复", "repaired") if direct.repaired else self.say("尚未修复", "not repaired yet")
            lines += [f"  {self.rule(direct.rule)}{self.say('：', ': ')}{state}", *self.basis(direct.rule, "    ")]
            if not direct.repaired:
                would = self.grade(direct.grade)
                lines.append(self.say(f"    修复后级别为 {would}", f"    Repaired, the grade would be {would}"))
        return lines

    def _repair(self, repair: RepairView) -> list[str]:
        given = self.say(f"已加回 {self.points(repair.restored)}", f"{self.points(repair.restored)} given back")
        lines = [f"  {self.rule(repair.rule)}{self.say('：', ': ')}{given}", *self.basis(repair.rule, "    ")]
        label = self.label(repair.table_label, repair.table)
        for item in repair.open[:MOST_RECORDS]:
            would = self._would(item.points, item.grade)
            lines.append(f"    {self.say('未修复', 'open')}  {label}{self.record(item.record)}{would}")
        rest = len(repair.open) - MOST_RECORDS
        lines += [self.say(f"    另有 {rest} 条未修复", f"    and {rest} more open")] if rest > 0 else []
        if len(repair.open) > 1 and (repair.all_points or repair.all_grade):
            parts = self._gains(repair.all_points, repair.all_grade)
            lines.append(self.say(f"    现在全部修复：{parts}", f"    All of them repaired now: {parts}"))
        return lines

    def _would(self, points: str | None, grade: str | None) -> str:
        parts = self._gains(points, grade)
        return self.say(f"（现在修复：{parts}）", f"  (repaired now: {parts})") if parts else ""

    def _gains(self, points: str | None, grade: str | None) -> str:
        parts = [] if points is None else [self._gain(points)]
        parts += [] if grade is None else [self.say(f"级别 {self.grade(grade)}", f"grade {self.grade(grade)}")]
        return self.say("，", ", ").join(parts)

    def next_grade(self) -> list[str]:
        found = self.why.next_grade
        if found is None or found.outcome in (Outcome.BEST, Outcome.NOT_GRADED):
            return []
        return [
            self.say("达到更好级别的最小改变", "The smallest change that reaches a better grade"),
            *self._next(found),
        ]

    def _next(self, found: NextGrade) -> list[str]:
        if found.outcome is Outcome.FOUND:
            score = "" if found.score is None else self.say(f"，得分 {found.score}", f", score {found.score}")
            grade = self.grade(found.grade)
            head = self.say(
                f"  没有下列各项，级别为 {grade}{score}：", f"  Without these the grade would be {grade}{score}:"
            )
            return [head, *(f"    {self._change(change)}" for change in found.changes)]
        if found.outcome is Outcome.GAVE_UP:
            size = found.searched
            return [
                self.say(
                    f"  {size} 项以内没有；更多项的组合没有逐一试算。",
                    f"  None of up to {size} changes; larger sets were not tried.",
                )
            ]
        return [
            self.say(
                "  去掉全部不利记录和规则也达不到。", "  No set of the records and rules that count against it does."
            )
        ]

    def _change(self, change: Change) -> str:
        if change.record is not None:
            return f"{self.label(change.table_label, change.table or '')}{self.record(change.record)}"
        return "" if change.rule is None else self.rule(change.rule)

    def measures(self) -> list[str]:
        if not self.why.measures:
            return []
        lines = [self.say("适用的措施", "Measures that apply")]
        for measure in self.why.measures:
            lines += self.measure(measure)
        return lines

    def absent(self) -> list[str]:
        if not self.why.absent:
            return []
        names = self.say("、", ", ").join(self.label(item.label, item.name) for item in self.why.absent)
        return [self.say("没有提供的资料", "Facts that were not given"), f"  {names}"]

    def not_applied(self) -> list[str]:
        rules = self.why.not_applied
        if not rules:
            return []
        rows = [(rule.code, self.label(rule.label)) for rule in rules]
        return [self.say("没有适用的规则", "Rules that did not apply"), *table(rows, numbers=0)]
