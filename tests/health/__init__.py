"""How the site is: each check as a table, and the two voices that tell them."""
