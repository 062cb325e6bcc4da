/* All peers of one UDP port. No socket, no thread and no clock from here down: datagrams and the
 * time come in (inbound), datagrams go to the outbox (outbound), and what Python is to know goes to
 * the ring of taps. */
#ifndef CARELAY_RELAY_H
#define CARELAY_RELAY_H

#include "dropped.h"
#include "outbox.h"
#include "peer.h"
#include "taps.h"

/* libsrtp's functions, as pylibsrtp has them linked in. */
struct srtp_functions {
    int (*protect)(void *session, void *packet, int *length);
    int (*unprotect)(void *session, void *packet, int *length);
    int (*protect_rtcp)(void *session, void *packet, int *length);
    int (*unprotect_rtcp)(void *session, void *packet, int *length);
};
extern struct srtp_functions srtp;

struct relay {
    double epoch; /* + monotonic seconds = seconds since 1900 */
    uint64_t max_video_bps;
    struct peer **peers; /* by key modulo `room`, a power of two; at most half full */
    unsigned peer_count, room;
    uint32_t last_key;
    uint64_t turn; /* the next place in `peers` to be ticked, counted on */
    uint64_t dropped[DROPPED_REASONS];
    uint64_t received_packets, forwarded_packets;
    struct taps taps;
    struct outbox outbox;
};

struct relay *relay_new(double epoch, uint64_t max_video_bps, size_t taps_most);
void relay_free(struct relay *relay);

/* All return NULL or do nothing for a key that is not (or no longer) known. */
struct peer *relay_add(struct relay *relay, uint32_t rtcp_ssrc);
struct peer *relay_peer(const struct relay *relay, uint32_t key);
void relay_remove(struct relay *relay, uint32_t key);

/* The keys are agreed: what was on its slots before can start now. */
void relay_secure(struct relay *relay, uint32_t key, void *receive, void *send);

/* All m-lines of an answer. */
struct tracks {
    struct uplink *uplinks[MAX_UPLINKS];
    struct downlink *downlinks[MAX_SLOTS];
    unsigned uplink_count, downlink_count;
};

/* Takes them over: tracks of the peer that are not among them end; the others stay or are new.
 * Uplinks are the relay's from now on, downlinks are among those that the peer has `numbered`. */
void relay_negotiate(struct relay *relay, struct peer *peer, const struct tracks *tracks);

/* Where the peer is sent to from now on, and from which of our addresses; nowhere with size 0. */
void relay_direct(struct relay *relay, uint32_t key, const struct sockaddr_storage *address,
                  socklen_t size, struct local_address local);

/* The source is not heard any more, until packets come again; a tap hears that once. */
void relay_end(struct relay *relay, struct peer *peer, struct uplink *uplink);

#endif
