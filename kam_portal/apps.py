"""The site: joins the apps, owns nothing of the domain."""

from django.apps import AppConfig


class KamPortalConfig(AppConfig):
    name = "kam_portal"

    def ready(self) -> None:
        # Registers the system checks, and makes ours the application that tasks are sent through.
        from kam_portal import celery, checks  # noqa: F401
