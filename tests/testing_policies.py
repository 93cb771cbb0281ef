"""Policies for the tests of `creditdsl.testing`, compiled from rule text, and machines with a seeded fault."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from creditdsl.compile import compile_policy
from creditdsl.core.ir import Program
from creditdsl.testing.machines import Answer, Machine, interpreter

FILING = """
policy filing "申报信用" / "Filing credit" {
  languages zh, en   subject firm   period year   effective 2019-01-01 ..
}
enum Tax { vat "增值税" / "VAT"   cit "企业所得税" / "Corporate income tax" }
subject firm "企业" / "Firm" {
  key id   : text
  months   : int in 0 .. 2_400
  payable  : yuan in 0 .. 1_000亿元
  audited  : truth
  reminded : date?
}
record late of firm "逾期申报" / "Late return" {
  tax    : Tax
  due    : date
  filed  : date?
  amount : yuan in 0 .. 1亿元
}
record evasion of firm "偷税" / "Evasion" {
  found  : date
  amount : yuan in 0 .. 1亿元
}
score {
  base { | audited -> 100 points  | otherwise -> 90 points }
}
indicator 010101 "逾期申报" / "Late return" {
  for each late per tax, due
  where    filed is absent or filed > due
  deduct   5.5 points
}
indicator 010102 "欠税" / "Tax owed" {
  for each late
  where    amount >= 1_000 yuan and filed is present
  deduct   3 points
  capped   9 points
}
indicator slow "催报后仍不申报" / "Not filed after a reminder" {
  when   reminded is present and as of > reminded + 30 days
  deduct 11 points
}
repair of 010102 "欠税修复" / "Repair of tax owed" {
  for each late
  from     due
  to       filed
  restore {
    | within 30 days after due -> 80%
    | otherwise                -> 20%
  }
}
exempt closed "注销" / "Closed" { when months = 0 }
direct D evasion_line "偷税达到标准" / "Evasion above the line" {
  when any(evasion where amount >= 10万元 and amount >= 10% of payable)
}
ceiling B young "经营期不满三年" / "In the first three years" { when months < 36 }
grades Grade {
  | A : 90 points or more
  | B : 70 points or more under 90 points
  | C : 40 points or more under 70 points
  | D : under 40 points
}
reward green "绿色通道" / "Green channel" { by "税务机关" / "Tax authority"   when grade is A   grants green_channel }
"""

CASES = """
case "按期申报" {
  period 2020   as of 2021-04-30
  given  { id = "1"  months = 60  payable = 1_000 yuan  audited = yes }
  expect { score = 100 points   grade = A   reward green   not indicator 010101   graded   not ceiling young }
}
case "一次逾期" {
  period 2020   as of 2021-04-30
  given  { id = "1"  months = 60  payable = 1_000 yuan  audited = yes
           late { tax = vat  due = 2020-07-15  filed = 2020-07-20  amount = 1_000 yuan } }
  expect { score = 91.5 points   repaired score = 93.9 points   indicator 010101 = 5.5 points
           repaired indicator 010102 = 0.6 points   repair 010102 = 2.4 points   grade = A }
}
"""


def program_of(folder: Path, text: str = FILING) -> Program:
    """The program of a policy in one file."""
    path = folder / "filing.credit"
    path.write_text(text, encoding="utf-8")
    return compile_policy(path).program


def faulty(program: Program, spoil: Callable[[Answer, dict[str, object]], Answer]) -> Machine:
    """The interpreter as if it were a compiled module with a fault: `spoil` changes its explanations."""
    sound = interpreter(program)

    def explain(subject: object, period: str, as_of: date) -> Answer:
        given = subject if isinstance(subject, dict) else {}
        return spoil(sound.explain(subject, period, as_of), given)

    return replace(sound, name="python", explain=explain)
