#include "delays.h"

void delays_note(struct delays *self, uint64_t microseconds) {
    uint64_t milliseconds = microseconds / 1000;
    if (microseconds < MICROSECONDS)
        self->counts[microseconds]++;
    else
        self->counts[MICROSECONDS +
                     (milliseconds < MILLISECONDS ? milliseconds : MILLISECONDS - 1)]++;
}

void delays_add(struct delays *self, const struct delays *other) {
    for (int i = 0; i < MICROSECONDS + MILLISECONDS; i++) self->counts[i] += other->counts[i];
}

uint64_t delays_percentile(const struct delays *self, double fraction) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < MICROSECONDS + MILLISECONDS; i++) total += self->counts[i];
    for (int i = 0; i < MICROSECONDS + MILLISECONDS; i++) {
        seen += self->counts[i];
        if (seen && (double)seen >= fraction * (double)total)
            return i < MICROSECONDS ? (uint64_t)i : (uint64_t)(i - MICROSECONDS) * 1000;
    }
    return 0;
}
