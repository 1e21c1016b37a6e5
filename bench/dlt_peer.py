"""dlt's REST source, as its documentation sets it up: the same issues into the same PostgreSQL, merged by id.

    .tools/bench/bin/python bench/dlt_peer.py POSTGRES_URL JIRA_URL DIRECTORY      prints seconds and issues as JSON

Lists of lists become child tables, which is what dlt does by itself; nothing is told to be skipped.
"""

import json
import os
import sys
import time

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt
import psycopg2
from dlt.sources.rest_api import rest_api_source

database_url, jira_url, directory = sys.argv[1:]
# dlt insists on a password and a host; the server asks for no password, and libpq goes to the socket that follows.
spelled_out = database_url.replace("portolan@/", "portolan:none@localhost:5432/")
issues = rest_api_source(
    {
        "client": {"base_url": jira_url},
        "resources": [
            {
                "name": "issue",
                "primary_key": "id",
                "write_disposition": "merge",
                "endpoint": {
                    "path": "rest/api/3/search/jql",
                    "params": {"jql": "project = BULK", "fields": "*all", "expand": "changelog", "maxResults": 100},
                    "data_selector": "issues",
                    "paginator": {
                        "type": "cursor",
                        "cursor_path": "nextPageToken",
                        "cursor_param": "nextPageToken",
                    },
                },
            }
        ],
    }
)
pipeline = dlt.pipeline(
    "bench", pipelines_dir=directory, destination=dlt.destinations.postgres(spelled_out), dataset_name="bulk"
)
began = time.perf_counter()
pipeline.run(issues)
seconds = time.perf_counter() - began
with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM bulk.issue")
    print(json.dumps({"seconds": seconds, "issues": cursor.fetchone()[0]}))
