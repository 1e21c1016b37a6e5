"""The least that a sync must do: fetch, parse, COPY, upsert, raw bodies kept. No history, no wall, no errors, no resume.

    python -m bench.minimal POSTGRES_URL JIRA_URL      prints seconds and the number of issues as JSON

It is the yardstick of the engine, so it is as fast as we know how: two fetches ahead of the load, orjson, binary COPY,
one statement a table, and a commit that does not wait for the disk (the engine's neither).
"""

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import orjson
import psycopg
import urllib3

PAGE, AHEAD = 100, 2
SCHEMA = """
    CREATE TABLE raw (id text PRIMARY KEY, payload bytea NOT NULL, sha256 bytea NOT NULL);
    CREATE TABLE item (id text PRIMARY KEY, key text, title text, status text, category text, assignee text,
                       points numeric, created_at timestamptz, updated_at timestamptz);
    CREATE TEMPORARY TABLE staged (id text, payload bytea, sha256 bytea, key text, title text, status text,
                                   category text, assignee text, points float8, created_at text, updated_at text);
"""
TYPES = ["text", "bytea", "bytea", "text", "text", "text", "text", "text", "float8", "text", "text"]
UPSERT_RAW = """
    INSERT INTO raw AS held SELECT id, payload, sha256 FROM staged
    ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, sha256 = excluded.sha256
     WHERE held.sha256 <> excluded.sha256
"""
UPSERT_ITEM = """
    INSERT INTO item AS held
    SELECT id, key, title, status, category, assignee, points, created_at::timestamptz, updated_at::timestamptz FROM staged
    ON CONFLICT (id) DO UPDATE SET key = excluded.key, title = excluded.title, status = excluded.status,
       category = excluded.category, assignee = excluded.assignee, points = excluded.points,
       updated_at = excluded.updated_at WHERE held.updated_at < excluded.updated_at
"""


def main() -> None:
    database_url, jira_url = sys.argv[1:]
    http = urllib3.PoolManager(maxsize=AHEAD)

    def ask(path: str, payload: dict[str, Any]) -> Any:
        return orjson.loads(http.request("POST", jira_url + path, body=orjson.dumps(payload)).data)

    def ids() -> Iterator[str]:
        token: str | None = None
        while True:
            asked = {"jql": "project = BULK", "fields": ["id"], "maxResults": 5000}
            answer = ask("/rest/api/3/search/jql", asked | ({"nextPageToken": token} if token else {}))
            yield from (row["id"] for row in answer["issues"])
            token = answer.get("nextPageToken")
            if not token:
                return

    def rows(page: list[str]) -> list[tuple[Any, ...]]:
        asked = {"issueIdsOrKeys": page, "fields": ["*all"], "expand": ["changelog"]}
        return [row(issue) for issue in ask("/rest/api/3/issue/bulkfetch", asked)["issues"]]

    with psycopg.connect(database_url) as database, ThreadPoolExecutor(AHEAD) as pool:
        database.execute(SCHEMA)
        database.commit()
        database.execute("SET synchronous_commit = off")
        began = time.perf_counter()
        found = list(ids())
        pages = [found[at : at + PAGE] for at in range(0, len(found), PAGE)]
        coming = [pool.submit(rows, page) for page in pages[:AHEAD]]
        for at in range(len(pages)):
            loaded = coming.pop(0).result()
            coming += [pool.submit(rows, page) for page in pages[at + AHEAD : at + AHEAD + 1]]
            with database.transaction(), database.cursor() as cursor:
                with cursor.copy("COPY staged FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(TYPES)
                    for one in loaded:
                        copy.write_row(one)
                cursor.execute(UPSERT_RAW)
                cursor.execute(UPSERT_ITEM)
                cursor.execute("TRUNCATE staged")
        seconds = time.perf_counter() - began
        held = database.execute("SELECT count(*) FROM raw JOIN item USING (id)").fetchone()
    print(json.dumps({"seconds": seconds, "issues": held and held[0]}))


def row(issue: dict[str, Any]) -> tuple[Any, ...]:
    text = orjson.dumps(issue)
    fields = issue["fields"]
    status, who = fields["status"], fields["assignee"]
    return (
        *(issue["id"], text, sha256(text).digest(), issue["key"], fields["summary"], status["id"]),
        *(status["statusCategory"]["key"], who and who["accountId"], fields["customfield_10016"]),
        *(fields["created"], fields["updated"]),
    )


if __name__ == "__main__":
    main()
