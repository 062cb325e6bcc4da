"""From one participant's RTP packets to playable parts; `relay.recorder` is the front door.

jitterbuffer → depacketize → timeline (when was it captured?) → part: webm (the muxer) and seekable
(its index); capture joins them for one participant.
"""
