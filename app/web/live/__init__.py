"""What is new while a page is open: event streams, and the same as a small answer for who asks again and again."""
