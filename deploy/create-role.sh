#!/bin/sh
# Run once by the postgres image, on an empty volume. The application's role owns its database and nothing more: it is
# no superuser and cannot bypass row-level security, which is the wall between organizations.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$PORTOLAN_DATABASE_PASSWORD" --username postgres <<'SQL'
CREATE ROLE portolan LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
ALTER ROLE portolan SET default_toast_compression = 'lz4';
CREATE DATABASE portolan OWNER portolan;
-- From here on the superuser enters only through the socket inside this container.
ALTER ROLE postgres PASSWORD NULL;
SQL
