from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "portolan.insights"
    label = "insights"
