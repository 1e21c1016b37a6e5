# Portolan for production-like use: nothing runs as root, everything installed is hashed in requirements/base.txt.
FROM python:3.13-slim AS build
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/base.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/portolan portolan
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/portolan
COPY manage.py ./
COPY portolan portolan
COPY templates templates
COPY static static
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# The keys of this one line are thrown away with it: collecting files signs and encrypts nothing.
RUN PORTOLAN_SECRET_KEY=build PORTOLAN_VAULT_KEYS=build python manage.py collectstatic --no-input --verbosity 0 \
    && python -m whitenoise.compress --quiet staticfiles
USER portolan
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["python", "-m", "portolan.config.pulse"]
CMD ["gunicorn", "--config", "python:portolan.config.gunicorn", "--bind", "0.0.0.0:8000"]
