"""Addresses of the profitability pages."""

from django.urls import path

from profitability.views.account_activity import account_activity
from profitability.views.cost_lines import cost_line_trail, pool_trail
from profitability.views.cost_model import cost_model, cost_model_version
from profitability.views.cost_model_edit import (
    cost_model_check,
    cost_model_choose,
    cost_model_copy,
    cost_model_differences,
    cost_model_discard,
    cost_model_edit,
    cost_model_new,
    cost_model_reopen,
    cost_model_upload,
    cost_model_yaml,
)
from profitability.views.costs import costs_grid, costs_save
from profitability.views.no_account import no_account_trail
from profitability.views.runs import run_list, run_page, run_progress

urlpatterns = [
    path("runs/", run_list, name="runs"),
    path("runs/<int:run_id>/", run_page, name="run"),
    path("runs/<int:run_id>/progress/", run_progress, name="run_progress"),
    path("cost-model/", cost_model, name="cost_model"),
    path("cost-model/<str:code>/<int:version>/", cost_model_version, name="cost_model_version"),
    path("cost-model/new/", cost_model_new, name="cost_model_new"),
    path("cost-model/<str:code>/<int:version>/edit/", cost_model_edit, name="cost_model_edit"),
    path("cost-model/<str:code>/<int:version>/check/", cost_model_check, name="cost_model_check"),
    path("cost-model/<str:code>/<int:version>/upload/", cost_model_upload, name="cost_model_upload"),
    path("cost-model/<str:code>/<int:version>/yaml/", cost_model_yaml, name="cost_model_yaml"),
    path("cost-model/<str:code>/<int:version>/copy/", cost_model_copy, name="cost_model_copy"),
    path("cost-model/<str:code>/<int:version>/reopen/", cost_model_reopen, name="cost_model_reopen"),
    path("cost-model/<str:code>/<int:version>/choose/", cost_model_choose, name="cost_model_choose"),
    path("cost-model/<str:code>/<int:version>/discard/", cost_model_discard, name="cost_model_discard"),
    path(
        "cost-model/<str:code>/<int:version>/differences/<int:other>/",
        cost_model_differences,
        name="cost_model_differences",
    ),
    path("costs/", costs_grid, name="costs_grid"),
    path("costs/save/", costs_save, name="costs_save"),
    path("no-account/", no_account_trail, name="no_account_trail"),
    path("cost-lines/<str:pool>/", pool_trail, name="pool_trail"),
    path("cost-lines/<str:pool>/<int:month>/", cost_line_trail, name="cost_line_trail"),
    path("accounts/<path:code>/activities/<str:activity>/", account_activity, name="account_activity"),
]
