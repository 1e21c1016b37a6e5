"""Jira Cloud as a provider: `client` speaks HTTP, `mapping` understands, `jql` asks, `fields` proposes."""
