#include "taps.h"

#include <string.h>

#include "layer.h"

/* For each tapped peer 3 s at 2.5 Mbit/s; the least is for calls of two. */
static const size_t LEAST = 1 << 22, A_PEER = 1 << 20;
/* Kept free of packets, for the small records by which a part ends, or knows what it lacks. */
static const size_t SPARE = 1 << 16;

static size_t wanted(const struct taps *self, unsigned peers) {
    size_t size = LEAST;
    while (size < peers * A_PEER) size *= 2;
    return size < self->most ? size : self->most;
}

static bool grow(struct taps *self, size_t size) {
    struct ring larger;
    if (self->ring.size >= size) return true;
    if (!ring_open(&larger, size)) return self->ring.memory != NULL;
    ring_move(&self->ring, &larger);
    return true;
}

void taps_close(struct taps *self) { ring_close(&self->ring); }

bool taps_untidy(const struct taps *self) {
    return self->ring.memory && (!self->peers || ring_lapped(&self->ring));
}

void taps_tidy(struct taps *self) {
    if (self->peers)
        ring_rewind(&self->ring);
    else if (!ring_waiting(&self->ring))
        ring_close(&self->ring);
}

static struct tap_record *reserve(struct taps *self, const struct peer *peer,
                                  const struct uplink *uplink, enum tap_kind kind, size_t length) {
    size_t spare = kind != TAP_RTP ? 0 : SPARE < self->ring.size / 4 ? SPARE : self->ring.size / 4;
    struct tap_record *record = ring_reserve(&self->ring, sizeof *record + length, spare);
    if (record)
        *record = (struct tap_record){.kind = (uint8_t)kind,
                                      .peer = peer->key,
                                      .uplink = uplink->token,
                                      .length = (uint32_t)length};
    return record;
}

/* Says in its place what there was no room for; false if there still is none. */
static bool tell_lost(struct taps *self, const struct peer *peer, struct uplink *top) {
    if (!top->untapped) return true;
    struct tap_record *record = reserve(self, peer, top, TAP_LOST, 0);
    if (!record) return false;
    record->rtp = top->untapped;
    ring_commit(&self->ring);
    top->untapped = 0;
    if (top->video) uplink_ask_recorded(top);
    return true;
}

void tap_packet(struct taps *self, const struct peer *peer, struct uplink *uplink,
                const struct packet *packet, int64_t extended) {
    if (!peer->tapped) return;
    struct uplink *top = uplink_top(uplink);
    /* One long gap harms less than many short ones: go on only with room for more than this. */
    bool goes_on = !top->untapped || (!ring_filling(&self->ring) && tell_lost(self, peer, top));
    struct tap_record *record =
        goes_on ? reserve(self, peer, uplink, TAP_RTP, packet->length) : NULL;
    if (!record) {
        if (!goes_on) atomic_fetch_add(&self->ring.dropped, 1);
        top->untapped++;
        return;
    }
    record->payload_type = uplink->stream.codec->payload_type;
    record->at = packet->arrival;
    record->number = extended;
    memcpy(record->data, packet->data, packet->length);
    ring_commit(&self->ring);
}

void tap_sender_report(struct taps *self, const struct peer *peer, const struct uplink *uplink,
                       uint64_t ntp, uint32_t rtp, double arrival) {
    struct tap_record *record =
        peer->tapped ? reserve(self, peer, uplink, TAP_SENDER_REPORT, 0) : NULL;
    if (!record) return;
    record->at = arrival;
    record->ntp = ntp;
    record->rtp = rtp;
    ring_commit(&self->ring);
}

void tap_ended(struct taps *self, const struct peer *peer, struct uplink *uplink) {
    if (!peer->tapped) return;
    tell_lost(self, peer, uplink_top(uplink));
    if (reserve(self, peer, uplink, TAP_ENDED, 0)) ring_commit(&self->ring);
}

bool taps_set(struct taps *self, struct peer *peer, bool on) {
    if (peer->tapped == on) return true;
    if (on && !grow(self, wanted(self, self->peers + 1))) return false;
    for (unsigned i = 0; i < peer->uplink_count; i++)
        if (on)
            peer->uplinks[i]->untapped = 0;
        else
            tell_lost(self, peer, uplink_top(peer->uplinks[i]));
    peer->tapped = on;
    self->peers += on ? 1 : (unsigned)-1;
    return true;
}
