"""Asks and offers as pages: their boards, their forms, and what stands above the replies to one."""
