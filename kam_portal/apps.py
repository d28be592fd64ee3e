"""The site: joins the apps, owns nothing of the domain."""

from django.apps import AppConfig


class KamPortalConfig(AppConfig):
    name = "kam_portal"

    def ready(self) -> None:
        from kam_portal import checks  # noqa: F401  (registers the system checks)
