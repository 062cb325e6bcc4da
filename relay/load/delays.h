/* How long packets took, counted finely enough for percentiles. */
#ifndef CARELAY_LOAD_DELAYS_H
#define CARELAY_LOAD_DELAYS_H

#include <stdint.h>

enum {
    MICROSECONDS = 20000, /* delays are counted by the microsecond below 20 ms, */
    MILLISECONDS = 2001,  /* by the millisecond below 2 s, and the last takes the rest */
};

struct delays {
    uint64_t counts[MICROSECONDS + MILLISECONDS];
};

void delays_note(struct delays *self, uint64_t microseconds);
void delays_add(struct delays *self, const struct delays *other);

/* Microseconds; 0 of none. */
uint64_t delays_percentile(const struct delays *self, double fraction);

#endif
