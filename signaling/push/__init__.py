"""Web Push (RFC 8030): a call rings on a device whose page is closed.

What is pushed has no content: a browser's push service learns that something has happened, and the
words are those of the page's own service worker.
"""
