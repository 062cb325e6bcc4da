"""WebRTC clients in numbers, to see what a server holds: real ICE, DTLS and SRTP, made-up sound
and picture.

`connection` is one client up to its SRTP keys, `description` what it offers and reads in an answer,
`generator` sends and receives for all of them on one thread without the GIL (in C: `loop`, `media`,
`control`, `reception`, `delays`; only `module` knows Python), `running` lets clients come while it
does. None of it knows HTTP: `carelay load` and the benchmarks bring the clients to their server.
"""
