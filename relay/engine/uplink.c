#include "uplink.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fetch.h"

static _Atomic uint64_t last_serial; /* of all ports */

void uplink_open(struct uplink *self) {
    self->keyframes.asked_at = self->heard_at = -INFINITY;
    self->outlets = self->usual_outlets;
    self->outlet_room = USUAL_OUTLETS;
    cache_open(&self->stream.cache, self->video);
}

void uplink_close(struct uplink *self) {
    if (self->higher) self->higher->lower = self->lower;
    if (self->lower) self->lower->higher = self->higher;
    cache_close(&self->stream.cache);
    if (self->outlets != self->usual_outlets) free(self->outlets);
}

const struct codec *codec_of(const struct codecs *codecs, uint8_t payload_type, bool *rtx) {
    for (unsigned i = 0; i < codecs->count; i++) {
        const struct codec *codec = &codecs->list[i];
        *rtx = codec->rtx_payload_type == payload_type;
        if (*rtx || codec->payload_type == payload_type) return codec;
    }
    return NULL;
}

static void begin_stream(struct uplink *self, uint32_t ssrc, const struct codec *codec,
                         struct sequence sequence) {
    struct cache cache = self->stream.cache; /* its memory serves every stream of the m-line */
    cache_clear(&cache);
    self->stream = (struct stream){.serial = atomic_fetch_add(&last_serial, 1) + 1,
                                   .ssrc = ssrc,
                                   .sequence = sequence,
                                   .cache = cache};
    self->stream.reception.clock_rate = codec->clock_rate;
}

/* Browsers probe the path by sending again what came long ago: no error, but nothing to forward. */
static enum verdict take_new(struct uplink *self, struct packet *packet, int64_t extended,
                             double now) {
    struct stream *stream = &self->stream;
    if (!cache_add(&stream->cache, extended, packet, now)) return REFUSED_DUPLICATE_OR_PADDING;
    missing_received(&stream->missing, extended, now);
    self->active = true;
    const uint8_t *payload = packet->data + packet->payload_at;
    uint16_t length = packet_payload_length(packet);
    if (!length) return ACCEPTED; /* a stopped layer may carry the padding that probes the path */
    self->heard_at = now;
    self->forwarded.count += packet->length;
    if (self->keyframes.wanted && starts_keyframe(stream->codec->coding, payload, length))
        self->keyframes.wanted = false; /* it serves everybody who waited */
    return ACCEPTED;
}

static enum verdict take_retransmission(struct uplink *self, const struct codec *codec,
                                        struct packet *packet, int64_t *extended, double now) {
    struct stream *stream = &self->stream;
    if (!stream->serial) return REFUSED_RTX_BEFORE_MEDIA;
    if (!packet_restore(packet, codec->payload_type, stream->ssrc))
        return REFUSED_DUPLICATE_OR_PADDING;
    self->retransmitted++;
    if (!sequence_place(&stream->sequence, packet->sequence, extended))
        return REFUSED_DUPLICATE_OR_PADDING;
    return take_new(self, packet, *extended, now);
}

/* Extends the packet's number. A stream begins where its SSRC is new or starts its numbers over. */
static bool place(struct uplink *self, const struct packet *packet, const struct codec *codec,
                  int64_t *extended) {
    struct stream *stream = &self->stream;
    struct sequence sequence = {0};
    if (!stream->serial || stream->ssrc != packet->ssrc)
        begin_stream(self, packet->ssrc, codec, sequence);
    enum sequenced sequenced = sequence_extend(&stream->sequence, packet->sequence, extended);
    if (sequenced == STARTED_OVER) begin_stream(self, packet->ssrc, codec, stream->sequence);
    stream->codec = codec;
    return sequenced != ASTRAY;
}

void uplink_fetch(const struct uplink *self, size_t length) {
    fetch(self, offsetof(struct uplink, stream.missing.list));
    cache_fetch(&self->stream.cache, length);
}

enum verdict uplink_accept(struct uplink *self, struct packet *packet, int64_t *extended,
                           uint64_t max_video_bps, double now) {
    self->packets++;
    self->rate.count += packet->length;
    double limit = ingress_limit(self->video, max_video_bps);
    if (!ingress_admits(&self->ingress, limit, packet->length, packet->arrival)) {
        self->refusals.refused++;
        return REFUSED_TOO_FAST;
    }
    bool rtx;
    const struct codec *codec = codec_of(&self->codecs, packet->payload_type, &rtx);
    if (!codec) {
        self->refusals.refused++;
        return REFUSED_PAYLOAD_TYPE;
    }
    if (rtx) return take_retransmission(self, codec, packet, extended, now);
    if (!place(self, packet, codec, extended)) {
        self->refusals.refused++;
        return REFUSED_OUT_OF_SEQUENCE;
    }
    self->refusals.taken++;
    reception_packet(&self->stream.reception, *extended, packet->timestamp, packet->arrival);
    return take_new(self, packet, *extended, now);
}

void uplink_sender_report(struct uplink *self, struct publisher_clock *clock, double epoch,
                          uint64_t ntp, uint32_t rtp, double arrival) {
    self->stream.clock = clock_translate(clock, epoch, ntp, rtp, arrival);
    self->stream.reported = true;
    self->stream.last_report = ntp_middle(ntp);
    self->stream.reported_at = arrival;
}

struct report uplink_report(struct uplink *self, double now) {
    struct stream *stream = &self->stream;
    reception_close_interval(&stream->reception);
    double fraction = stream->reception.fraction_lost * 256;
    int64_t lost = reception_lost(&stream->reception);
    return (struct report){
        .ssrc = stream->ssrc,
        .fraction_lost = fraction < 255 ? (uint8_t)fraction : 255,
        .lost = lost > INT32_MAX   ? INT32_MAX
                : lost < INT32_MIN ? INT32_MIN
                                   : (int32_t)lost,
        .highest = (uint32_t)(stream->reception.highest - FIRST_CYCLE),
        .jitter = (uint32_t)stream->reception.jitter,
        .last_sender_report = stream->last_report,
        .delay = stream->reported ? (uint32_t)(int64_t)((now - stream->reported_at) * 65536) : 0,
    };
}
