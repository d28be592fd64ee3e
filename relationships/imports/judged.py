"""Which criteria there are to judge, in the sets that are stored."""

from django.utils.translation import gettext as _

from accounts.tables.problems import did_you_mean
from relationships.core.criteria import parse
from relationships.models import CriteriaSet


class Criteria:
    """The criteria of all stored sets: of each code whether some set has it judged, and on which axis."""

    def __init__(self) -> None:
        self.judged: set[str] = set()
        self.measured: set[str] = set()
        self.of_relationship: set[str] = set()
        self.of_attractiveness: set[str] = set()
        for document in CriteriaSet.objects.values_list("document", flat=True):
            self._learn(parse(document)[0])

    def _learn(self, criteria) -> None:
        if criteria is None:
            return
        for each in (*criteria.attractiveness, *criteria.relationship):
            (self.judged if each.kind == "judged" else self.measured).add(each.code)
        self.of_relationship |= {each.code for each in criteria.relationship}
        self.of_attractiveness |= {each.code for each in criteria.attractiveness}

    def not_judged(self, code: str) -> str:
        """Why a criterion cannot be rated; '' when it can. Without any set, all may be."""
        if code in self.judged or not (self.judged or self.measured):
            return ""
        if code in self.measured:
            return _("is measured from the ledger, not judged")
        return _("is no criterion of any set.") + did_you_mean(code, sorted(self.judged))

    def not_of_relationship(self, code: str) -> str:
        """Why an account cannot have its own weight for a criterion; '' when it can."""
        if code in self.of_relationship or not (self.judged or self.measured):
            return ""
        if code in self.judged | self.measured:
            return _("is a criterion of attractiveness, which is common to all accounts")
        return _("is no criterion of any set.") + did_you_mean(code, sorted(self.of_relationship))
