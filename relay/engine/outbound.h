/* What goes out to a peer: protected, counted, and put in the outbox. */
#ifndef CARELAY_OUTBOUND_H
#define CARELAY_OUTBOUND_H

#include "relay.h"

/* Where the next datagram to send is written. */
struct outgoing *relay_outgoing(struct relay *relay);

/* Protects what was written there and keeps it to be sent; where that cannot be done, it is dropped
 * and counted. Returns whether it is kept. */
bool relay_dispatch(struct relay *relay, struct peer *peer, struct outgoing *out, size_t length,
                    bool rtcp);

/* Keeps protected octets that were written there to be sent. False, and counted, if there is no
 * address that wants them. */
bool relay_post(struct relay *relay, const struct peer *peer, struct outgoing *out, size_t size);

/* Sends what is due to everybody: reports, feedback, requests. */
void relay_tick(struct relay *relay, double now);

/* The same for those to whom it is due after `interval` seconds: along with a packet that is in the
 * outbox already, so that they are woken once for both, or at their turn. Each has its own moment
 * in that time, so that no packet waits until everybody was told something. */
void relay_tick_due(struct relay *relay, double now, double interval);

#endif
