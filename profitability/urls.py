"""Addresses of the profitability pages."""

from django.urls import path

from profitability.views.account_activity import account_activity
from profitability.views.cost_lines import cost_line_trail, pool_trail
from profitability.views.cost_model import cost_model, cost_model_version
from profitability.views.runs import run_list, run_page, run_progress

urlpatterns = [
    path("runs/", run_list, name="runs"),
    path("runs/<int:run_id>/", run_page, name="run"),
    path("runs/<int:run_id>/progress/", run_progress, name="run_progress"),
    path("cost-model/", cost_model, name="cost_model"),
    path("cost-model/<str:code>/<int:version>/", cost_model_version, name="cost_model_version"),
    path("cost-lines/<str:pool>/", pool_trail, name="pool_trail"),
    path("cost-lines/<str:pool>/<int:month>/", cost_line_trail, name="cost_line_trail"),
    path("accounts/<path:code>/activities/<str:activity>/", account_activity, name="account_activity"),
]
