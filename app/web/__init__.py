"""The website: one file a subject, HTTP in and HTML (or XML) out; `door` stands in front of the framework."""
