"""The REST API, version 1."""

from django.http import Http404
from django.urls import path, re_path
from rest_framework.views import APIView

from accounts.api import AccountDetail, Accounts
from accounts.permissions import Permission
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView
from kam_portal.api import docs, exports, imports
from kam_portal.api.complaints import ComplaintDetail, Complaints
from kam_portal.api.contracts import ContractDetail, Contracts, ServiceLevels
from kam_portal.api.decisions import DecisionDetail, Decisions
from kam_portal.api.effort import Effort
from kam_portal.api.explain import Explain, ExplainCostLine
from kam_portal.api.plans.entries import ActionDetail, Actions, ObjectiveDetail, Objectives
from kam_portal.api.plans.people import PlanContactDetail, PlanContacts, PlanRatings
from kam_portal.api.plans.plans import PlanDetail, Plans, PlanVersionDetail, PlanVersions
from kam_portal.api.plans.reviews import ReviewDetail, Reviews
from kam_portal.api.ratings import AccountRatings, Ratings
from kam_portal.api.runs import RequestableRuns
from kam_portal.api.scenarios import ScenarioAccounts, ScenarioDetail, ScenarioOutcome, Scenarios
from kam_portal.api.signals import Signals
from kam_portal.api.strength import AccountStrength
from kam_portal.api.surveys import Surveys, Voice
from kam_portal.api.touchpoints import TouchpointDetail, Touchpoints
from kam_portal.api.value import AccountValue, Value, Whitespace
from kam_portal.api.webhooks import WebhookDeliveries, WebhookDetail, WebhookPing, Webhooks
from profitability.api.groups import ProfitabilityGroups
from profitability.api.rankings import Concentration, Rankings
from profitability.api.run import OfPublishedRun
from profitability.api.runs import Balance, RunDetail
from profitability.api.statements import AccountProfitability, Profitability
from relationships.api import AccountScores, Contacts, Matrix, Scores

app_name = "api"


class AccountsOfRun(OfPublishedRun, Accounts):
    """The accounts the reader may see."""


class Nowhere(ApiView):
    """Any other address below the API, also one that lacks its last slash: a problem in JSON, not a page."""

    policy = Permission.SIGN_IN
    scope = Scope.ANY
    schema = None

    def initial(self, request, *args, **kwargs):
        """Who asks is looked at as everywhere; what else is asked for does not matter."""
        APIView.initial(self, request, *args, **kwargs)
        raise Http404

    def get(self, request, **kwargs):
        raise Http404

    post = put = patch = delete = options = get


