"""Owning a site, at `/admin/`: settings, menus, redirects, who writes here, and the log of what was changed."""
