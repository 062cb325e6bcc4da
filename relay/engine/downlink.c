#include "downlink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../bytes.h"
#include "fetch.h"
#include "layer.h"
#include "sequence.h"

/* s between keyframes for gaps too long to send again: on a narrow link each makes another gap */
static const double MEND_INTERVAL = 2.0;
static const double REPORT_INTERVAL = 1.0; /* s; browsers need two reports for lip sync */

void downlink_open(struct downlink *self, uint16_t first_sequence, uint32_t first_timestamp) {
    continuity_open(&self->continuity, first_sequence, first_timestamp);
    self->rtx_sequence = first_sequence;
    self->mended_at = -INFINITY;
    resend_limit_open(&self->limit);
}

void downlink_close(struct downlink *self) { resend_limit_close(&self->limit); }

static void leave(struct downlink *self, struct uplink **layer) {
    struct uplink *source = *layer;
    if (!source) return;
    unsigned place = 0;
    while (source->outlets[place] != self) place++;
    size_t behind = --source->outlet_count - place;
    memmove(&source->outlets[place], &source->outlets[place + 1],
            behind * sizeof source->outlets[0]);
    *layer = NULL;
}

static bool make_room(struct uplink *source) {
    if (source->outlet_count < source->outlet_room) return true;
    unsigned room = 2 * source->outlet_room;
    bool usual = source->outlets == source->usual_outlets;
    struct downlink **outlets = realloc(usual ? NULL : source->outlets, room * sizeof *outlets);
    if (!outlets) return false;
    if (usual) memcpy(outlets, source->usual_outlets, sizeof source->usual_outlets);
    source->outlets = outlets;
    source->outlet_room = room;
    return true;
}

static const struct codec *same_format(const struct codecs *codecs, const struct codec *codec) {
    for (unsigned i = 0; i < codecs->count; i++)
        if (!strcmp(codecs->list[i].format, codec->format)) return &codecs->list[i];
    return NULL;
}

static void match(struct downlink *self) {
    const struct uplink *source = self->source;
    for (unsigned i = 0; source && i < source->codecs.count; i++)
        self->match[i] = same_format(&self->slot.codecs, &source->codecs.list[i]);
}

void downlink_renegotiate(struct downlink *self, const struct slot *slot) {
    self->slot = *slot;
    const uint8_t *mid = (const uint8_t *)self->slot.mid;
    self->mid_element_size =
        (uint8_t)element_write(self->mid_element, slot->mid_id, mid, strlen(slot->mid));
    match(self);
}

static void ask(const struct downlink *self, struct uplink *layer) {
    if (layer && self->slot.video && self->secured) layer->keyframes.wanted = true;
}

bool downlink_attach(struct downlink *self, struct uplink *source) {
    if (source == (self->source ? uplink_top(self->source) : NULL)) return true;
    if (source && !make_room(source)) return false;
    leave(self, &self->next);
    leave(self, &self->source);
    self->source = source;
    self->stream_serial = 0;
    self->continuity.aligned = false;
    if (!source) return true;
    source->outlets[source->outlet_count++] = self;
    match(self);
    downlink_ask_keyframe(self);
    return true;
}

bool downlink_aim(struct downlink *self, struct uplink *layer) {
    leave(self, &self->next);
    if (layer == self->source) return true;
    if (!make_room(layer)) return false;
    if (downlink_flowing(self)) {
        self->next = layer;
    } else {
        leave(self, &self->source);
        self->source = layer;
    }
    layer->outlets[layer->outlet_count++] = self;
    ask(self, layer);
    return true;
}

void downlink_ask_keyframe(struct downlink *self) { ask(self, self->source); }

/* Our codec for a packet of the source, or NULL if it was not agreed with this subscriber. */
static const struct codec *matching(const struct downlink *self, uint8_t payload_type) {
    for (unsigned i = 0; i < self->source->codecs.count; i++)
        if (self->source->codecs.list[i].payload_type == payload_type) return self->match[i];
    return NULL;
}

static bool keyframe(const struct uplink *layer, const struct packet *packet) {
    const uint8_t *payload = packet->data + packet->payload_at;
    return starts_keyframe(layer->stream.codec->coding, payload, packet_payload_length(packet));
}

