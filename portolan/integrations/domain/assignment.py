"""Which product each item belongs to, decided for a whole connection in one statement."""

from contextlib import closing
from uuid import UUID

from django.db import connection as database

from portolan.integrations.domain.loading import OWNER
from portolan.tenancy import scope


def assign(connection_id: UUID) -> frozenset[UUID]:
    """This function will give every item of a connection the product and team of its most specific mapping.

    Returns the products that gained or lost an item; an item that stays where it is writes nothing.
    """
    values = {"organization": scope.current_organization_id(), "connection": connection_id}
    with closing(database.cursor()) as cursor:
        cursor.execute(_ASSIGN, values)
        pairs = cursor.fetchall()
    return frozenset(product for pair in pairs for product in pair if product is not None)


_ASSIGN = f"""
    WITH changed AS (
        SELECT s.id, s.product_id AS old_product_id, owner.product_id, owner.team_id
          FROM integrations_workitem s {OWNER}
         WHERE s.organization_id = %(organization)s AND s.connection_id = %(connection)s
           AND (s.product_id, s.team_id) IS DISTINCT FROM (owner.product_id, owner.team_id)),
    moved AS (
        UPDATE integrations_workitem w SET product_id = changed.product_id, team_id = changed.team_id
          FROM changed WHERE w.organization_id = %(organization)s AND w.id = changed.id
        RETURNING changed.old_product_id, changed.product_id)
    SELECT DISTINCT old_product_id, product_id FROM moved
"""  # noqa: S608 - only our own column names are put in
