"""The whole document of one text of a policy in one language, as the templates read it.

In: a text, the history that it is from, and a language. Out: a `Document`: nothing in it depends on anything but these.
"""

from dataclasses import dataclass

from creditdsl.core.notation import chinese_numeral
from creditdsl.diagnostics import Language, Text
from creditdsl.publishing.catalogues import CatalogueView, catalogue_link, catalogue_views
from creditdsl.publishing.citations import Citing, Coverage, Place, coverage, is_encoded, is_left_out, locator_text
from creditdsl.publishing.edition import Edition, amended, edition
from creditdsl.publishing.figures import interval_text
from creditdsl.publishing.header import HeaderView, header_view
from creditdsl.publishing.matters import MatterView, matter_link, matter_views
from creditdsl.publishing.measures import KindView, kind_views
from creditdsl.publishing.names import SECTIONS
from creditdsl.publishing.pieces import Inline, Piece, Voice
from creditdsl.publishing.populations import PopulationView, population_link, population_views
from creditdsl.publishing.prose import linked
from creditdsl.publishing.reference import (
    EnumView,
    InputView,
    ParameterView,
    TableView,
    TermView,
    enum_views,
    input_views,
    parameter_views,
    table_views,
    term_views,
)
from creditdsl.publishing.ruler import Ruler, ruler
from creditdsl.publishing.rules import (
    GradeView,
    IndicatorView,
    RepairView,
    ScoreView,
    StepView,
    grade_views,
    grades_amended,
    indicator_views,
    own_steps,
    repair_views,
    score_view,
    step_views,
)
from creditdsl.publishing.texts import Links, PolicyHistory, PolicyText, amendment_anchor
from creditdsl.publishing.worked import CaseView, case_views
from creditdsl.syntax.tree import Catalogue, Define, Matter, Parameter, Population, Table


@dataclass(frozen=True, slots=True)
class ProcedureStep:
    """A step of grading: a title, what it does, and the anchor of its rules with their number."""

    title: str
    text: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place in a source; `anchor` is empty for the source as a whole. `status` is `encoded`, `left_out` or `listed_only`."""

    anchor: str
    place: str
    text: Piece | None
    status: str
    rules: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    anchor: str
    label: Piece
    title: Piece | None
    rank: str
    in_force: str
    notes: tuple[Piece, ...]
    places: tuple[PlaceView, ...]
    counts: tuple[int, int, int]
    amended: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything on the page of one language; `sections` are those that it has, each with its number as written."""

    language: Language
    links: Links
    sections: tuple[tuple[str, str], ...]
    header: HeaderView
    grades: tuple[GradeView, ...]
    grades_amended: tuple[Inline, ...]
    ruler: Ruler | None
    procedure: tuple[ProcedureStep, ...]
    score: ScoreView | None
    indicators: tuple[IndicatorView, ...]
    exempts: tuple[StepView, ...]
    directs: tuple[StepView, ...]
    assigns: tuple[StepView, ...]
    demotes: tuple[StepView, ...]
    ceilings: tuple[StepView, ...]
    measures: tuple[KindView, ...]
    points_repairs: tuple[RepairView, ...]
    direct_repairs: tuple[RepairView, ...]
    matters: tuple[MatterView, ...]
    catalogues: tuple[CatalogueView, ...]
    parameters: tuple[ParameterView, ...]
    tables: tuple[TableView, ...]
    terms: tuple[TermView, ...]
    inputs: tuple[InputView, ...]
    enums: tuple[EnumView, ...]
    cases: tuple[CaseView, ...]
    populations: tuple[PopulationView, ...]
    sources: tuple[SourceView, ...]

    @property
    def measure_count(self) -> int:
        """How many measures of all kinds there are."""
        return sum(len(kind.measures) for kind in self.measures)

    @property
    def encoded_places(self) -> int:
        """How many places of all the sources some rule states."""
        return sum(source.counts[0] for source in self.sources)


def document(text: PolicyText, history: PolicyHistory, links: Links, language: Language) -> Document:
    """The document of a text; labels that do not exist in `language` stand in the policy's first one."""
    program = text.program
    this = edition(text, Voice(language, program.header.languages), links.history)
    plan = program.result
    points_repairs, direct_repairs = repair_views(this)
    procedure = _procedure(this)
    inside = {
        "procedure": bool(procedure),
        "score": plan.score is not None,
        "indicators": bool(plan.findings),
        "grades": bool(plan.bands),
        "decisions": any((plan.exempts, plan.directs, plan.assigns, plan.demotes, own_steps(plan.ceilings))),
        "measures": bool(plan.measures),
        "repair": bool(points_repairs or direct_repairs),
        "matters": any(isinstance(item, Matter) for item in this.declarations),
        "catalogues": any(isinstance(item, Catalogue) for item in this.declarations),
        "reference": any(isinstance(item, Parameter | Table | Define) for item in this.declarations),
        "cases": bool(program.cases),
        "figures": any(isinstance(item, Population) for item in this.declarations),
        "sources": bool(this.sources),
    }
    return Document(
        language=language,
        links=links,
        sections=_numbered([section for section in SECTIONS if inside.get(section, True)], language),
        header=header_view(this, text, history, links),
        grades=grade_views(this),
        grades_amended=grades_amended(this),
        ruler=ruler(program),
        procedure=procedure,
        score=score_view(this),
        indicators=indicator_views(this),
        exempts=step_views(this, plan.exempts),
        directs=step_views(this, plan.directs),
        assigns=step_views(this, plan.assigns),
        demotes=step_views(this, plan.demotes),
        ceilings=step_views(this, plan.ceilings),
        measures=kind_views(this),
        points_repairs=points_repairs,
        direct_repairs=direct_repairs,
        matters=matter_views(this),
        catalogues=catalogue_views(this),
        parameters=parameter_views(this),
        tables=table_views(this),
        terms=term_views(this),
        inputs=input_views(this),
        enums=enum_views(this),
        cases=case_views(this),
        populations=population_views(this),
        sources=tuple(_source(this, item) for item in coverage(text.modules, text.slice.amendments)),
    )


