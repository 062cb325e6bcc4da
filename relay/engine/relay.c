#include "relay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"

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

static void place(struct peer **peers, unsigned room, struct peer *peer) {
    peers[peer->key & (room - 1)] = peer;
}

/* Keys grow by one, so a table twice as large as the peers rarely meets a taken place; where it
 * does, it grows. */
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
    if (peer) peer_secure(peer, receive, send);
}

/* Whoever is sent to again after a while has missed what the pictures refer to. What flowed
 * meanwhile got no numbers: SRTP's receiver and sender both lose count where they jump by 2^15 or
 * more (RFC 3711 3.3.1). */
void relay_direct(struct relay *self, uint32_t key, const struct sockaddr_storage *address,
                  socklen_t size, struct local_address local) {
    struct peer *peer = relay_peer(self, key);
    if (!peer) return;
    for (unsigned i = 0; i < peer->downlink_count && !peer->address_size; i++)
        downlink_ask_keyframe(peer->downlinks[i]);
    for (unsigned i = 0; i < peer->downlink_count && !size; i++)
        peer->downlinks[i]->stream_serial = 0;
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
