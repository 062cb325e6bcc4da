/* The tracks of a peer: what it sends (uplinks) and the slots on which it receives (downlinks). */
#ifndef CARELAY_TRACK_H
#define CARELAY_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "bandwidth.h"
#include "cache.h"
#include "clock.h"
#include "continuity.h"
#include "keyframe.h"
#include "packet.h"
#include "reception.h"
#include "repetition.h"
#include "retransmission.h"
#include "rtcp.h"
#include "sequence.h"
#include "vp8.h"

enum { MAX_MID = 32, MAX_CODECS = 4, NO_RTX = 0xff };

/* One payload type as one peer numbers it. Codecs of equal `format` are the same to a decoder. */
struct codec {
    uint8_t payload_type, rtx_payload_type;
    enum coding coding;
    uint32_t clock_rate;
    char format[32];
};

struct codecs {
    unsigned count;
    struct codec list[MAX_CODECS];
};

/* The packets of one SSRC, until it starts its numbers over. Another one on the same m-line is another stream:
 * nothing carries over. */
struct stream {
    uint64_t serial; /* tells streams apart; 0: no packet yet */
    uint32_t ssrc;
    const struct codec *codec;
    struct sequence sequence;
    struct reception reception;
    struct missing_packets missing;
    struct cache cache;
    struct clock_point clock;
    bool reported;
    uint32_t last_report;
    double reported_at;
};

/* One source of a publisher as it arrives, and the slots that carry it. With simulcast (RFC 8853) it is one layer of
 * the picture: each has its own SSRC, cache, loss and keyframes. */
struct uplink {
    char mid[MAX_MID + 1], rid[MAX_MID + 1]; /* no rid: the source has one layer */
    struct uplink *higher, *lower;           /* the same picture, larger and smaller */
    struct uplink *recorded;                 /* of the highest: the layer that taps get */
    uint32_t untapped;                       /* of the highest: packets since the last one that taps had room for */
    double heard_at;                         /* of the newest payload; -INFINITY: none since it ended */
    uint32_t token;                          /* Python's name for it */
    bool video, active;                      /* active: packets came since the source last ended */
    struct codecs codecs;
    bool has_ssrc, has_rtx_ssrc;
    uint32_t ssrc, rtx_ssrc;
    struct stream stream;
    struct keyframe_requests keyframes;
    struct refusals refusals;
    struct ingress ingress;
    struct rate rate;
    struct rate
        forwarded; /* without the padding with which browsers probe the path, megabits on the smallest layer */
    uint64_t packets, retransmitted, nacks;
    struct downlink **outlets;
    unsigned outlet_count, outlet_room;
};

enum verdict {
    ACCEPTED,
    REFUSED_TOO_FAST,
    REFUSED_PAYLOAD_TYPE,
    REFUSED_OUT_OF_SEQUENCE,
    REFUSED_RTX_BEFORE_MEDIA,
    REFUSED_DUPLICATE_OR_PADDING,
};

void uplink_open(struct uplink *uplink);
void uplink_close(struct uplink *uplink);

/* The codec of a payload type, or NULL; `rtx` tells that it is the retransmission of that codec. */
const struct codec *codec_of(const struct codecs *codecs, uint8_t payload_type, bool *rtx);

/* Takes a packet in; if accepted, it is the packet to forward (restored if it was RTX), `extended` its number. */
enum verdict uplink_accept(struct uplink *uplink, struct packet *packet, int64_t *extended, uint64_t max_video_bps,
                           double now);

/* Takes over a sender report of the current stream. */
void uplink_sender_report(struct uplink *uplink, struct publisher_clock *clock, double epoch, uint64_t ntp,
                          uint32_t rtp, double arrival);

/* A report block for the publisher; ends a loss interval. */
struct report uplink_report(struct uplink *uplink, double now);

/* --- layers (layer.c) --- */

static inline bool uplink_layered(const struct uplink *uplink) { return uplink->higher || uplink->lower; }

struct uplink *uplink_top(struct uplink *layer);

/* Whether payload comes: browsers stop the layers that their bandwidth does not allow, do not say so, and may go on
 * probing the path with padding. */
bool uplink_live(const struct uplink *layer, double now);

/* Whether any layer of its picture has brought packets since the source ended. */
bool uplink_any_active(const struct uplink *layer);

/* Whether taps get this packet: of the highest live layer, another one only from its next keyframe on. */
bool uplink_recorded(struct uplink *layer, const struct packet *packet, double now);

/* Asks for a keyframe of what taps get. */
void uplink_ask_recorded(struct uplink *top);

/* What was agreed about one slot. */
struct slot {
    char mid[MAX_MID + 1];
    char name[MAX_MID + 1]; /* of its stream, as canonical name */
    bool video;
    struct codecs codecs;
    uint32_t ssrc, rtx_ssrc;      /* rtx_ssrc 0: none */
    uint8_t mid_id, send_time_id; /* header extensions; 0: none */
};

/* One slot's outgoing stream. SSRCs and numbering last as long as the connection, sources come and go. */
struct downlink {
    struct slot slot;
    struct peer *peer;
    uint8_t mid_element[MAX_ELEMENT];
    uint8_t mid_element_size;
    struct uplink *source;                 /* the layer that flows, or is to */
    struct uplink *next;                   /* the layer to go over to with its next keyframe; NULL: none */
    uint64_t stream_serial;                /* what flows; 0: nothing (yet) */
    const struct codec *match[MAX_CODECS]; /* for each codec of the source, ours */
    struct continuity continuity;
    struct picture_numbers pictures;
    uint16_t rtx_sequence;
    struct resend_limit limit;
    bool reported, has_report;
    double reported_at, mended_at;
    struct report report; /* the subscriber's latest */
    struct loss_window loss;
    struct repetition repetition;
    struct rate rate;
    uint64_t packets, nacks, plis, retransmitted;
    uint64_t cached; /* of the NACKed packets, those that were still there */
};

/* `first_sequence` below 2^15, so that early loss cannot be mistaken for a wrap (RFC 3711 3.3.1). */
void downlink_open(struct downlink *downlink, uint16_t first_sequence, uint32_t first_timestamp);
void downlink_close(struct downlink *downlink);

/* Takes over another answer's codecs and extensions for the same SSRC. */
void downlink_renegotiate(struct downlink *downlink, const struct slot *slot);

/* Carries this source from now on; none if NULL. Video starts with its next keyframe. False if out of memory. */
bool downlink_attach(struct downlink *downlink, struct uplink *source);

/* Goes over to another layer of its source: with that one's next keyframe, until then the old one goes on. */
bool downlink_aim(struct downlink *downlink, struct uplink *layer);

/* Asks the source for a keyframe, if this is a video that somebody could receive. */
void downlink_ask_keyframe(struct downlink *downlink);

/* Whether packets of the routed source go out. */
static inline bool downlink_flowing(const struct downlink *downlink) { return downlink->stream_serial != 0; }

/* Writes a packet of the layer as the subscriber gets it; returns its size, 0 if it is not for this slot (yet). */
size_t downlink_forward(struct downlink *downlink, struct uplink *layer, const struct packet *packet,
                        int64_t extended, double now, uint8_t *out);

/* Writes the RTX packet for a number the subscriber misses; 0 if it is gone, or was sent again just now. */
size_t downlink_resend(struct downlink *downlink, uint16_t sequence, double round_trip, double now, uint8_t *out);

/* Writes the source's clock in this slot's timestamps, if it is due: with the first packet of a stream, then each
 * second; returns its size and sets `ntp`. */
size_t downlink_sender_report(struct downlink *downlink, double now, uint8_t *out, uint64_t *ntp);

#endif
