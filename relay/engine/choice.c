#include "choice.h"

#include <math.h>

#include "layer.h"

static const double HEADROOM = 1.15;
static const double SETTLED_AFTER = 10.0, FIRST_PATIENCE = 10.0, LONGEST_PATIENCE = 120.0; /* s */

/* Bits per second for each picture; audio comes first. */
static uint64_t share(const struct peer *peer) {
    const struct budget *budget = &peer->budget;
    if (!budget->bound) return UINT64_MAX;
    uint64_t bps =
        budget->estimate && budget->estimate < budget->bps ? budget->estimate : budget->bps;
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

static bool may_raise(const struct peer *peer, const struct uplink *layer, uint64_t bps,
                      double now) {
    if (now < peer->layers.raise_after) return false;
    return !peer->budget.bound ||
           (layer->forwarded.bps && HEADROOM * (double)layer->forwarded.bps <= (double)bps);
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
        if (uplink_above(wanted, current)) {
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
