"""Who wants to know, and the letters: follows, the texts of mails, and the box they wait in."""
