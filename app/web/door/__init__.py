"""In front of the framework: kept pages, security headers, cross-site refusals, static files."""
