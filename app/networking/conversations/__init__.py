"""What the parties of an introduction, a promise or a call write to each other; nobody else reads it."""
