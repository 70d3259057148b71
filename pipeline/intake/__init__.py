"""Files become scans: what is there, of what kind, page by page, within limits."""
