#include "reception.h"

#include <math.h>
#include <string.h>

/* The difference modulo 2^32, as the timestamp wraps, between -2^31 and 2^31. */
static double wrapped(double difference) {
    double rest = fmod(difference + 0x1p31, 0x1p32);
    return (rest < 0 ? rest + 0x1p32 : rest) - 0x1p31;
}

void reception_packet(struct reception *self, int64_t extended, uint32_t timestamp,
                      double arrival) {
    if (!self->received) self->base = self->highest = extended;
    self->received++;
    if (extended < self->highest) return; /* overtaken: reordering would count as jitter */
    self->highest = extended;
    double transit = arrival * self->clock_rate - timestamp;
    if (self->has_transit)
        self->jitter += (fabs(wrapped(transit - self->transit)) - self->jitter) / 16;
    self->transit = transit;
    self->has_transit = true;
}

static int64_t expected(const struct reception *self) {
    return self->received ? self->highest - self->base + 1 : 0;
}

int64_t reception_lost(const struct reception *self) { return expected(self) - self->received; }

void reception_close_interval(struct reception *self) {
    int64_t now_expected = expected(self);
    int64_t came_due = now_expected - self->expected_before;
    int64_t came = self->received - self->received_before;
    self->expected_before = now_expected;
    self->received_before = self->received;
    int64_t missing = came_due > came ? came_due - came : 0;
    self->fraction_lost = came_due > 0 ? fmin(1.0, (double)missing / (double)came_due) : 0.0;
}

void refusals_close_interval(struct refusals *self) {
    memmove(self->fractions + 1, self->fractions,
            sizeof self->fractions - sizeof self->fractions[0]);
    self->fractions[0] =
        self->refused ? (double)self->refused / (double)(self->refused + self->taken) : 0.0;
    self->refused = self->taken = 0;
}

double refusals_lasting(const struct refusals *self) {
    double least = 1.0;
    for (unsigned i = 0; i < REFUSAL_INTERVALS; i++) least = fmin(least, self->fractions[i]);
    return least;
}
