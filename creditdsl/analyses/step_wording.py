"""The wording of grading steps, in both languages."""

from creditdsl.analyses.explanation_model import Pivot, StepKind, StepView
from creditdsl.diagnostics import Text


def step_word(step: StepKind) -> Text:
    """The name of a step."""
    match step:
        case StepKind.EXEMPT:
            return Text("不予评价", "exempt")
        case StepKind.DIRECT:
            return Text("直接判级", "direct grade")
        case StepKind.ASSIGN:
            return Text("评为", "assigned grade")
        case StepKind.BAND:
            return Text("得分", "score")
        case StepKind.DEMOTE:
            return Text("降级", "demotion")
        case StepKind.CEILING:
            return Text("不高于", "ceiling")
        case StepKind.REGRADE:
            return Text("修复后重新评价", "new evaluation after repair")


def step_outcome(step: StepView, grade: str | None) -> Text:
    """What a rule that holds does; `grade` is the label of its grade."""
    if step.step is StepKind.EXEMPT:
        return Text("不予评价", "not graded")
    if step.step is StepKind.DEMOTE:
        return Text(f"降 {step.demote} 级", f"{step.demote} grade{'s' if step.demote > 1 else ''} down")
    if step.step in (StepKind.CEILING, StepKind.REGRADE):
        return Text(f"不高于 {grade}", f"no better than {grade}")
    return Text(f"{grade}", f"{grade}")


def pivot_sentence(pivot: Pivot, grade: Text) -> Text:
    """One sentence on the step that decided."""
    match pivot.step:
        case StepKind.EXEMPT:
            return Text("符合不予评价的情形，不评定级别。", "An exemption applies, so no grade is given.")
        case StepKind.DIRECT:
            return Text(f"直接判为 {grade.zh}，不论得分。", f"Graded {grade.en} directly, whatever the score.")
        case StepKind.ASSIGN:
            return Text(
                f"按规定评为 {grade.zh}，不由得分决定。", f"Assigned {grade.en} by rule; the score does not decide."
            )
        case StepKind.BAND:
            return _band_sentence(pivot, grade)
        case StepKind.DEMOTE:
            steps = f"{pivot.demote} grade{'s' if pivot.demote > 1 else ''}"
            return Text(f"降 {pivot.demote} 级，评为 {grade.zh}。", f"Taken {steps} down, to {grade.en}.")
        case StepKind.CEILING:
            return Text(f"级别不得高于 {grade.zh}。", f"The grade may be no better than {grade.en}.")
        case StepKind.REGRADE:
            return Text(
                f"修复后重新评价，级别不得高于 {grade.zh}。", f"Evaluated anew after repair, no better than {grade.en}."
            )


def _band_sentence(pivot: Pivot, grade: Text) -> Text:
    parts_zh, parts_en = [], []
    if pivot.low is not None:
        parts_zh.append(f"{pivot.low} 分以上")
        parts_en.append(f"from {pivot.low} up")
    if pivot.below is not None:
        parts_zh.append(f"不满 {pivot.below} 分")
        parts_en.append(f"under {pivot.below}")
    elif pivot.high is not None:
        parts_zh.append(f"{pivot.high} 分以下")
        parts_en.append(f"up to {pivot.high}")
    if not parts_zh:
        return Text(f"符合 {grade.zh} 的条件。", f"The condition of {grade.en} holds.")
    also = Text("，且符合该级别的条件", ", and its condition holds") if pivot.condition else Text("", "")
    return Text(
        f"得分 {'、'.join(parts_zh)}{also.zh}，为 {grade.zh}。",
        f"A score {' and '.join(parts_en)} gives {grade.en}{also.en}.",
    )
