#include "outbound.h"

#include <string.h>

#include "choice.h"
#include "feedback.h"

struct outgoing *relay_outgoing(struct relay *self) {
    struct outbox *outbox = &self->outbox;
    if (outbox->count == OUTBOX) outbox->flush(outbox->context, outbox);
    return &outbox->items[outbox->count];
}

static bool may_send(struct relay *self, const struct peer *peer) {
    if (!peer->address_size) self->dropped[DROPPED_NO_CONSENT]++;
    return peer->address_size > 0;
}

bool relay_post(struct relay *self, const struct peer *peer, struct outgoing *out, size_t size) {
    if (!may_send(self, peer)) return false;
    out->peer = peer->key;
    out->length = (uint16_t)size;
    memcpy(&out->address, &peer->address, peer->address_size);
    out->address_size = peer->address_size;
    out->local = peer->local;
    self->outbox.count++;
    return true;
}

bool relay_dispatch(struct relay *self, struct peer *peer, struct outgoing *out, size_t length,
                    bool rtcp) {
    int size = (int)length;
    if (!peer->send || !may_send(self, peer)) return false;
    int (*protect)(void *, void *, int *) = rtcp ? srtp.protect_rtcp : srtp.protect;
    if (length > MAX_DATAGRAM - SRTP_TRAILER || protect(peer->send, out->data, &size)) {
        self->dropped[DROPPED_TOO_LONG_TO_SEND]++;
        return false;
    }
    if (!relay_post(self, peer, out, (size_t)size)) return false;
    if (!rtcp) peer->bytes_sent += length;
    return true;
}

struct compound_sender {
    struct relay *relay;
    struct peer *peer;
};

static void send_compound(void *context, const uint8_t *compound, size_t length) {
    struct compound_sender *sender = context;
    struct outgoing *out = relay_outgoing(sender->relay);
    if (length <= MAX_DATAGRAM - SRTP_TRAILER) memcpy(out->data, compound, length);
    relay_dispatch(sender->relay, sender->peer, out, length, true);
}

static void tick_peer(struct relay *self, struct peer *peer, double now) {
    for (unsigned i = 0; i < peer->uplink_count; i++) {
        rate_update(&peer->uplinks[i]->rate, now);
        rate_update(&peer->uplinks[i]->forwarded, now);
    }
    for (unsigned i = 0; i < peer->downlink_count; i++) rate_update(&peer->downlinks[i]->rate, now);
    layers_choose(peer, now);
    struct compound_sender sender = {self, peer};
    peer_feedback(peer, now, self->max_video_bps, send_compound, &sender);
}

void relay_tick(struct relay *self, double now) {
    for (unsigned i = 0; i < self->room; i++)
        if (self->peers[i]) tick_peer(self, self->peers[i], now);
}

/* A turn comes with whichever datagram comes next, so it may be a little less than the interval. */
static void tick_if_due(struct relay *self, struct peer *peer, double now, double interval) {
    if (!peer || now - peer->ticked_at < 0.9 * interval) return;
    peer->ticked_at = now;
    tick_peer(self, peer, now);
}

void relay_tick_due(struct relay *self, double now, double interval) {
    for (unsigned i = 0, count = self->outbox.count; i < count; i++)
        tick_if_due(self, relay_peer(self, self->outbox.items[i].peer), now, interval);
    uint64_t due = (uint64_t)(now / interval * self->room);
    if (due < self->turn || due - self->turn > self->room)
        self->turn = due - self->room; /* late, or the table grew */
    for (; self->turn != due; self->turn++) {
        struct peer *peer = self->peers[self->turn & (self->room - 1)];
        tick_if_due(self, peer, now, interval);
    }
}
