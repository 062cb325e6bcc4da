#include "peer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../bytes.h"
#include "fetch.h"

struct peer *peer_new(uint32_t key, uint32_t rtcp_ssrc) {
    struct peer *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->key = key;
    self->rtcp_ssrc = rtcp_ssrc;
    budget_open(&self->budget);
    lossy_path_open(&self->lossy_path);
    self->layers.raise_after = self->layers.raised_at = self->layers.lowered_at = -INFINITY;
    self->cap.at = self->reported_at = self->arrivals_reported_at = self->ticked_at = -INFINITY;
    return self;
}

void peer_free(struct peer *self) {
    for (unsigned i = 0; i < self->numbered_count; i++) {
        downlink_close(self->numbered[i]);
        free(self->numbered[i]);
    }
    free(self->arrivals);
    free(self);
}

void peer_secure(struct peer *self, void *receive, void *send) {
    self->receive = receive;
    self->send = send;
    for (unsigned i = 0; i < self->numbered_count; i++) self->numbered[i]->secured = true;
    for (unsigned i = 0; i < self->downlink_count; i++) downlink_ask_keyframe(self->downlinks[i]);
}

void peer_number(struct peer *self, struct downlink *downlink) {
    downlink->peer = self;
    downlink->secured = self->send != NULL;
    self->numbered[self->numbered_count++] = downlink;
}

static void know(struct peer *self, uint32_t ssrc, struct uplink *uplink) {
    if (self->known_count == MAX_KNOWN_SSRCS) return;
    self->known[self->known_count].ssrc = ssrc;
    self->known[self->known_count++].uplink = uplink;
}

static void forget(struct peer *self, uint32_t ssrc) {
    for (unsigned i = 0; i < self->known_count; i++)
        if (self->known[i].ssrc == ssrc) {
            self->known[i] = self->known[--self->known_count];
            return;
        }
}

struct uplink *peer_uplink_of(const struct peer *self, uint32_t ssrc) {
    for (unsigned i = 0; i < self->known_count; i++)
        if (self->known[i].ssrc == ssrc) return self->known[i].uplink;
    return NULL;
}

/* Layers of one m-line stand together, the highest first. */
static void link_layers(struct peer *self) {
    for (unsigned i = 0; i < self->uplink_count; i++) {
        struct uplink *uplink = self->uplinks[i], *before = i ? self->uplinks[i - 1] : NULL;
        bool same = before && !strcmp(before->mid, uplink->mid);
        uplink->higher = same ? before : NULL;
        uplink->lower = NULL;
        if (same) before->lower = uplink;
    }
}

void peer_index(struct peer *self) {
    link_layers(self);
    self->known_count = 0;
    for (unsigned i = 0; i < self->uplink_count; i++) {
        struct uplink *uplink = self->uplinks[i];
        if (uplink->has_ssrc && !peer_uplink_of(self, uplink->ssrc))
            know(self, uplink->ssrc, uplink);
        if (uplink->has_rtx_ssrc && !peer_uplink_of(self, uplink->rtx_ssrc))
            know(self, uplink->rtx_ssrc, uplink);
    }
}

static bool says(const struct packet *packet, const struct extension *element, const char *name) {
    return strlen(name) == element->length &&
           !memcmp(name, packet->data + element->at, element->length);
}

/* A layer is told by its rid alone; a retransmission names the one that it repairs (RFC 8852 3). */
static bool fits(const struct peer *self, const struct uplink *uplink, const struct packet *packet,
                 const struct extension *mid) {
    bool rtx;
    if (!codec_of(&uplink->codecs, packet->payload_type, &rtx)) return false;
    if (mid && !says(packet, mid, uplink->mid)) return false;
    if (!uplink->rid[0]) return true;
    const struct extension *rid =
        packet_extension(packet, rtx ? self->repaired_rid_id : self->rid_id);
    return rid && says(packet, rid, uplink->rid);
}

