"""The measures of each grade and the joint penalties, for the second writing of the tax-credit rules."""

from collections.abc import Mapping

from tax_credit_law import Law

# Articles 29 to 32, notice 2018-8, the memorandum of 2016

OF_GRADE = {
    "A": {"a_list_published", "ordinary_invoices_as_needed", "a_joint_incentives"},
    "B": {"b_normal_administration", "b_selected_incentives"},
    "M": {"m_no_authentication", "m_guidance"},
    "C": {"c_strict_administration", "c_selected_measures"},
    "D": {
        "d_list_published",
        "d_invoices_limited",
        "d_export_refund_review",
        "d_tax_assessment",
        "d_key_supervision",
        "d_reported_to_authorities",
        "d_joint_penalties",
    },
}
JOINT = (
    "tax_administration post_restriction credit_reference consumption_ban publication land_restriction "
    "quarantine_supervision procurement_ban customs_ban securities_restriction insurance_restriction toll_road_ban "
    "funding_restriction bond_restriction quota_restriction news_publication licence_control internet_restriction "
    "resource_trading concession_restriction trade_ban honours_revoked association_discipline"
)


def measures(taxpayer: Mapping[str, object], law: Law, grade: str) -> set[str]:
    found = OF_GRADE[grade] | joint_penalties(taxpayer, law)
    if grade == "A" and taxpayer["general_vat_payer"]:
        found = found | {"invoices_three_months"}
    a_years = {row["year"] for row in _results(taxpayer) if row["grade"] == "A"}
    if grade == "A" and {law.year - 1, law.year - 2} <= a_years:
        found = found | {"three_years_a"}
    return found


def joint_penalties(taxpayer: Mapping[str, object], law: Law) -> set[str]:
    if not law.joint_penalties or not taxpayer["joint_penalty_party"]:
        return set()
    exit_ban = {"joint_exit_ban"} if taxpayer["unsettled_assessed_tax"] else set()
    return {f"joint_{name}" for name in JOINT.split()} | exit_ban


def _results(taxpayer: Mapping[str, object]) -> list[Mapping[str, object]]:
    rows = taxpayer.get("prior_evaluation")
    return list(rows) if isinstance(rows, list) else []
