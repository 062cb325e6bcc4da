"""From one participant's RTP packets to playable parts; `relay.recorder` is the front door.

jitterbuffer → depacketize → placement (when was it captured?) → part: webm (the muxer) and seekable
(its index); stream joins the first three, capture all of them for one participant.
"""
