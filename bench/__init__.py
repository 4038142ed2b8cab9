"""The site under load: `python -m bench` drives it and prints each figure beside a yardstick's of the same run."""
