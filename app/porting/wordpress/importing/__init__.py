"""What an export says becomes rows, in units of a few hundred, and any number of times the same.

`survey` goes through the file once and looks; `groundwork` writes the site, its people, terms and
files; `posts` and `comments` write the rest item by item; `importer` holds it together, and `report`
tells what became of everything.
"""
