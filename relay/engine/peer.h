/* One peer: its SRTP sessions, its tracks, and what it is told by RTCP. */
#ifndef CARELAY_PEER_H
#define CARELAY_PEER_H

#include <netinet/in.h>

#include "arrivals.h"
#include "downlink.h"
#include "senders.h"
#include "uplink.h"

enum {
    MAX_UPLINKS = 8,
    MAX_SLOTS = 32,               /* as many as an offer may have m-lines */
    MAX_NUMBERED = 2 * MAX_SLOTS, /* of audio and of video, over a connection's life */
    MAX_COMPOUND = 1200,
    /* Streams that a connection may start beside the declared ones; each replaces its m-line's
     * earlier one: this bounds work, not memory. A browser needs one or two for each time it
     * renegotiates. */
    MAX_LEARNED_SSRCS = 64,
    MAX_KNOWN_SSRCS = 4 * MAX_UPLINKS,
};

/* When a subscriber that was congested may have a higher layer again (s). */
struct layer_patience {
    double seconds, raise_after, raised_at, lowered_at;
};

struct peer {
    /* What each packet of it and to it needs stands together, up to the first of `known`. */
    uint32_t key;
    bool tapped; /* Python wants all that its uplinks bring */
    bool heard;
    uint8_t mid_id, transport_sequence_id, rid_id, repaired_rid_id;
    struct local_address local; /* what it is sent to from */
    socklen_t address_size;
    struct sockaddr_storage address; /* where it is sent to; family 0: nowhere yet */
    void *receive, *send;            /* libsrtp sessions; NULL before DTLS is done */
    double last_heard;
    uint64_t bytes_sent;       /* RTP before protection */
    struct arrivals *arrivals; /* if it numbers its packets transport-wide */
    struct lossy_path lossy_path;
    uint16_t transport_sequence; /* its newest number */
    double ticked_at;            /* when it was last told what is due; -INFINITY: never */
    unsigned known_count, learned;
    struct {
        uint32_t ssrc;
        struct uplink *uplink;
    } known[MAX_KNOWN_SSRCS];
    /* As a publisher. */
    struct uplink *uplinks[MAX_UPLINKS];
    unsigned uplink_count;
    struct refusals strangers; /* RTP of no uplink */
    uint32_t rtcp_ssrc;
    double reported_at, arrivals_reported_at;
    struct publisher_clock clock;
    struct cap_messages cap;
    /* As a subscriber. */
    struct downlink *downlinks[MAX_SLOTS];
    unsigned downlink_count;
    /* All that this connection ever had, by SSRC: under the same keys no number may come again,
     * also when an m-line goes away and comes back (RFC 7714 8.1). */
    struct downlink *numbered[MAX_NUMBERED];
    unsigned numbered_count;
    struct round_trips round_trips;
    struct budget budget;
    struct layer_patience layers;
    /* Whose SRTP and SRTCP came. */
    struct senders rtp_senders, rtcp_senders; /* apart, so that neither takes the other's room */
};

struct peer *peer_new(uint32_t key, uint32_t rtcp_ssrc);

/* Its tracks must have been ended before. */
void peer_free(struct peer *peer);

/* The peer has keys from now on. */
void peer_secure(struct peer *peer, void *receive, void *send);

/* Takes over a new slot's numbering, which is the peer's as long as it lives. */
void peer_number(struct peer *peer, struct downlink *downlink);

/* Rebuilds which SSRC is whose and which layers belong together after the uplinks changed. */
void peer_index(struct peer *peer);

/* Brings near what a packet of this SSRC, of `length` octets, needs, as far as that is known. */
void peer_fetch(const struct peer *peer, uint32_t ssrc, size_t length);

enum identified { IDENTIFIED, UNKNOWN_SSRC, TOO_MANY_SSRCS };

/* Notes the packet's arrival and finds its uplink: by SSRC, MID, or a payload type that only one
 * m-line has (RFC 9143 9.2). */
enum identified peer_identify(struct peer *peer, const struct packet *packet,
                              struct uplink **uplink);

struct uplink *peer_uplink_of(const struct peer *peer, uint32_t ssrc);
struct downlink *peer_downlink_of(const struct peer *peer, uint32_t ssrc);

/* The one with this SSRC, also if its m-line is away; NULL if there never was one. */
struct downlink *peer_numbered(const struct peer *peer, uint32_t ssrc);

/* Bits per second of all sound that goes out to it, and whether to send each packet of it twice. */
uint64_t peer_sound_bps(const struct peer *peer);
bool peer_repeats_sound(const struct peer *peer, double now);

/* Bits per second of all video that goes out to it, and what its budget gives each of them. */
uint64_t peer_video_bps(const struct peer *peer);
uint64_t peer_video_share(const struct peer *peer);

#endif
