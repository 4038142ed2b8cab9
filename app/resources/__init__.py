"""Things to download, and letters to fill in: versions, who may have them, how often they were fetched."""
