"""What pages and the API read: rows in, values of the domain out. A dashboard reads rollups and never single items."""
