/* The slots on which a subscriber receives, each of which a source is put on. */
#ifndef CARELAY_DOWNLINK_H
#define CARELAY_DOWNLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "bandwidth.h"
#include "continuity.h"
#include "repetition.h"
#include "retransmission.h"
#include "rtcp.h"
#include "uplink.h"
#include "vp8.h"

struct peer;

/* What was agreed about one slot. */
struct slot {
    bool video;
    uint8_t mid_id, send_time_id; /* header extensions; 0: none */
    uint32_t ssrc, rtx_ssrc;      /* rtx_ssrc 0: none */
    struct codecs codecs;
    char mid[MAX_MID + 1];
    char name[MAX_MID + 1]; /* of its stream, as canonical name */
};

/* One slot's outgoing stream. SSRCs and numbering last for the connection, sources come and go. */
struct downlink {
    /* What each packet needs stands together, up to the first codec: `fetch.h`. */
    struct peer *peer;
    struct uplink *source;  /* the layer that flows, or is to */
    struct uplink *next;    /* the layer to go over to with its next keyframe; NULL: none */
    uint64_t stream_serial; /* what flows; 0: nothing (yet) */
    struct continuity continuity;
    struct picture_numbers pictures;
    uint64_t packets, nacks, plis, retransmitted;
    uint64_t cached; /* of the NACKed packets, those that were still there */
    struct rate rate;
    struct resend_limit limit;
    uint8_t mid_element[MAX_ELEMENT];
    uint8_t mid_element_size;
    bool secured; /* the peer has keys, so that what is asked for in its name can reach it */
    const struct codec *match[MAX_CODECS]; /* for each codec of the source, ours */
    struct slot slot;
    uint16_t rtx_sequence;
    bool reported, has_report;
    double reported_at, mended_at;
    struct report report; /* the subscriber's latest */
    double own_jitter;    /* in timestamp units, of the subscriber's own way at that report */
    struct loss_window loss;
    struct repetition repetition;
};

/* `first_sequence` below 2^15, so that early loss is not taken for a wrap (RFC 3711 3.3.1). */
void downlink_open(struct downlink *downlink, uint16_t first_sequence, uint32_t first_timestamp);
void downlink_close(struct downlink *downlink);

/* Takes over another answer's codecs and extensions for the same SSRC. */
void downlink_renegotiate(struct downlink *downlink, const struct slot *slot);

/* Carries this source from now on; none if NULL. Video starts with its next keyframe. Returns false
 * if out of memory. */
bool downlink_attach(struct downlink *downlink, struct uplink *source);

/* Goes over to another layer of its source at its next keyframe; until then the old one flows. */
bool downlink_aim(struct downlink *downlink, struct uplink *layer);

/* Asks the source for a keyframe, if this is a video whose subscriber could receive it. */
void downlink_ask_keyframe(struct downlink *downlink);

/* Whether packets of the routed source go out. */
static inline bool downlink_flowing(const struct downlink *downlink) {
    return downlink->stream_serial != 0;
}

/* Brings near what a packet needs that is to be forwarded soon. */
void downlink_fetch(const struct downlink *downlink);

/* Takes in what the subscriber says of it. True once `loss` has another complete stretch. */
bool downlink_reported(struct downlink *downlink, const struct report *report, double now);

/* Writes a packet of the layer as the subscriber gets it. Returns its size, 0 if it is not for this
 * slot, or not yet. */
size_t downlink_forward(struct downlink *downlink, struct uplink *layer,
                        const struct packet *packet, int64_t extended, double now, uint8_t *out);

/* Writes the RTX packet for a number the subscriber misses; 0 if it is gone or just went again. */
size_t downlink_resend(struct downlink *downlink, uint16_t sequence, double round_trip, double now,
                       uint8_t *out);

/* Writes the source's clock in this slot's timestamps, if it is due: with the first packet of a
 * stream, then each second; returns its size and sets `ntp`. */
size_t downlink_sender_report(struct downlink *downlink, double now, uint8_t *out, uint64_t *ntp);

#endif
