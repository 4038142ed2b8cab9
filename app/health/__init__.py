"""How the site is: facts are gathered once, each check says one thing about them, and two voices tell it."""
