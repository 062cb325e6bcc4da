#include "relay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct srtp_functions srtp;

struct relay *relay_new(double epoch, uint64_t max_video_bps, size_t taps_most) {
    struct relay *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->epoch = epoch;
    self->max_video_bps = max_video_bps;
    self->room = 64;
    self->peers = calloc(self->room, sizeof *self->peers);
    self->taps.most = taps_most;
    if (self->peers) return self;
    free(self);
    return NULL;
}

void relay_free(struct relay *self) {
    for (unsigned i = 0; i < self->room; i++)
        if (self->peers[i]) relay_remove(self, self->peers[i]->key);
    taps_close(&self->taps);
    free(self->peers);
    free(self);
}

static void place(struct peer **peers, unsigned room, struct peer *peer) { peers[peer->key & (room - 1)] = peer; }

/* Keys grow by one, so a table twice as large as the peers rarely meets a taken place; where it does, it grows. */
static bool make_room(struct relay *self, uint32_t key) {
    while (self->peers[key & (self->room - 1)]) {
        unsigned room = 2 * self->room;
        struct peer **peers = room > 1u << 20 ? NULL : calloc(room, sizeof *peers);
        if (!peers) return false;
        for (unsigned i = 0; i < self->room; i++)
            if (self->peers[i]) place(peers, room, self->peers[i]);
        free(self->peers);
        self->peers = peers;
        self->room = room;
    }
    return true;
}

struct peer *relay_add(struct relay *self, uint32_t rtcp_ssrc) {
    uint32_t key = self->last_key + 1;
    while (self->peers[key & (self->room - 1)] && key - self->last_key < self->room / 2) key++;
    if (!make_room(self, key)) return NULL;
    struct peer *peer = peer_new(key, rtcp_ssrc);
    if (!peer) return NULL;
    self->last_key = key;
    self->peer_count++;
    place(self->peers, self->room, peer);
    return peer;
}

struct peer *relay_peer(const struct relay *self, uint32_t key) {
    struct peer *peer = self->peers[key & (self->room - 1)];
    return peer && peer->key == key ? peer : NULL;
}

void relay_remove(struct relay *self, uint32_t key) {
    struct peer *peer = relay_peer(self, key);
    if (!peer) return;
    relay_negotiate(self, peer, &(struct tracks){0});
    taps_set(&self->taps, peer, false);
    self->peers[key & (self->room - 1)] = NULL;
    self->peer_count--;
    peer_free(peer);
}

void relay_secure(struct relay *self, uint32_t key, void *receive, void *send) {
    struct peer *peer = relay_peer(self, key);
    if (!peer) return;
    peer->receive = receive;
    peer->send = send;
    for (unsigned i = 0; i < peer->downlink_count; i++) downlink_ask_keyframe(peer->downlinks[i]);
}

/* Whoever is sent to again after a while has missed what the pictures refer to. What flowed meanwhile got no numbers:
 * SRTP's receiver and sender both lose count where they jump by 2^15 or more (RFC 3711 3.3.1). */
void relay_direct(struct relay *self, uint32_t key, const struct sockaddr_storage *address, socklen_t size,
                  struct local_address local) {
    struct peer *peer = relay_peer(self, key);
    if (!peer) return;
    for (unsigned i = 0; i < peer->downlink_count && !peer->address_size; i++)
        downlink_ask_keyframe(peer->downlinks[i]);
    for (unsigned i = 0; i < peer->downlink_count && !size; i++) peer->downlinks[i]->stream_serial = 0;
    peer->address = *address;
    peer->address_size = size;
    peer->local = local;
}

/* --- tracks --- */

static bool among(const void *item, void *const *list, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (list[i] == item) return true;
    return false;
}

void relay_end(struct relay *self, struct peer *peer, struct uplink *uplink) {
    bool was_active = uplink->active;
    uplink->active = false;
    uplink->heard_at = -INFINITY;
    struct uplink *top = uplink_top(uplink);
    if (top->recorded == uplink) top->recorded = NULL;
    if (was_active && !uplink_any_active(uplink)) tap_ended(&self->taps, peer, uplink);
}

static void end_uplink(struct relay *self, struct peer *peer, struct uplink *uplink) {
    while (uplink->outlet_count) downlink_attach(uplink->outlets[0], NULL);
    relay_end(self, peer, uplink);
    uplink_close(uplink);
    free(uplink);
}

void relay_negotiate(struct relay *self, struct peer *peer, const struct tracks *tracks) {
    for (unsigned i = 0; i < peer->uplink_count; i++)
        if (!among(peer->uplinks[i], (void *const *)tracks->uplinks, tracks->uplink_count))
            end_uplink(self, peer, peer->uplinks[i]);
    for (unsigned i = 0; i < peer->downlink_count; i++)
        if (!among(peer->downlinks[i], (void *const *)tracks->downlinks, tracks->downlink_count))
            downlink_attach(peer->downlinks[i], NULL);
    memcpy(peer->uplinks, tracks->uplinks, sizeof peer->uplinks);
    memcpy(peer->downlinks, tracks->downlinks, sizeof peer->downlinks);
    peer->uplink_count = tracks->uplink_count;
    peer->downlink_count = tracks->downlink_count;
    peer_index(peer);
}

/* --- sending --- */

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

bool relay_dispatch(struct relay *self, struct peer *peer, struct outgoing *out, size_t length, bool rtcp) {
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

void relay_tick_due(struct relay *self, double now, double interval) {
    uint64_t due = (uint64_t)(now / interval * self->room);
    if (due < self->turn || due - self->turn > self->room)
        self->turn = due - self->room; /* late, or the table grew */
    for (; self->turn != due; self->turn++) {
        struct peer *peer = self->peers[self->turn & (self->room - 1)];
        if (peer) tick_peer(self, peer, now);
    }
}