urlpatterns = [
    path("accounts/", AccountsOfRun.as_view(), name="accounts"),
    path("accounts/<path:code>/scores/", AccountScores.as_view(), name="account_scores"),
    path("accounts/<path:code>/profitability/", AccountProfitability.as_view(), name="account_profitability"),
    path("accounts/<path:code>/value/", AccountValue.as_view(), name="account_value"),
    path("accounts/<path:code>/strength/", AccountStrength.as_view(), name="account_strength"),
    path("accounts/<path:code>/explain/", Explain.as_view(), name="explain"),
    path("accounts/<path:code>/ratings/", AccountRatings.as_view(), name="account_ratings"),
    path("accounts/<path:code>/", AccountDetail.as_view(), name="account"),
    path("scores/", Scores.as_view(), name="scores"),
    path("contacts/", Contacts.as_view(), name="contacts"),
    path("matrix/", Matrix.as_view(), name="matrix"),
    path("ratings/", Ratings.as_view(), name="ratings"),
    path("signals/", Signals.as_view(), name="signals"),
    path("decisions/", Decisions.as_view(), name="decisions"),
    path("decisions/<int:decision_id>/", DecisionDetail.as_view(), name="decision"),
    path("plans/", Plans.as_view(), name="plans"),
    path("plans/<int:plan_id>/", PlanDetail.as_view(), name="plan"),
    path("plans/<int:plan_id>/versions/", PlanVersions.as_view(), name="plan_versions"),
    path("plans/<int:plan_id>/versions/<int:number>/", PlanVersionDetail.as_view(), name="plan_version"),
    path("plans/<int:plan_id>/objectives/", Objectives.as_view(), name="plan_objectives"),
    path("plans/<int:plan_id>/objectives/<int:objective_id>/", ObjectiveDetail.as_view(), name="plan_objective"),
    path("plans/<int:plan_id>/actions/", Actions.as_view(), name="plan_actions"),
    path("plans/<int:plan_id>/actions/<int:action_id>/", ActionDetail.as_view(), name="plan_action"),
    path("plans/<int:plan_id>/reviews/", Reviews.as_view(), name="plan_reviews"),
    path("plans/<int:plan_id>/reviews/<int:review_id>/", ReviewDetail.as_view(), name="plan_review"),
    path("plans/<int:plan_id>/contacts/", PlanContacts.as_view(), name="plan_contacts"),
    path("plans/<int:plan_id>/contacts/<int:contact_id>/", PlanContactDetail.as_view(), name="plan_contact"),
    path("plans/<int:plan_id>/ratings/", PlanRatings.as_view(), name="plan_ratings"),
    path("touchpoints/", Touchpoints.as_view(), name="touchpoints"),
    path("touchpoints/<int:touchpoint_id>/", TouchpointDetail.as_view(), name="touchpoint"),
    path("complaints/", Complaints.as_view(), name="complaints"),
    path("complaints/<int:complaint_id>/", ComplaintDetail.as_view(), name="complaint"),
    path("contracts/", Contracts.as_view(), name="contracts"),
    path("contracts/<int:contract_id>/", ContractDetail.as_view(), name="contract"),
    path("contracts/<int:contract_id>/service-levels/", ServiceLevels.as_view(), name="service_levels"),
    path("surveys/", Surveys.as_view(), name="surveys"),
    path("voice/", Voice.as_view(), name="voice"),
    path("value/", Value.as_view(), name="value"),
    path("whitespace/", Whitespace.as_view(), name="whitespace"),
    path("effort/", Effort.as_view(), name="effort"),
    path("profitability/", Profitability.as_view(), name="profitability"),
    path("profitability/groups/", ProfitabilityGroups.as_view(), name="profitability_groups"),
    path("rankings/", Rankings.as_view(), name="rankings"),
    path("concentration/", Concentration.as_view(), name="concentration"),
    path("runs/", RequestableRuns.as_view(), name="runs"),
    path("runs/<int:run_id>/", RunDetail.as_view(), name="run"),
    path("runs/<int:run_id>/balance/", Balance.as_view(), name="balance"),
    path("cost-lines/<str:pool>/<str:month>/explain/", ExplainCostLine.as_view(), name="cost_line"),
    path("scenarios/", Scenarios.as_view(), name="scenarios"),
    path("scenarios/<int:scenario_id>/", ScenarioDetail.as_view(), name="scenario"),
    path("scenarios/<int:scenario_id>/outcome/", ScenarioOutcome.as_view(), name="scenario_outcome"),
    path("scenarios/<int:scenario_id>/outcome/accounts/", ScenarioAccounts.as_view(), name="scenario_accounts"),
    path("webhooks/", Webhooks.as_view(), name="webhooks"),
    path("webhooks/<int:webhook_id>/", WebhookDetail.as_view(), name="webhook"),
    path("webhooks/<int:webhook_id>/ping/", WebhookPing.as_view(), name="webhook_ping"),
    path("webhooks/<int:webhook_id>/deliveries/", WebhookDeliveries.as_view(), name="webhook_deliveries"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/<int:import_id>/", imports.ImportDetail.as_view(), name="import"),
    path("exports/scores.<slug:file_type>", exports.ScoresFile.as_view(), name="export_scores"),
    path("exports/profitability.<slug:file_type>", exports.ProfitabilityFile.as_view(), name="export_profitability"),
    path(
        "exports/profitability_groups.<slug:file_type>",
        exports.ProfitabilityGroupsFile.as_view(),
        name="export_profitability_groups",
    ),
    path("exports/rankings.<slug:file_type>", exports.RankingsFile.as_view(), name="export_rankings"),
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.Docs.as_view(url_name="api:schema"), name="docs"),
    re_path(r"^(?P<rest>.*)$", Nowhere.as_view(), name="nowhere"),
]
