"""Pages for everybody, without an account: each module here is a blueprint of its own.

Their templates extend ``base_public.html``, work without scripts and load little, for old phones on slow
links. A page named in `webapp.public.layout.NAVIGATION` stands in the foot of all of them.
"""
