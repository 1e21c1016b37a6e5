from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "portolan.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from portolan.tenancy import catalogue

        post_migrate.connect(
            catalogue.assert_walls_after_migrate, sender=self, dispatch_uid="portolan.tenancy.catalogue"
        )
