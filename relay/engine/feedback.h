/* What a peer is told by RTCP and when, apart from the media itself. */
#ifndef CARELAY_FEEDBACK_H
#define CARELAY_FEEDBACK_H

#include "peer.h"

/* Calls `emit` with each RTCP compound to send now, small enough for one datagram. */
void peer_feedback(struct peer *peer, double now, uint64_t max_video_bps,
                   void (*emit)(void *context, const uint8_t *compound, size_t length),
                   void *context);

#endif
