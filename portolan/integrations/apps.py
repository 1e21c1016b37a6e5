from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "portolan.integrations"
    label = "integrations"
