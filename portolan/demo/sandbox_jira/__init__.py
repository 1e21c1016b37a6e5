"""A Jira Cloud of our own on loopback: the demo's sandbox, and the ground the tests' stand-in is built on.

`world` keeps issues whose history explains their state, `query` reads JQL, `answers` speaks Jira's REST shapes,
`server` serves them. Nothing outside 127.0.0.1 can reach it.
"""
