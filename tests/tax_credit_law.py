"""Which notices an evaluation is under, by its year and its day: for the second writing of the tax-credit rules."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Law:
    """The evaluation year, the day of the evaluation, and what follows from both."""

    year: int
    as_of: date

    @property
    def quarterly_counts_as_three(self) -> bool:
        """2015-85."""
        return self.year >= 2015

    @property
    def joint_penalties(self) -> bool:
        """The memorandum of 2016."""
        return self.year >= 2016

    @property
    def grade_m(self) -> bool:
        """2018-8."""
        return self.year >= 2017 and self.as_of >= date(2018, 4, 1)

    @property
    def repair(self) -> bool:
        """2019-37."""
        return self.year >= 2018 and self.as_of >= date(2020, 1, 1)

    @property
    def only_a_direct_d_is_kept(self) -> bool:
        """2020-15."""
        return self.year >= 2019 and self.as_of >= date(2020, 11, 1)

    @property
    def three_years_of_information(self) -> bool:
        """2020-15."""
        return self.year >= 2020 and self.as_of >= date(2020, 11, 1)

    @property
    def more_repair(self) -> bool:
        """2021-31."""
        return self.year >= 2018 and self.as_of >= date(2022, 1, 1)
