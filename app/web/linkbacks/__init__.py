"""The doors for other sites' links: trackback, webmention and its status pages, and pingback for the XML-RPC door."""
