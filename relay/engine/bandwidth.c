#include "bandwidth.h"

#include <math.h>

static const double CLEAR_AFTER = 10.0; /* s without congestion until a subscriber binds no more */
static const double STUCK_AFTER = 2.0;  /* s */
static const double HEADROOM = 1.25;
static const double BACK_OFF = 0.85;          /* as the browser's own estimator does */
static const double LOSS_OF_CONGESTION = 0.1; /* above it libwebrtc's control backs off, too */
static const double LOSS_OF_NARROWNESS = 0.2; /* a link that loses by chance rarely gets here */
static const double GROWTH = 1.08;            /* a second, as of libwebrtc's AIMD control */
static const double STRETCH = 2.0;            /* s */
static const double REPEAT_AFTER = 1.0;       /* s */
static const double FALL = 0.97;
static const double WINDOW = 1.0; /* s */
enum { STRETCH_PACKETS = 40 };

/* A screen at 1080p60 is 8 Mbit/s, Opus at most 0.51. */
static const double LEAST_VIDEO = 10e6, ABOVE_CAP = 4, MOST_SOUND = 1.5e6; /* bits/s */
static const double INGRESS_BURST = 2.0; /* s; what a network held back comes at once */
static const double LEAST_COST = 200;    /* octets; small packets cost more than their size */

void budget_open(struct budget *self) {
    self->rose_at = self->congested_at = self->grown_at = -INFINITY;
}

static void bind(struct budget *self, uint64_t bps, double now) {
    self->bound = true;
    self->bps = bps > FLOOR_BPS ? bps : FLOOR_BPS;
    self->congested_at = self->grown_at = now;
}

static uint64_t grown(struct budget *self, double now) {
    double seconds = fmin(1.0, now - self->grown_at);
    self->grown_at = now;
    if (self->loss > LOSS_OF_CONGESTION) return self->bps;
    return (uint64_t)fmin(0x1p53, (double)self->bps * pow(GROWTH, seconds));
}

void budget_estimated(struct budget *self, uint64_t estimate_bps, uint64_t sent_bps, double now) {
    if (estimate_bps > self->estimate) self->rose_at = now;
    bool fell = (double)estimate_bps < FALL * (double)self->estimate;
    /* After heavy loss Chromium's estimate stood still for 20 s on a link free again (measured). */
    bool stuck = now - self->rose_at > STUCK_AFTER && !self->narrow;
    self->estimate = estimate_bps;
    if ((double)estimate_bps < 0.9 * (double)sent_bps && (fell || stuck)) {
        uint64_t backed_off = (uint64_t)(BACK_OFF * (double)sent_bps);
        bind(self, estimate_bps > backed_off ? estimate_bps : backed_off, now);
    } else if (self->bound) {
        if (self->narrow)
            self->bps = grown(self, now);
        else if (estimate_bps > self->bps)
            self->bps = estimate_bps;
        bool clear = now - self->congested_at > CLEAR_AFTER &&
                     (double)estimate_bps > HEADROOM * (double)sent_bps;
        /* It stays `narrow`, because its estimate stands still for long after. */
        if (clear) self->bound = false;
    }
}

void budget_lost(struct budget *self, double fraction, uint64_t sent_bps, double now) {
    bool lasting = fmin(self->loss, fraction) > LOSS_OF_NARROWNESS;
    self->loss = fraction;
    if (fraction <= LOSS_OF_CONGESTION) return;
    self->narrow = self->narrow || fraction > LOSS_OF_NARROWNESS;
    bind(self, (uint64_t)fmax(0, (1 - (lasting ? 1.0 : 0.5) * fraction) * (double)sent_bps), now);
}

static void begin_stretch(struct loss_window *self, int64_t received, int64_t sent, double now) {
    self->started = true;
    self->at = now;
    self->received = received;
    self->sent = sent;
}

bool loss_window_reported(struct loss_window *self, int64_t received, int64_t sent, double now) {
    int64_t came = received - self->received, due = sent - self->sent;
    if (!self->started || came < 0 || due < 0) {
        begin_stretch(self, received, sent, now);
        return false;
    }
    if (now - self->at < STRETCH || due < STRETCH_PACKETS) return false;
    begin_stretch(self, received, sent, now);
    self->fraction = came < due ? (double)(due - came) / (double)due : 0.0;
    return self->known = true;
}

double ingress_limit(bool video, uint64_t max_video_bps) {
    return video ? fmax(LEAST_VIDEO, ABOVE_CAP * (double)max_video_bps) : MOST_SOUND;
}

bool ingress_admits(struct ingress *self, double limit_bps, size_t length, double arrival) {
    double most = INGRESS_BURST * limit_bps / 8, cost = fmax((double)length, LEAST_COST);
    if (!self->started) *self = (struct ingress){.started = true, .tokens = most, .at = arrival};
    self->tokens = fmin(most, self->tokens + fmax(0, arrival - self->at) * limit_bps / 8);
    self->at = fmax(self->at, arrival);
    if (cost > self->tokens) return false;
    self->tokens -= cost;
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
    if (self->started)
        self->bps =
            (uint64_t)rint(8.0 * (double)(self->count - self->before) / (now - self->since));
    self->started = true;
    self->since = now;
    self->before = self->count;
}
