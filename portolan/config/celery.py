"""The Celery application. Tasks live in each room's `tasks.py`; schedules stand in settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portolan.config.settings")

celery = Celery("portolan")
celery.config_from_object("django.conf:settings", namespace="CELERY")
celery.autodiscover_tasks()
