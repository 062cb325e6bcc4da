/* Simulcast: which layer of a picture a subscriber gets, and which the recorder.
 *
 * A subscriber that nothing binds gets the highest layer that comes. A congested one gets the highest whose measured
 * rate fits its share of what it says it can take. REMB cannot tell what more there is (it never says more than 1.5
 * times what comes in), so going up again is a trial: one layer of one picture at a time, and after each trial that
 * failed the next one waits twice as long. */
#include <math.h>

#include "peer.h"

static const double SILENT_AFTER = 0.5; /* s; cameras in the dark send 5 to 10 frames a second */
static const double HEADROOM = 1.15;
static const double SETTLED_AFTER = 10.0, FIRST_PATIENCE = 10.0, LONGEST_PATIENCE = 120.0; /* s */

struct uplink *uplink_top(struct uplink *layer) {
    while (layer->higher) layer = layer->higher;
    return layer;
}

bool uplink_live(const struct uplink *layer, double now) { return now - layer->heard_at < SILENT_AFTER; }

bool uplink_any_active(const struct uplink *layer) {
    while (layer->higher) layer = layer->higher;
    while (layer && !layer->active) layer = layer->lower;
    return layer != NULL;
}

static bool above(const struct uplink *layer, const struct uplink *other) {
    while (other && other != layer) other = other->higher;
    return other != NULL;
}

/* --- the recorder -------------------------------------------------------------------------------------------- */

bool uplink_recorded(struct uplink *self, const struct packet *packet, double now) {
    struct uplink *top = uplink_top(self), *recorded = top->recorded;
    if (!uplink_layered(self) || self == recorded) return true;
    if (recorded && uplink_live(recorded, now) && above(recorded, self)) return false;
    const uint8_t *payload = packet->data + packet->payload_at;
    if (!starts_keyframe(self->stream.codec->coding, payload, packet_payload_length(packet))) {
        self->keyframes.wanted = true;
        return false;
    }
    top->recorded = self;
    return true;
}

void uplink_ask_recorded(struct uplink *top) {
    for (struct uplink *layer = top; layer; layer = layer->lower)
        if (!top->recorded || top->recorded == layer) layer->keyframes.wanted = true;
}

/* --- subscribers --------------------------------------------------------------------------------------------- */

/* Bits per second for each picture; audio comes first. */
static uint64_t share(const struct peer *peer) {
    const struct budget *budget = &peer->budget;
    if (!budget->bound) return UINT64_MAX;
    uint64_t bps = budget->estimate && budget->estimate < budget->bps ? budget->estimate : budget->bps;
    uint64_t audio = peer_sound_bps(peer), pictures = 0;
    for (unsigned i = 0; i < peer->downlink_count; i++)
        pictures += peer->downlinks[i]->slot.video && downlink_flowing(peer->downlinks[i]);
    return bps > audio ? (bps - audio) / (pictures ? pictures : 1) : 0;
}

/* The highest that fits, else the lowest; NULL if none comes. */
static struct uplink *fitting(struct uplink *top, uint64_t bps, double now) {
    struct uplink *lowest = NULL;
    for (struct uplink *layer = top; layer; layer = layer->lower) {
        if (!uplink_live(layer, now)) continue;
        lowest = layer;
        if (layer->forwarded.bps <= bps) return layer;
    }
    return lowest;
}

static struct uplink *next_above(struct uplink *layer, double now) {
    do layer = layer->higher;
    while (!uplink_live(layer, now));
    return layer;
}

static bool may_raise(const struct peer *peer, const struct uplink *layer, uint64_t bps, double now) {
    if (now < peer->layers.raise_after) return false;
    return !peer->budget.bound || (layer->forwarded.bps && HEADROOM * (double)layer->forwarded.bps <= (double)bps);
}

static void raised(struct layer_patience *self, double now) {
    self->raised_at = now;
    self->raise_after = now + self->seconds;
}

static void lowered(struct layer_patience *self, double now) {
    if (now - self->raised_at < SETTLED_AFTER)
        self->seconds = fmax(FIRST_PATIENCE, fmin(2 * self->seconds, LONGEST_PATIENCE));
    else if (now - self->lowered_at > SETTLED_AFTER)
        self->seconds = FIRST_PATIENCE;
    self->raised_at = -INFINITY;
    self->lowered_at = now;
    self->raise_after = now + self->seconds;
}

static void choose(struct peer *peer, struct downlink *downlink, uint64_t bps, double now) {
    struct uplink *current = downlink->next ? downlink->next : downlink->source;
    struct uplink *wanted = fitting(uplink_top(current), bps, now);
    if (!wanted || wanted == current) return;
    if (downlink_flowing(downlink) && uplink_live(current, now)) {
        if (above(wanted, current)) {
            wanted = next_above(current, now);
            if (!may_raise(peer, wanted, bps, now)) return;
            raised(&peer->layers, now);
        } else {
            lowered(&peer->layers, now);
        }
    }
    downlink_aim(downlink, wanted);
}

void layers_choose(struct peer *self, double now) {
    uint64_t bps = share(self);
    for (unsigned i = 0; i < self->downlink_count; i++)
        if (self->downlinks[i]->source && uplink_layered(self->downlinks[i]->source))
            choose(self, self->downlinks[i], bps, now);
}
