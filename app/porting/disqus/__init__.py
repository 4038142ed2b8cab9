"""Comments that were kept at Disqus come under the posts they belong to.

`reading` takes their export apart, `matching` finds the posts, `scratch` keeps the comments sorted meanwhile.
"""
