#include "continuity.h"

#include <math.h>

#include "sequence.h"

static const double MAX_MISALIGNED = 1.0; /* s; reports further from our clock are not true */

void continuity_open(struct continuity *self, uint16_t first_sequence, uint32_t first_timestamp) {
    *self = (struct continuity){.newest = FIRST_CYCLE + first_sequence - 1,
                                .timestamp = first_timestamp};
}

void continuity_align(struct continuity *self, uint32_t timestamp_shift) {
    self->aligned = true;
    self->aligned_shift = timestamp_shift;
}

void continuity_begin(struct continuity *self, int64_t extended, uint32_t timestamp, double now,
                      uint32_t clock_rate) {
    double step = self->has_sent ? rint((now - self->sent_at) * clock_rate) : 0.0;
    double told = (int32_t)(timestamp + self->aligned_shift - self->timestamp);
    if (self->aligned && self->has_sent && fabs(told - step) < MAX_MISALIGNED * clock_rate)
        step = told;
    self->aligned = false;
    self->first = extended;
    self->shift = self->newest + 1 - extended;
    self->timestamp_shift = self->timestamp + (uint32_t)(int64_t)fmax(1, step) - timestamp;
}

bool continuity_place(struct continuity *self, int64_t extended, uint32_t timestamp, double now,
                      uint16_t *number, uint32_t *sent_timestamp) {
    if (extended < self->first) return false;
    int64_t out = extended + self->shift;
    *number = (uint16_t)out;
    *sent_timestamp = timestamp + self->timestamp_shift;
    if (out > self->newest) {
        self->newest = out;
        self->timestamp = *sent_timestamp;
        self->sent_at = now;
        self->has_sent = true;
    }
    return true;
}

bool continuity_original(const struct continuity *self, uint16_t sequence, int64_t *original) {
    *original = nearest(sequence, self->newest) - self->shift;
    return self->first <= *original && *original <= self->newest - self->shift;
}
