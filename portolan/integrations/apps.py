from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "portolan.integrations"
    label = "integrations"

    def ready(self) -> None:
        from portolan.integrations import receivers  # noqa: F401
