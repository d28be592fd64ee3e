"""Addresses of the pages of criteria and relationships."""

from django.urls import path

from relationships.views.account_criteria import account_criteria, account_criteria_check, account_criteria_save
from relationships.views.calendar_import import touchpoints_import
from relationships.views.complaints import complaint, complaint_new
from relationships.views.contact_map import account_contacts, contacts_change
from relationships.views.contact_settings import contacts_act, contacts_cadence, contacts_seniority
from relationships.views.contacts import account_contact, contact_left, contact_merge
from relationships.views.contacts_import import contacts_import, contacts_template
from relationships.views.contracts import (
    account_advocacy,
    account_contract,
    account_contracts,
    contract_part,
    contract_reading,
)
from relationships.views.criteria import criteria, criteria_differences, criteria_version, criteria_yaml
from relationships.views.criteria_ahead import criteria_effect
from relationships.views.criteria_edit import (
    criteria_check,
    criteria_copy,
    criteria_discard,
    criteria_edit,
    criteria_new,
    criteria_reopen,
)
from relationships.views.history import account_history
from relationships.views.invitations import relationship_ask, relationship_revoke
from relationships.views.notices import notice_list, notice_open, notices_read
from relationships.views.notifications import digest_off, notification_settings
from relationships.views.packs import plan_pack
from relationships.views.plan import account_plan, plan_begin
from relationships.views.plan_comments import plan_comments
from relationships.views.plan_edit import plan_add, plan_keep, plan_line, plan_tick
from relationships.views.plan_readings import plan_reading
from relationships.views.plan_state import plan_answer, plan_close, plan_submit, plan_visibility
from relationships.views.plan_versions import account_plan_differences, account_plan_version, account_plan_versions
from relationships.views.relationship import (
    account_relationship,
    relationship_barrier,
    relationship_find,
    relationship_forecast,
    relationship_state,
)
from relationships.views.review import review, review_plan, review_step
from relationships.views.review_points import review_action, review_add, review_fill, review_point
from relationships.views.reviews import review_cadence, review_cadence_save, reviews
from relationships.views.scoring import account_scoring, account_scoring_check, account_scoring_save
from relationships.views.signal_settings import signal_settings
from relationships.views.survey import ask
from relationships.views.touchpoints import (
    touchpoint,
    touchpoint_accounts,
    touchpoint_new,
    touchpoint_people,
    touchpoint_promises,
    touchpoint_remove,
)
from relationships.views.touchpoints_booking import touchpoints_book

