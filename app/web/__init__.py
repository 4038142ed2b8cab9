"""The website: one file a subject, HTTP in and HTML (or XML) out, with the page cache as its front door."""