/* The uplink takes over the packet's SSRC. */
static void learn(struct peer *self, struct uplink *uplink, const struct packet *packet) {
    bool rtx;
    codec_of(&uplink->codecs, packet->payload_type, &rtx);
    bool *has = rtx ? &uplink->has_rtx_ssrc : &uplink->has_ssrc;
    uint32_t *ssrc = rtx ? &uplink->rtx_ssrc : &uplink->ssrc;
    if (*has) forget(self, *ssrc);
    *has = true;
    *ssrc = packet->ssrc;
    know(self, packet->ssrc, uplink);
}

static void fetch_outlet(const struct downlink *downlink) {
    downlink_fetch(downlink);
    fetch(downlink->peer, offsetof(struct peer, known));
}

void peer_fetch(const struct peer *self, uint32_t ssrc, size_t length) {
    const struct uplink *uplink = peer_uplink_of(self, ssrc);
    fetch(self, offsetof(struct peer, known));
    senders_fetch(&self->rtp_senders, ssrc);
    if (self->arrivals) arrivals_fetch(self->arrivals, (uint16_t)(self->transport_sequence + 1));
    if (!uplink) return;
    uplink_fetch(uplink, length);
    if (uplink->outlet_count) fetch_outlet(uplink->outlets[0]);
}

enum identified peer_identify(struct peer *self, const struct packet *packet,
                              struct uplink **found) {
    const struct extension *number = packet_extension(packet, self->transport_sequence_id);
    if (self->arrivals && number && number->length == 2) {
        self->transport_sequence = get16(packet->data + number->at);
        arrivals_note(self->arrivals, self->transport_sequence, packet->arrival);
    }
    *found = peer_uplink_of(self, packet->ssrc);
    if (*found) return IDENTIFIED;
    const struct extension *mid = packet_extension(packet, self->mid_id);
    if (mid && !mid->length) mid = NULL;
    unsigned fitting = 0;
    for (unsigned i = 0; i < self->uplink_count; i++)
        if (fits(self, self->uplinks[i], packet, mid)) {
            *found = self->uplinks[i];
            fitting++;
        }
    if (fitting != 1) return UNKNOWN_SSRC;
    if (self->learned >= MAX_LEARNED_SSRCS) return TOO_MANY_SSRCS;
    self->learned++;
    learn(self, *found, packet);
    return IDENTIFIED;
}

struct downlink *peer_downlink_of(const struct peer *self, uint32_t ssrc) {
    for (unsigned i = 0; i < self->downlink_count; i++)
        if (self->downlinks[i]->slot.ssrc == ssrc) return self->downlinks[i];
    return NULL;
}

struct downlink *peer_numbered(const struct peer *self, uint32_t ssrc) {
    for (unsigned i = 0; i < self->numbered_count; i++)
        if (self->numbered[i]->slot.ssrc == ssrc) return self->numbered[i];
    return NULL;
}

static bool shows(const struct downlink *downlink) {
    return downlink->slot.video && downlink_flowing(downlink);
}

uint64_t peer_sound_bps(const struct peer *self) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < self->downlink_count; i++) {
        const struct downlink *downlink = self->downlinks[i];
        if (!downlink->slot.video && downlink_flowing(downlink)) sum += downlink->rate.bps;
    }
    return sum;
}

bool peer_repeats_sound(const struct peer *self, double now) {
    if (now >= self->lossy_path.until) return false;
    return !self->budget.bound || SOUND_SHARE * peer_sound_bps(self) <= self->budget.bps;
}

uint64_t peer_video_bps(const struct peer *self) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < self->downlink_count; i++)
        if (shows(self->downlinks[i])) sum += self->downlinks[i]->rate.bps;
    return sum;
}

uint64_t peer_video_share(const struct peer *self) {
    unsigned videos = 0;
    for (unsigned i = 0; i < self->downlink_count; i++) videos += shows(self->downlinks[i]);
    return self->budget.bps / (videos ? videos : 1);
}