urlpatterns = [
    path("settings/notifications/", notification_settings, name="notification_settings"),
    path("mail/off/<str:token>/", digest_off, name="digest_off"),
    path("signals/settings/", signal_settings, name="signal_settings"),
    path("notices/", notice_list, name="notices"),
    path("notices/read/", notices_read, name="notices_read"),
    path("notices/<int:notice_id>/open/", notice_open, name="notice_open"),
    path("ask/<str:secret>/", ask, name="ask"),
    path("touchpoints/new/", touchpoint_new, name="touchpoint_new"),
    path("touchpoints/accounts/", touchpoint_accounts, name="touchpoint_accounts"),
    path("touchpoints/people/", touchpoint_people, name="touchpoint_people"),
    path("touchpoints/promises/", touchpoint_promises, name="touchpoint_promises"),
    path("touchpoints/import/", touchpoints_import, name="touchpoints_import"),
    path("touchpoints/book/", touchpoints_book, name="touchpoints_book"),
    path("touchpoints/<int:touchpoint_id>/", touchpoint, name="touchpoint"),
    path("touchpoints/<int:touchpoint_id>/remove/", touchpoint_remove, name="touchpoint_remove"),
    path("complaints/new/", complaint_new, name="complaint_new"),
    path("complaints/<int:complaint_id>/", complaint, name="complaint"),
    path("accounts/<path:code>/activity/", account_history, name="account_history"),
    path("criteria/", criteria, name="criteria"),
    path("criteria/new/", criteria_new, name="criteria_new"),
    path("criteria/<str:code>/<int:version>/", criteria_version, name="criteria_version"),
    path("criteria/<str:code>/<int:version>/edit/", criteria_edit, name="criteria_edit"),
    path("criteria/<str:code>/<int:version>/check/", criteria_check, name="criteria_check"),
    path("criteria/<str:code>/<int:version>/effect/", criteria_effect, name="criteria_effect"),
    path("criteria/<str:code>/<int:version>/yaml/", criteria_yaml, name="criteria_yaml"),
    path("criteria/<str:code>/<int:version>/copy/", criteria_copy, name="criteria_copy"),
    path("criteria/<str:code>/<int:version>/reopen/", criteria_reopen, name="criteria_reopen"),
    path("criteria/<str:code>/<int:version>/discard/", criteria_discard, name="criteria_discard"),
    path(
        "criteria/<str:code>/<int:version>/differences/<int:other>/", criteria_differences, name="criteria_differences"
    ),
    path("accounts/<path:code>/contracts/", account_contracts, name="account_contracts"),
    path("accounts/<path:code>/contracts/edit/", account_contract, name="account_contract"),
    path("accounts/<path:code>/contracts/reading/", contract_reading, name="contract_reading"),
    path("accounts/<path:code>/contracts/advocacy/", account_advocacy, name="account_advocacy"),
    path("accounts/<path:code>/contracts/part/<str:part>/", contract_part, name="contract_part"),
    path("accounts/<path:code>/criteria/", account_criteria, name="account_criteria"),
    path("accounts/<path:code>/criteria/check/", account_criteria_check, name="account_criteria_check"),
    path("accounts/<path:code>/criteria/save/", account_criteria_save, name="account_criteria_save"),
    path("accounts/<path:code>/scoring/", account_scoring, name="account_scoring"),
    path("accounts/<path:code>/scoring/check/", account_scoring_check, name="account_scoring_check"),
    path("accounts/<path:code>/scoring/save/", account_scoring_save, name="account_scoring_save"),
    path("reviews/", reviews, name="reviews"),
    path("reviews/cadence/", review_cadence, name="review_cadence"),
    path("reviews/cadence/save/", review_cadence_save, name="review_cadence_save"),
    path("reviews/<int:review_id>/", review, name="review"),
    path("reviews/<int:review_id>/step/", review_step, name="review_step"),
    path("reviews/<int:review_id>/fill/", review_fill, name="review_fill"),
    path("reviews/<int:review_id>/add/", review_add, name="review_add"),
    path("reviews/<int:review_id>/action/", review_action, name="review_action"),
    path("reviews/<int:review_id>/points/<int:point_id>/", review_point, name="review_point"),
    path("accounts/<path:code>/plan/reviews/", review_plan, name="review_plan"),
    path("accounts/<path:code>/plan/pack/", plan_pack, name="plan_pack"),
    path("accounts/<path:code>/plan/versions/", account_plan_versions, name="account_plan_versions"),
    path("accounts/<path:code>/plan/versions/<int:number>/", account_plan_version, name="account_plan_version"),
    path("accounts/<path:code>/plan/versions/<int:number>/answer/", plan_answer, name="plan_answer"),
    path("accounts/<path:code>/plan/differences/", account_plan_differences, name="account_plan_differences"),
    path("accounts/<path:code>/plan/submit/", plan_submit, name="plan_submit"),
    path("accounts/<path:code>/plan/close/", plan_close, name="plan_close"),
    path("accounts/<path:code>/plan/visibility/", plan_visibility, name="plan_visibility"),
    path("accounts/<path:code>/plan/", account_plan, name="account_plan"),
    path("accounts/<path:code>/plan/begin/", plan_begin, name="plan_begin"),
    path("accounts/<path:code>/plan/keep/", plan_keep, name="plan_keep"),
    path("accounts/<path:code>/plan/add/", plan_add, name="plan_add"),
    path("accounts/<path:code>/plan/line/", plan_line, name="plan_line"),
    path("accounts/<path:code>/plan/tick/", plan_tick, name="plan_tick"),
    path("accounts/<path:code>/plan/reading/", plan_reading, name="plan_reading"),
    path("accounts/<path:code>/plan/comments/", plan_comments, name="plan_comments"),
    path("accounts/<path:code>/relationship/", account_relationship, name="account_relationship"),
    path("accounts/<path:code>/relationship/find/", relationship_find, name="relationship_find"),
    path("accounts/<path:code>/relationship/state/", relationship_state, name="relationship_state"),
    path("accounts/<path:code>/relationship/forecast/", relationship_forecast, name="relationship_forecast"),
    path("accounts/<path:code>/relationship/barrier/", relationship_barrier, name="relationship_barrier"),
    path("accounts/<path:code>/contacts/", account_contacts, name="account_contacts"),
    path("accounts/<path:code>/contacts/person/", account_contact, name="account_contact"),
    path("accounts/<path:code>/contacts/import/", contacts_import, name="contacts_import"),
    path("accounts/<path:code>/contacts/template/", contacts_template, name="contacts_template"),
    path("accounts/<path:code>/contacts/left/", contact_left, name="contact_left"),
    path("accounts/<path:code>/contacts/merge/", contact_merge, name="contact_merge"),
    path("accounts/<path:code>/contacts/change/", contacts_change, name="contacts_change"),
    path("accounts/<path:code>/contacts/act/", contacts_act, name="contacts_act"),
    path("accounts/<path:code>/contacts/cadence/", contacts_cadence, name="contacts_cadence"),
    path("accounts/<path:code>/contacts/seniority/", contacts_seniority, name="contacts_seniority"),
    path("accounts/<path:code>/relationship/ask/", relationship_ask, name="relationship_ask"),
    path("accounts/<path:code>/relationship/revoke/", relationship_revoke, name="relationship_revoke"),
]
