/* All peers of one UDP port and what happens to each packet. No socket, no thread and no clock in here: datagrams and
 * the time come in, datagrams go to the outbox, what Python is to know goes to the taps ring. */
#ifndef CARELAY_RELAY_H
#define CARELAY_RELAY_H

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

enum dropped {
    DROPPED_LENGTH,
    DROPPED_FIRST_BYTE,
    DROPPED_UNKNOWN_ADDRESS,
    DROPPED_UNKNOWN_PEER,
    DROPPED_BEFORE_DTLS,
    DROPPED_SRTP_REFUSED,
    DROPPED_SRTP_REPLAYED,
    DROPPED_SRTCP_REFUSED,
    DROPPED_SRTCP_REPLAYED,
    DROPPED_MALFORMED_RTP,
    DROPPED_MALFORMED_RTCP,
    DROPPED_UNKNOWN_SSRC,
    DROPPED_TOO_MANY_SSRCS,
    DROPPED_TOO_FAST,
    DROPPED_PAYLOAD_TYPE,
    DROPPED_OUT_OF_SEQUENCE,
    DROPPED_RTX_BEFORE_MEDIA,
    DROPPED_DUPLICATE_OR_PADDING,
    DROPPED_TOO_LONG_TO_SEND,
    DROPPED_NO_CONSENT,
    DROPPED_SEND_BUFFER_FULL,
    DROPPED_SEND_FAILED,
    DROPPED_RECEIVE_FAILED,
    DROPPED_RECEIVE_QUEUE_FULL,
    DROPPED_REASONS,
};
extern const char *const dropped_names[DROPPED_REASONS];

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

/* Takes them over: tracks of the peer that are not among them end; the others stay or are new. Uplinks are the
 * relay's from now on, downlinks are among those that the peer has `numbered`. */
void relay_negotiate(struct relay *relay, struct peer *peer, const struct tracks *tracks);

/* Where the peer is sent to from now on, and from which of our addresses; nowhere with size 0. */
void relay_direct(struct relay *relay, uint32_t key, const struct sockaddr_storage *address, socklen_t size,
                  struct local_address local);

/* The source is not heard any more, until packets come again; a tap hears that once. */
void relay_end(struct relay *relay, struct peer *peer, struct uplink *uplink);

/* An SRTP or SRTCP datagram from the peer's address; overwritten in place. Never fails for what is in it. `arrival`
 * is when it reached the socket, `now` when it leaves; both monotonic seconds. */
void relay_receive(struct relay *relay, struct peer *peer, uint8_t *datagram, size_t length, double arrival,
                   double now);

/* Sends what is due to everybody: reports, feedback, requests. */
void relay_tick(struct relay *relay, double now);

/* The same for those whose turn came since the last call. Each has its own moment in `interval` seconds, so that no
 * packet waits until everybody was told something. */
void relay_tick_due(struct relay *relay, double now, double interval);

/* --- between relay.c and inbound.c --- */

/* Where the next datagram to send is written. */
struct outgoing *relay_outgoing(struct relay *relay);

/* Protects what was written there and keeps it to be sent; dropped and counted, and false, where that cannot be done.
 */
bool relay_dispatch(struct relay *relay, struct peer *peer, struct outgoing *out, size_t length, bool rtcp);

/* Keeps protected octets that were written there to be sent. False, and counted, if there is no address that wants
 * them. */
bool relay_post(struct relay *relay, const struct peer *peer, struct outgoing *out, size_t size);

#endif
