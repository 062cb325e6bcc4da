#include "bandwidth.h"

#include <math.h>

static const double VALID_FOR = 5.0;    /* s; browsers repeat their estimate at least each second while packets come */
static const double REPEAT_AFTER = 1.0; /* s */
static const double FALL = 0.97;
static const double WINDOW = 1.0; /* s */

bool estimate_share(const struct estimate *self, unsigned videos, double now, uint64_t *bps) {
    if (!self->known || now - self->at > VALID_FOR) return false;
    *bps = self->bps / (videos ? videos : 1);
    return true;
}

bool cap_due(struct cap_messages *self, uint64_t bps, double now) {
    bool fell = self->told && (double)bps < FALL * (double)self->bps;
    if (!fell && now - self->at < REPEAT_AFTER) return false;
    *self = (struct cap_messages){.told = true, .bps = bps, .at = now};
    return true;
}

void rate_update(struct rate *self, double now) {
    if (self->started && now - self->since < WINDOW) return;
    if (self->started) self->bps = (uint64_t)rint(8.0 * (double)(self->count - self->before) / (now - self->since));
    self->started = true;
    self->since = now;
    self->before = self->count;
}
