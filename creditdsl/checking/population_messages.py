"""The wording about figures of a population: one function a message, Chinese and English."""

from creditdsl.checking.wording import simple
from creditdsl.diagnostics import Code, Diagnostic, Text
from creditdsl.source import Span
from creditdsl.syntax import tree


def no_such_evaluation(population: tree.Population, problem: Diagnostic) -> Diagnostic:
    name = population.name
    return Diagnostic(
        problem.code,
        name.span,
        Text(f"总体 `{name.value}`: {problem.message.zh}", f"the population `{name.value}`: {problem.message.en}"),
        Text("改正它的评价期或截至日", "mend its period or its as-of date"),
    )


def no_total(figure: tree.Figure, subject: str) -> Diagnostic:
    return _over(figure.span, subject, ("这里没有汇总任何主体", "nothing is counted or added up here"))


def of_no_subject(name: tree.Reference, subject: str) -> Diagnostic:
    return _over(
        name.span,
        subject,
        (f"这里没有指明是哪些主体的 `{name.name}`", f"it is not said of which subjects `{name.name}` is"),
    )


def over_subjects_alone(aggregate: tree.Aggregate, subject: str) -> Diagnostic:
    return _over(
        aggregate.span,
        subject,
        (
            f"总体的数字只能对主体 `{subject}` 汇总",
            f"figures of a population are taken over the subject `{subject}` alone",
        ),
    )


def _over(span: Span, subject: str, message: tuple[str, str]) -> Diagnostic:
    chinese = (
        f"写成 `计数({subject} 其中 …)`、`任一({subject} 其中 …)`、`全部({subject} 其中 …)` 或 `合计(… 逐项 {subject})`"
    )
    words = (f"`{word}({subject} where …)`" for word in ("count", "any", "every"))
    english = f"write {', '.join(words)} or `sum(… for each {subject})`"
    return simple(Code.CR0107, span, message, (chinese, english))


def no_such_aggregate(aggregate: tree.Aggregate) -> Diagnostic:
    return simple(
        Code.CR0107,
        aggregate.span,
        ("总体的数字不能这样汇总", "figures of a population cannot be taken in this way"),
        ("可以用 `计数`、`任一`、`全部` 和 `合计`", "`count`, `any`, `every` and `sum` can be used"),
    )


def not_in_the_result(name: tree.Reference) -> Diagnostic:
    return simple(
        Code.CR0107,
        name.span,
        (f"评价结果里没有可供判断的 `{name.name}`", f"a result has no `{name.name}` that could be judged here"),
        (
            "总体的条件只能用级别、得分和措施的代码;要按字段判断,先写一条措施",
            "conditions of a population use the grade, the score and the codes of measures; to judge by a field, write a measure",
        ),
    )


def nothing_to_add(aggregate: tree.Aggregate, names: list[str]) -> Diagnostic:
    shown = ", ".join(f"`{item}`" for item in names[:8])
    return Diagnostic(
        Code.CR0107,
        aggregate.span if aggregate.value is None else aggregate.value.span,
        Text(
            "总体只能合计得分,或某一项措施给予的数值",
            "a population adds up the score, or a value that one measure grants",
        ),
        Text(f"这里可以用:{shown}", f"these would do here: {shown}") if names else None,
    )
