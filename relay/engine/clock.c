#include "clock.h"

#include <math.h>

/* s; a browser's clocks drift by less than 100 ppm, that is 60 ms in this time */
static const double MAX_APART = 600.0;

struct clock_point clock_translate(struct publisher_clock *clock, double epoch, uint64_t ntp,
                                   uint32_t rtp, double arrival) {
    if (!clock->known) {
        clock->known = true;
        clock->shift = (uint64_t)((epoch + arrival) * 0x1p32) - ntp;
    }
    return (struct clock_point){
        .known = true, .ntp = ntp + clock->shift, .rtp = rtp, .at = arrival};
}

struct clock_point clock_later(const struct clock_point *point, double now, uint32_t clock_rate) {
    double elapsed = now - point->at;
    return (struct clock_point){
        .known = true,
        .ntp = point->ntp + (uint64_t)(int64_t)(elapsed * 0x1p32),
        .rtp = point->rtp + (uint32_t)(int64_t)rint(elapsed * clock_rate),
        .at = now,
    };
}

bool clock_difference(const struct clock_point *from, const struct clock_point *to,
                      uint32_t clock_rate, uint32_t *ticks) {
    double seconds = (double)(int64_t)(from->ntp - to->ntp) / 0x1p32;
    if (!from->known || !to->known || fabs(seconds) > MAX_APART) return false;
    *ticks = to->rtp - from->rtp + (uint32_t)(int64_t)rint(seconds * clock_rate);
    return true;
}

static unsigned place_of(const struct round_trips *self, uint32_t middle) {
    for (unsigned i = 0; i < self->count; i++)
        if (self->sent[(self->oldest + i) % REPORTS_KEPT].middle == middle)
            return (self->oldest + i) % REPORTS_KEPT;
    return REPORTS_KEPT;
}

void round_trips_sent(struct round_trips *self, uint64_t ntp, double now) {
    /* One publisher's audio and video may be quoted alike. */
    unsigned place = place_of(self, ntp_middle(ntp));
    if (place == REPORTS_KEPT) {
        place = (self->oldest + self->count) % REPORTS_KEPT;
        if (self->count < REPORTS_KEPT)
            self->count++;
        else
            self->oldest = (self->oldest + 1) % REPORTS_KEPT;
    }
    self->sent[place].middle = ntp_middle(ntp);
    self->sent[place].at = now;
}

void round_trips_answered(struct round_trips *self, uint32_t last_report, uint32_t delay,
                          double now) {
    unsigned place = place_of(self, last_report);
    if (place == REPORTS_KEPT) return;
    double away = now - self->sent[place].at, waited = delay / 65536.0;
    if (away < waited - 0.001) return;
    double measured = fmax(0.0, away - waited);
    self->seconds = self->known ? self->seconds + (measured - self->seconds) / 4 : measured;
    self->known = true;
}