def _numbered(sections: list[str], language: Language) -> tuple[tuple[str, str], ...]:
    return tuple(
        (section, f"{chinese_numeral(number)}、" if language == "zh" else f"{number}.")
        for number, section in enumerate(sections, 1)
    )


STEPS: tuple[tuple[str, Text, Text], ...] = (
    (
        "exempt",
        Text("不予评价", "Not graded"),
        Text(
            "有所列情形之一的，不参加本期评价，以下步骤不再进行。",
            "Whoever falls under one of these is not graded; no further step.",
        ),
    ),
    (
        "direct",
        Text("直接判级", "Direct grade"),
        Text(
            "有所列情形之一的，不论得分，直接判级；多项的取最低。",
            "Whoever falls under one of these gets its grade whatever the score; of several the worst.",
        ),
    ),
    (
        "assign",
        Text("评为", "Assigned grade"),
        Text(
            "没有直接判级情形、属于所列对象的，评为所列级别。",
            "Otherwise whoever belongs to one of these kinds gets its grade.",
        ),
    ),
    (
        "score",
        Text("按得分定级", "Grade of the score"),
        Text(
            "其余的，由起评分加减各项指标的分值，按得分确定级别。",
            "Otherwise the start score and the points of the indicators give the score, and the score the grade.",
        ),
    ),
    (
        "demote",
        Text("降级", "Demotion"),
        Text("符合条件的，在已定级别上下调。", "The grade is lowered where one of these applies."),
    ),
    (
        "ceiling",
        Text("级别上限", "Ceiling"),
        Text(
            "有所列情形之一的，级别不得高于所列级别。",
            "The grade is no better than that listed where one of these applies.",
        ),
    ),
    (
        "repair",
        Text("信用修复", "Repair"),
        Text(
            "已经修复的，按修复规定重新计算得分和级别；修复前后的结果均予保留。",
            "What has been repaired counts: score and grade are computed again, and both results are kept.",
        ),
    ),
)


def _procedure(this: Edition) -> tuple[ProcedureStep, ...]:
    """The steps that the policy has, in the order in which they are taken."""
    plan = this.program.result
    counts = {
        "exempt": len(plan.exempts),
        "direct": len(plan.directs),
        "assign": len(plan.assigns),
        "score": len(plan.findings) if plan.score is not None else 0,
        "demote": len(plan.demotes),
        "ceiling": len(own_steps(plan.ceilings)),
        "repair": len(plan.points_repairs) + len(plan.direct_repairs),
    }
    anchors = {"score": "#section-score", "repair": "#section-repair"}
    return tuple(
        ProcedureStep(this.text(title), this.text(text), anchors.get(key, f"#rules-{key}"), counts[key])
        for key, title, text in STEPS
        if counts[key]
    )


def _source(this: Edition, item: Coverage) -> SourceView:
    source, language = item.source, this.voice.language
    name = source.name.text
    in_force = source.in_force
    return SourceView(
        this.lexicon.names[name].anchor,
        this.voice.written(source.label, name),
        this.voice.written(source.title) if source.title else None,
        f"rank_{source.rank.text}" if source.rank else "",
        interval_text(in_force.start, in_force.end, language) if in_force else "",
        tuple(this.voice.written(note) for note in source.notes),
        tuple(_place(this, name, place) for place in item.places),
        item.count(),
        amended(this, source),
    )


def _place(this: Edition, source: str, place: Place) -> PlaceView:
    status = "encoded" if is_encoded(place) else "left_out" if is_left_out(place) else "listed_only"
    return PlaceView(
        this.lexicon.source_anchor(source, place.locators) if place.locators else "",
        locator_text(place.locators, this.voice.language),
        this.voice.written(place.article.text) if place.article else None,
        status,
        tuple(_citing(this, item) for item in place.cited_by),
    )


def _citing(this: Edition, citing: Citing) -> Piece:
    """A link to what cites a place, in its own words where these are short: its code, or the name of its section."""
    match citing.kind:
        case "rule":
            return this.rule_link(citing.name)
        case "repair":
            return this.repair_link(citing.name)
        case "section":
            title = Text("计分", "Score") if citing.name == "score" else Text("级别", "Grades")
            return Piece(this.text(title), f"#section-{citing.name}", manner="name")
        case "matter":
            return matter_link(this, citing.name)
        case "catalogue":
            return catalogue_link(this, citing.name)
        case "population":
            return population_link(this, citing.name)
        case "amendment":
            label = this.amendments[citing.name].label
            return this.voice.written(label, citing.name, f"{this.history}#{amendment_anchor(citing.name)}")
    return linked(this.lexicon.names[citing.name], this.voice)