/* The stream whose packets go out; none once the publisher began another, until its keyframe. */
static const struct stream *current(const struct downlink *self) {
    const struct stream *stream = self->source ? &self->source->stream : NULL;
    return stream && self->stream_serial && stream->serial == self->stream_serial ? stream : NULL;
}

/* How many packets had gone out when the one of this number was the newest. Only of the stream that
 * flows it is known which of its numbers have: of others, and of numbers long past, all count. */
static int64_t sent_up_to(const struct downlink *self, uint16_t sequence) {
    const struct stream *stream = current(self);
    const struct continuity *continuity = &self->continuity;
    int64_t highest = nearest(sequence, continuity->newest), later = 0;
    int64_t known = continuity->newest - CACHE_SIZE;
    if (highest < known) {
        later = known - highest;
        highest = known;
    }
    for (int64_t number = highest + 1; number <= continuity->newest; number++) {
        int64_t original = number - continuity->shift;
        if (!stream || original < continuity->first || cache_had(&stream->cache, original)) later++;
    }
    return (int64_t)self->packets - later;
}

bool downlink_reported(struct downlink *self, const struct report *report, double now) {
    const struct stream *stream = current(self);
    self->report = *report;
    self->has_report = true;
    self->own_jitter = fmax(0.0, report->jitter - (stream ? stream->reception.jitter : 0.0));
    int64_t received = (int64_t)report->highest - report->lost;
    return loss_window_reported(&self->loss, received, sent_up_to(self, (uint16_t)report->highest),
                                now);
}

/* Both layers' clocks tell when the new one's pictures were taken, in timestamps of the old one. */
static void align(struct downlink *self, const struct stream *next) {
    const struct stream *stream = current(self);
    uint32_t ticks;
    if (stream && clock_difference(&next->clock, &stream->clock, next->codec->clock_rate, &ticks))
        continuity_align(&self->continuity, self->continuity.timestamp_shift + ticks);
}

/* The layer that was awaited replaces the one that flows, if this is its keyframe. */
static bool take_over(struct downlink *self, struct uplink *layer, const struct packet *packet) {
    if (!keyframe(layer, packet)) {
        ask(self, layer);
        return false;
    }
    align(self, &layer->stream);
    leave(self, &self->source);
    self->source = layer;
    self->next = NULL;
    return true;
}

/* A stream takes over with this packet; false where it has to wait for a keyframe, because frames
 * that refer to what the subscriber never got would show as garbage. */
static bool begin(struct downlink *self, const struct packet *packet, int64_t extended,
                  double now) {
    const struct stream *stream = &self->source->stream;
    if (self->slot.video && !keyframe(self->source, packet)) {
        downlink_ask_keyframe(self);
        return false;
    }
    continuity_begin(&self->continuity, extended, packet->timestamp, now,
                     stream->codec->clock_rate);
    picture_numbers_begin(&self->pictures);
    self->stream_serial = stream->serial;
    self->reported = false;
    return true;
}

/* Our MID and our send time. Nothing of the publisher's is agreed with a subscriber: its MID and
 * transport-wide number mean nothing there, and its send time is of another path. */
static size_t elements_write(const struct downlink *self, double now, uint8_t *elements) {
    memcpy(elements, self->mid_element, self->mid_element_size);
    uint8_t send_time[3]; /* seconds as 24-bit fixed point with 18 bits of fraction */
    uint32_t fixed = (uint32_t)(int64_t)(now * 262144) & 0xffffff;
    send_time[0] = (uint8_t)(fixed >> 16);
    put16(send_time + 1, (uint16_t)fixed);
    size_t size = self->mid_element_size;
    return size +
           element_write(elements + size, self->slot.send_time_id, send_time, sizeof send_time);
}

/* Header and payload; `insert` octets are left free between them. */
static size_t write_packet(struct downlink *self, const struct packet *head,
                           const struct packet *from, size_t insert, double now, uint8_t *out) {
    uint8_t elements[2 * MAX_ELEMENT];
    size_t size = header_write(out, head, from->data[0] & 0x20, elements,
                               elements_write(self, now, elements));
    size_t payload = from->length - from->payload_at;
    memcpy(out + size + insert, from->data + from->payload_at, payload);
    size += insert + payload;
    self->rate.count += size;
    return size;
}

