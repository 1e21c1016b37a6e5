"""Servers somebody else runs, named by `DATABASE_URL` and `REDIS_URL`: asked once whether Portolan can live there."""

import psycopg
import redis

from scripts.refusal import Refusal

OLDEST_POSTGRES = 15


def check_database(url: str) -> None:
    """This function will refuse a database that does not answer, is too old, or whose role could pass the wall.

    Row-level security does not bind superusers and roles with BYPASSRLS, so tenants would see each other's rows.
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
            unbound = connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
            ).fetchone()
    except psycopg.Error as error:
        raise Refusal(
            f"The database in DATABASE_URL does not answer ({_one_line(error)}); correct the address, "
            "or unset DATABASE_URL to use the embedded PostgreSQL."
        ) from error
    if version < OLDEST_POSTGRES:
        raise Refusal(
            f"The database in DATABASE_URL is PostgreSQL {version} and Portolan needs {OLDEST_POSTGRES} or newer; "
            "upgrade it, or unset DATABASE_URL to use the embedded PostgreSQL."
        )
    if unbound:
        raise Refusal(
            f"The role {unbound[0]!r} in DATABASE_URL may bypass row-level security, which is the wall between "
            "organizations; connect as a role created with NOSUPERUSER NOBYPASSRLS."
        )


def check_redis(url: str) -> None:
    """This function will refuse a Redis that does not answer."""
    try:
        with redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=10) as connection:
            connection.ping()
    except (redis.RedisError, ValueError) as error:
        raise Refusal(
            f"The Redis in REDIS_URL does not answer ({_one_line(error)}); correct the address, "
            "or unset REDIS_URL to use the embedded Redis."
        ) from error


def _one_line(error: Exception) -> str:
    """This function will shorten a driver's message to one line; drivers put no password into theirs."""
    return " ".join(str(error).split()).rstrip(".")
