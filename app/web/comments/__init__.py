"""The comment form's other end, and the page of a comment's own author."""
