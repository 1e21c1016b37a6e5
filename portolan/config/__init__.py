"""Wiring only: settings, environment, urls, API router, Celery, WSGI."""

from portolan.config.celery import celery

__all__ = ["celery"]
