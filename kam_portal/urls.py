"""The site map."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from kam_portal.api.urls import Nowhere
from kam_portal.views.account_list import account_list
from kam_portal.views.account_page import account_page
from kam_portal.views.account_pnl import account_pnl
from kam_portal.views.account_value import account_assumptions_save, account_potentials_save, account_value
from kam_portal.views.brief import account_brief, brief_choice
from kam_portal.views.capacity import capacity
from kam_portal.views.compare import runs_compare, runs_compare_progress
from kam_portal.views.competence import (
    account_competences,
    account_competences_save,
    competence_assess,
    competence_person,
    competences,
)
from kam_portal.views.complaints import complaints
from kam_portal.views.concentration import concentration
from kam_portal.views.contacts import contacts_export
from kam_portal.views.contracts import contracts
from kam_portal.views.decisions import account_decisions, account_propose, decision_decide
from kam_portal.views.effort import effort
from kam_portal.views.effort_inputs import effort_hours_save, effort_inputs, effort_responses_save
from kam_portal.views.gallery import gallery
from kam_portal.views.guidance import guidance_edit, guidance_page, guidance_target_save, guidance_words_save
from kam_portal.views.health import healthz, readyz
from kam_portal.views.home import home
from kam_portal.views.home_management import home_month_answer, home_plan_answer
from kam_portal.views.imports import import_detail, import_problems, import_progress, import_template, imports
from kam_portal.views.matrix import matrix
from kam_portal.views.matrix_parts import matrix_account, matrix_draft, matrix_places, matrix_scores, matrix_views
from kam_portal.views.methods import method_comparison
from kam_portal.views.months import close_month, closed_months, confirm_reopening, leave_closed, reopen_month
from kam_portal.views.plans import plan_list
from kam_portal.views.pnl import pnl
from kam_portal.views.programme import programme, programme_costs, programme_costs_save
from kam_portal.views.ranking import ranking
from kam_portal.views.runs import approve_run, discard_run, publish_run, start_run
from kam_portal.views.scenarios import scenario, scenario_compare, scenario_export, scenario_new, scenarios
from kam_portal.views.scoring import scoring, scoring_cell, scoring_save
from kam_portal.views.selection import selection_compare, selection_page
from kam_portal.views.sign_in import sign_in, sign_out
from kam_portal.views.signals import signal_act, signal_form, signals
from kam_portal.views.site import glossary, search
from kam_portal.views.supplier_rank import account_supplier_rank_save
from kam_portal.views.team import team_choice, team_page
from kam_portal.views.today import today_act, today_scores
from kam_portal.views.touchpoints import touchpoints
from kam_portal.views.trail import account_trail
from kam_portal.views.value import company_assumptions_save, value
from kam_portal.views.voice import voice
from kam_portal.views.watching import account_watch
from kam_portal.views.whale import whale
from kam_portal.views.whitespace import whitespace, whitespace_save

urlpatterns = [
    path("", home, name="home"),
    path("today/act/", today_act, name="today_act"),
    path("today/scores/", today_scores, name="today_scores"),
    path("team/", team_choice, name="team_choice"),
    path("team/<path:code>/", team_page, name="team"),
    path("brief/", brief_choice, name="brief"),
    path("answer/plans/<int:version_id>/", home_plan_answer, name="home_plan_answer"),
    path("answer/months/<int:month>/", home_month_answer, name="home_month_answer"),
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", sign_out, name="sign_out"),
    path("search/", search, name="search"),
    path("glossary/", glossary, name="glossary"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", account_list, name="accounts"),
    path("runs/compare/", runs_compare, name="runs_compare"),
    path("runs/compare/progress/", runs_compare_progress, name="runs_compare_progress"),
    path("runs/start/", start_run, name="start_run"),
    path("runs/<int:run_id>/approve/", approve_run, name="approve_run"),
    path("runs/<int:run_id>/discard/", discard_run, name="discard_run"),
    path("runs/<int:run_id>/publish/", publish_run, name="publish_run"),
    path("", include("profitability.urls")),  # before the account page, whose code takes any path
    path("", include("relationships.urls")),
    path("accounts/<path:code>/trail/", account_trail, name="trail"),
    path("accounts/<path:code>/brief/", account_brief, name="account_brief"),
    path("accounts/<path:code>/pnl/", account_pnl, name="account_pnl"),
    path("accounts/<path:code>/value/", account_value, name="account_value"),
    path("accounts/<path:code>/value/assumptions/", account_assumptions_save, name="account_assumptions_save"),
    path("accounts/<path:code>/value/potentials/", account_potentials_save, name="account_potentials_save"),
    path("accounts/<path:code>/value/rank/", account_supplier_rank_save, name="account_supplier_rank_save"),
    path("accounts/<path:code>/contacts/export/<str:ending>/", contacts_export, name="contacts_export"),
    path("accounts/<path:code>/decisions/", account_decisions, name="account_decisions"),
    path("accounts/<path:code>/decisions/propose/", account_propose, name="account_propose"),
    path("accounts/<path:code>/competences/", account_competences, name="account_competences"),
    path("accounts/<path:code>/competences/save/", account_competences_save, name="account_competences_save"),
    path("accounts/<path:code>/watch/", account_watch, name="account_watch"),
    path("accounts/<path:code>/place/", matrix_account, name="matrix_account"),
    path("accounts/<path:code>/", account_page, name="account"),
    path("matrix/", matrix, name="matrix"),
    path("matrix/places/", matrix_places, name="matrix_places"),
    path("matrix/views/", matrix_views, name="matrix_views"),
    path("matrix/scores/", matrix_scores, name="matrix_scores"),
    path("matrix/draft/", matrix_draft, name="matrix_draft"),
    path("scoring/", scoring, name="scoring"),
    path("scoring/save/", scoring_save, name="scoring_save"),
    path("scoring/cell/", scoring_cell, name="scoring_cell"),
    path("guidance/", guidance_page, name="guidance"),
    path("guidance/edit/", guidance_edit, name="guidance_edit"),
    path("guidance/edit/words/", guidance_words_save, name="guidance_words_save"),
    path("guidance/edit/target/", guidance_target_save, name="guidance_target_save"),
    path("selection/", selection_page, name="selection"),
    path("selection/compare/", selection_compare, name="selection_compare"),
    path("decisions/<int:decision_id>/decide/", decision_decide, name="decision_decide"),
    path("contracts/", contracts, name="contracts"),
    path("plans/", plan_list, name="plans"),
    path("programme/", programme, name="programme"),
    path("programme/costs/", programme_costs, name="programme_costs"),
    path("programme/costs/save/", programme_costs_save, name="programme_costs_save"),
    path("programme/competences/", competences, name="competences"),
    path("programme/people/<int:user_id>/", competence_person, name="competence_person"),
    path("programme/people/<int:user_id>/assess/", competence_assess, name="competence_assess"),
    path("touchpoints/", touchpoints, name="touchpoints"),
    path("complaints/", complaints, name="complaints"),
    path("voice/", voice, name="voice"),
    path("effort/", effort, name="effort"),
    path("effort/inputs/", effort_inputs, name="effort_inputs"),
    path("effort/inputs/hours/", effort_hours_save, name="effort_hours_save"),
    path("effort/inputs/responses/", effort_responses_save, name="effort_responses_save"),
    path("signals/", signals, name="signals"),
    path("signals/<int:signal_id>/act/", signal_act, name="signal_act"),
    path("signals/<int:signal_id>/action/", signal_form, name="signal_form"),
    path("ranking/", ranking, name="ranking"),
    path("whale/", whale, name="whale"),
    path("value/", value, name="value"),
    path("value/assumptions/", company_assumptions_save, name="company_assumptions_save"),
    path("whitespace/", whitespace, name="whitespace"),
    path("whitespace/save/", whitespace_save, name="whitespace_save"),
    path("concentration/", concentration, name="concentration"),
    path("pnl/", pnl, name="pnl"),
    path("capacity/", capacity, name="capacity"),
    path("methods/", method_comparison, name="method_comparison"),
    path("what-if/", scenarios, name="scenarios"),
    path("what-if/new/", scenario_new, name="scenario_new"),
    path("what-if/compare/", scenario_compare, name="scenario_compare"),
    path("what-if/<int:scenario_id>/", scenario, name="scenario"),
    path("what-if/<int:scenario_id>/export/<str:ending>/", scenario_export, name="scenario_export"),
    path("months/", closed_months, name="months"),
    path("months/<int:month>/close/", close_month, name="close_month"),
    path("months/<int:month>/reopen/", reopen_month, name="reopen_month"),
    path("months/<int:month>/confirm/", confirm_reopening, name="confirm_reopening"),
    path("months/<int:month>/leave/", leave_closed, name="leave_closed"),
    path("imports/", imports, name="imports"),
    path("imports/<int:import_id>/", import_detail, name="import_detail"),
    path("imports/<int:import_id>/progress/", import_progress, name="import_progress"),
    path("imports/<int:import_id>/problems.csv", import_problems, name="import_problems"),
    path("imports/templates/<str:kind>.<str:ending>", import_template, name="import_template"),
    path("api/v1", Nowhere.as_view(), name="nowhere"),  # or else a redirect, which is a page
    path("api/v1/", include("kam_portal.api.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:  # made-up figures, for whoever works on the components
    urlpatterns.insert(0, path("gallery/", gallery, name="gallery"))
