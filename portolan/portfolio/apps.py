from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "portolan.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        from portolan.portfolio import receivers  # noqa: F401
