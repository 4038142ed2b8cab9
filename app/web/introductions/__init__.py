"""`/intros/`: what waits for one's answer, requests and offers, whom one knows; nothing of anybody else's."""
