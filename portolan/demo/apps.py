from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "portolan.demo"
    label = "demo"
