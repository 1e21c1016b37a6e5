from django.apps import AppConfig
from django.db.backends.postgresql.features import DatabaseFeatures
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "portolan.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from portolan.tenancy import catalogue

        # Django groups by `id` alone where it believes that `id` is the key; PostgreSQL knows it is (organization_id, id)
        # and refuses. Grouping by every column means the same and costs nothing measurable.
        DatabaseFeatures.allows_group_by_selected_pks = False

        post_migrate.connect(
            catalogue.assert_walls_after_migrate, sender=self, dispatch_uid="portolan.tenancy.catalogue"
        )
