/* What arrives from a peer: opened, understood, and acted on. */
#ifndef CARELAY_INBOUND_H
#define CARELAY_INBOUND_H

#include "relay.h"

/* An SRTP or SRTCP datagram from the peer's address; overwritten in place. Never fails for what is
 * in it. `arrival` is when it reached the socket, `now` when it leaves; both monotonic seconds. */
void relay_receive(struct relay *relay, struct peer *peer, uint8_t *datagram, size_t length,
                   double arrival, double now);

#endif
