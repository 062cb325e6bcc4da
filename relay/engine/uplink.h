/* The sources of a publisher as they arrive, and what was negotiated about each. */
#ifndef CARELAY_UPLINK_H
#define CARELAY_UPLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "bandwidth.h"
#include "cache.h"
#include "clock.h"
#include "keyframe.h"
#include "packet.h"
#include "reception.h"
#include "retransmission.h"
#include "rtcp.h"
#include "sequence.h"

struct downlink;

enum { MAX_MID = 32, MAX_CODECS = 4, NO_RTX = 0xff, USUAL_OUTLETS = 2 };

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

/* The packets of one SSRC, until it starts its numbers over. Another one on the same m-line is
 * another stream: nothing carries over. */
struct stream {
    uint64_t serial; /* tells streams apart; 0: no packet yet */
    uint32_t ssrc;
    const struct codec *codec;
    struct sequence sequence;
    struct reception reception;
    struct cache cache;
    struct missing_packets missing;
    struct clock_point clock;
    bool reported;
    uint32_t last_report;
    double reported_at;
};

/* One source of a publisher as it arrives, and the slots that carry it. With simulcast (RFC 8853)
 * it is one layer of the picture: each has its own SSRC, cache, loss and keyframes. */
struct uplink {
    /* What each packet needs stands together, up to what is missing of the stream: `fetch.h`. */
    bool video, active; /* active: packets came since the source last ended */
    bool has_ssrc, has_rtx_ssrc;
    uint32_t ssrc, rtx_ssrc;
    uint32_t token;  /* Python's name for it */
    double heard_at; /* of the newest payload; -INFINITY: none since it ended */
    uint64_t packets, retransmitted, nacks;
    struct downlink **outlets, *usual_outlets[USUAL_OUTLETS];
    unsigned outlet_count, outlet_room;
    struct ingress ingress;
    struct refusals refusals;
    struct keyframe_requests keyframes;
    struct rate rate;
    struct rate forwarded; /* without padding: probes of the path are megabits on a small layer */
    struct codecs codecs;
    struct stream stream;
    char mid[MAX_MID + 1], rid[MAX_MID + 1]; /* no rid: the source has one layer */
    struct uplink *higher, *lower;           /* the same picture, larger and smaller */
    struct uplink *recorded;                 /* of the highest: the layer that taps get */
    uint32_t untapped; /* of the highest: packets since the last one that taps had room for */
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

/* Brings near what its next packet, of that many octets, needs. */
void uplink_fetch(const struct uplink *uplink, size_t length);

/* Takes a packet in. An accepted one is to be forwarded, RTX restored; `extended` is its number. */
enum verdict uplink_accept(struct uplink *uplink, struct packet *packet, int64_t *extended,
                           uint64_t max_video_bps, double now);

/* Takes over a sender report of the current stream. */
void uplink_sender_report(struct uplink *uplink, struct publisher_clock *clock, double epoch,
                          uint64_t ntp, uint32_t rtp, double arrival);

/* A report block for the publisher; ends a loss interval. */
struct report uplink_report(struct uplink *uplink, double now);

#endif