/* The payload of `packet`, at the end of `out`, as this slot numbers pictures. */
static void number_picture(struct downlink *self, const struct codec *codec,
                           const struct packet *packet, uint8_t *out, size_t size) {
    if (codec->coding != CODING_VP8) return;
    uint8_t *payload = out + size - (packet->length - packet->payload_at);
    picture_numbers_rewrite(&self->pictures, payload, packet_payload_length(packet));
}

void downlink_fetch(const struct downlink *self) {
    fetch(self, offsetof(struct downlink, slot.codecs.list[1]));
}

size_t downlink_forward(struct downlink *self, struct uplink *layer, const struct packet *packet,
                        int64_t extended, double now, uint8_t *out) {
    if (layer != self->source && !take_over(self, layer, packet)) return 0;
    const struct codec *codec = matching(self, packet->payload_type);
    if (!codec) return 0;
    if (self->stream_serial != self->source->stream.serial && !begin(self, packet, extended, now))
        return 0;
    struct packet head = {
        .marker = packet->marker, .payload_type = codec->payload_type, .ssrc = self->slot.ssrc};
    if (!continuity_place(&self->continuity, extended, packet->timestamp, now, &head.sequence,
                          &head.timestamp))
        return 0;
    size_t size = write_packet(self, &head, packet, 0, now, out);
    number_picture(self, codec, packet, out, size);
    self->packets++;
    resend_limit_sent(&self->limit, size);
    return size;
}

static size_t write_retransmission(struct downlink *self, const struct packet *packet,
                                   int64_t original, const struct codec *codec, double now,
                                   uint8_t *out) {
    struct packet head = {
        .marker = packet->marker,
        .payload_type = codec->rtx_payload_type,
        .sequence = ++self->rtx_sequence,
        .timestamp = packet->timestamp + self->continuity.timestamp_shift,
        .ssrc = self->slot.rtx_ssrc,
    };
    size_t size = write_packet(self, &head, packet, 2, now, out);
    size_t payload = packet->length - packet->payload_at;
    put16(out + size - payload - 2, (uint16_t)(original + self->continuity.shift));
    number_picture(self, codec, packet, out, size);
    self->retransmitted++;
    return size;
}

/* After an outage a keyframe brings the picture back at once; the browser itself asks after 3 s. */
static void mend(struct downlink *self, double now) {
    if (now - self->mended_at < MEND_INTERVAL) return;
    self->mended_at = now;
    downlink_ask_keyframe(self);
}

/* Without RTX nothing is sent again: the same number with another send time in its header would
 * authenticate two different packets under one SRTP nonce, which gives the key of the
 * authentication away (RFC 7714 8.1). */
size_t downlink_resend(struct downlink *self, uint16_t sequence, double round_trip, double now,
                       uint8_t *out) {
    self->nacks++;
    const struct stream *stream = current(self);
    int64_t original;
    uint16_t length;
    struct packet packet;
    if (!stream || !continuity_original(&self->continuity, sequence, &original)) return 0;
    uint8_t *data = cache_get(&stream->cache, original, &length);
    if (!data && cache_had(&stream->cache, original)) mend(self, now);
    if (!data || !packet_parse(&packet, data, length)) return 0;
    const struct codec *codec = matching(self, packet.payload_type);
    if (!codec || codec->rtx_payload_type == NO_RTX || !self->slot.rtx_ssrc) return 0;
    self->cached++;
    if (!resend_limit_allows(&self->limit, original, length, now, round_trip)) {
        if (self->limit.exhausted) mend(self, now);
        return 0;
    }
    return write_retransmission(self, &packet, original, codec, now, out);
}

size_t downlink_sender_report(struct downlink *self, double now, uint8_t *out, uint64_t *ntp) {
    bool due = !self->reported || now - self->reported_at >= REPORT_INTERVAL;
    const struct stream *stream = due ? current(self) : NULL;
    if (!stream || !stream->clock.known) return 0;
    self->reported = true;
    self->reported_at = now;
    struct clock_point point = clock_later(&stream->clock, now, stream->codec->clock_rate);
    *ntp = point.ntp;
    return rtcp_sender_report(out, self->slot.ssrc, point.ntp,
                              point.rtp + self->continuity.timestamp_shift, (uint32_t)self->packets,
                              (uint32_t)self->rate.count);
}
