/* The incoming streams of a client. */
#ifndef CARELAY_LOAD_RECEIVED_H
#define CARELAY_LOAD_RECEIVED_H

#include "load.h"

/* The stream of that SSRC, new or known; NULL if there are too many. */
struct received *stream_received(struct client *client, uint32_t ssrc);

/* Whether this number came before, as far as the newest 64 tell; it has come from now on. */
bool came_before(struct received *stream, uint16_t sequence);

#endif
