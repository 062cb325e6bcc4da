/* How fast a publisher may send: no faster than its slowest subscriber can take. */
#ifndef CARELAY_BANDWIDTH_H
#define CARELAY_BANDWIDTH_H

#include <stdbool.h>
#include <stdint.h>

/* Below this no picture is worth sending; also what a subscriber's estimate must not be taken under, because its
 * estimator sees only what it gets and would keep a publisher down that it never let up. */
enum { FLOOR_BPS = 100000 };

/* A subscriber's REMB: all that it can take, and when it said so (s). */
struct estimate {
    bool known;
    uint64_t bps;
    double at;
};

/* What one of the subscriber's `videos` may use; false without a fresh estimate. Audio is too little to count. */
bool estimate_share(const struct estimate *estimate, unsigned videos, double now, uint64_t *bps);

/* Decides when a publisher is told its cap: at once when it falls by 3 %, otherwise each second. */
struct cap_messages {
    bool told;
    uint64_t bps;
    double at; /* -INFINITY at first */
};

/* True when `bps` is to be sent now; it then counts as told. */
bool cap_due(struct cap_messages *cap, uint64_t bps, double now);

/* Bytes per second of one track: count bytes, call `rate_update` now and then. */
struct rate {
    uint64_t count;
    uint64_t bps; /* of the last full second or more */
    bool started;
    double since;
    uint64_t before;
};

void rate_update(struct rate *rate, double now);

#endif
