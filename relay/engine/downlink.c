#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "sequence.h"
#include "track.h"

static const double REPORT_INTERVAL = 1.0; /* s; browsers need two reports for lip sync, and each gives a round trip */

void downlink_open(struct downlink *self, uint8_t mid_id, uint16_t first_sequence, uint32_t first_timestamp) {
    self->mid_element_size = (uint8_t)element_write(self->mid_element, mid_id, (const uint8_t *)self->mid, strlen(self->mid));
    self->newest = FIRST_CYCLE + first_sequence - 1;
    self->timestamp = first_timestamp;
    self->rtx_sequence = first_sequence;
    resend_limit_open(&self->limit);
}

static void detach(struct downlink *self) {
    struct uplink *source = self->source;
    if (!source) return;
    unsigned place = 0;
    while (source->outlets[place] != self) place++;
    memmove(&source->outlets[place], &source->outlets[place + 1], (--source->outlet_count - place) * sizeof source->outlets[0]);
    self->source = NULL;
}

static bool make_room(struct uplink *source) {
    if (source->outlet_count < source->outlet_room) return true;
    unsigned room = source->outlet_room ? 2 * source->outlet_room : 4;
    struct downlink **outlets = realloc(source->outlets, room * sizeof *outlets);
    if (!outlets) return false;
    source->outlets = outlets;
    source->outlet_room = room;
    return true;
}

static const struct codec *same_format(const struct codecs *codecs, const struct codec *codec) {
    for (unsigned i = 0; i < codecs->count; i++)
        if (!strcmp(codecs->list[i].format, codec->format)) return &codecs->list[i];
    return NULL;
}

bool downlink_attach(struct downlink *self, struct uplink *source) {
    if (source == self->source) return true;
    if (source && !make_room(source)) return false;
    detach(self);
    self->source = source;
    self->stream_serial = 0;
    if (!source) return true;
    source->outlets[source->outlet_count++] = self;
    for (unsigned i = 0; i < source->codecs.count; i++) self->match[i] = same_format(&self->codecs, &source->codecs.list[i]);
    if (self->video) source->keyframes.wanted = true;
    return true;
}

/* Our codec for a packet of the source, or NULL if it was not agreed with this subscriber. */
static const struct codec *matching(const struct downlink *self, uint8_t payload_type) {
    for (unsigned i = 0; i < self->source->codecs.count; i++)
        if (self->source->codecs.list[i].payload_type == payload_type) return self->match[i];
    return NULL;
}

/* A stream takes over with this packet: one behind the newest number, and by the time that has passed. Within a stream,
 * numbers and timestamps keep their distances, so loss and reordering stay visible. */
static bool begin(struct downlink *self, const struct packet *packet, int64_t extended, double now) {
    const struct stream *stream = &self->source->stream;
    if (self->video && !starts_keyframe(stream->codec->coding, packet->data + packet->payload_at, packet_payload_length(packet))) {
        self->source->keyframes.wanted = true; /* frames that refer to what it never got would show as garbage */
        return false;
    }
    double elapsed = self->has_sent ? now - self->sent_at : 0.0;
    self->first = extended;
    self->shift = self->newest + 1 - extended;
    self->timestamp_shift = self->timestamp + (uint32_t)(int64_t)fmax(1, rint(elapsed * stream->codec->clock_rate)) - packet->timestamp;
    self->stream_serial = stream->serial;
    self->reported = false;
    return true;
}

static size_t elements_write(const struct downlink *self, double now, uint8_t *elements) {
    memcpy(elements, self->mid_element, self->mid_element_size);
    uint8_t send_time[3]; /* seconds as 24-bit fixed point with 18 bits of fraction; ours, as it is hop by hop */
    uint32_t fixed = (uint32_t)(int64_t)(now * 262144) & 0xffffff;
    send_time[0] = (uint8_t)(fixed >> 16);
    put16(send_time + 1, (uint16_t)fixed);
    return self->mid_element_size + element_write(elements + self->mid_element_size, self->send_time_id, send_time, 3);
}

static size_t write_packet(struct downlink *self, const struct packet *head, const struct packet *from, size_t insert, double now, uint8_t *out) {
    uint8_t elements[2 * MAX_ELEMENT];
    size_t size = header_write(out, head, from->data[0] & 0x20, elements, elements_write(self, now, elements));
    size_t payload = from->length - from->payload_at;
    memcpy(out + size + insert, from->data + from->payload_at, payload);
    size += insert + payload;
    self->rate.count += size;
    return size;
}

size_t downlink_forward(struct downlink *self, const struct packet *packet, int64_t extended, double now, uint8_t *out) {
    const struct codec *codec = matching(self, packet->payload_type);
    if (!codec) return 0;
    if (self->stream_serial != self->source->stream.serial && !begin(self, packet, extended, now)) return 0;
    if (extended < self->first) return 0;
    int64_t number = extended + self->shift;
    uint32_t timestamp = packet->timestamp + self->timestamp_shift;
    if (number > self->newest) {
        self->newest = number;
        self->timestamp = timestamp;
        self->sent_at = now;
        self->has_sent = true;
    }
    struct packet head = {.marker = packet->marker, .payload_type = codec->payload_type, .sequence = (uint16_t)number, .timestamp = timestamp, .ssrc = self->ssrc};
    size_t size = write_packet(self, &head, packet, 0, now, out);
    self->packets++;
    resend_limit_sent(&self->limit, size);
    return size;
}

size_t downlink_resend(struct downlink *self, uint16_t sequence, double round_trip, double now, uint8_t *out) {
    self->nacks++;
    if (!self->source || !self->stream_serial) return 0;
    int64_t original = nearest(sequence, self->newest) - self->shift;
    if (original < self->first || original > self->newest - self->shift) return 0;
    /* The source may have begun another stream that does not flow here yet. */
    const struct stream *stream = &self->source->stream;
    uint16_t length;
    const uint8_t *data = stream->serial == self->stream_serial ? cache_get(&stream->cache, original, &length) : NULL;
    struct packet packet;
    if (!data || !packet_parse(&packet, (uint8_t *)data, length)) return 0;
    const struct codec *codec = matching(self, packet.payload_type);
    /* Without RTX nothing is sent again: the same number with another send time would be a nonce used twice. */
    if (!codec || codec->rtx_payload_type == NO_RTX || !self->rtx_ssrc) return 0;
    if (!resend_limit_allows(&self->limit, original, length, now, round_trip)) return 0;
    struct packet head = {.marker = packet.marker, .payload_type = codec->rtx_payload_type, .sequence = ++self->rtx_sequence,
                          .timestamp = packet.timestamp + self->timestamp_shift, .ssrc = self->rtx_ssrc};
    size_t size = write_packet(self, &head, &packet, 2, now, out);
    put16(out + size - (packet.length - packet.payload_at) - 2, (uint16_t)(original + self->shift));
    self->retransmitted++;
    return size;
}

size_t downlink_sender_report(struct downlink *self, double now, uint8_t *out, uint64_t *ntp) {
    bool due = !self->reported || now - self->reported_at >= REPORT_INTERVAL;
    const struct stream *stream = self->source ? &self->source->stream : NULL;
    if (!due || !stream || !self->stream_serial || stream->serial != self->stream_serial || !stream->clock.known) return 0;
    self->reported = true;
    self->reported_at = now;
    struct clock_point point = clock_later(&stream->clock, now, stream->codec->clock_rate);
    *ntp = point.ntp;
    return rtcp_sender_report(out, self->ssrc, point.ntp, point.rtp + self->timestamp_shift, (uint32_t)self->packets, (uint32_t)self->rate.count);
}
