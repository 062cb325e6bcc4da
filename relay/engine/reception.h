/* What was received of a stream: counts, loss and jitter for reports (RFC 3550 6.4.1, A.3, A.8). */
#ifndef CARELAY_RECEPTION_H
#define CARELAY_RECEPTION_H

#include <stdbool.h>
#include <stdint.h>

/* Fed with each original packet of one SSRC, not with retransmissions: the path's loss shows. */
struct reception {
    uint32_t clock_rate;
    int64_t base, highest, received;
    double jitter; /* in timestamp units */
    double transit;
    bool has_transit;
    int64_t expected_before, received_before;
    double fraction_lost; /* of the last report interval, 0 to 1 */
};

/* What was refused of a source, beside what was taken. Report intervals are told apart, since a
 * packet or two may stray; of a source that is refused something is in each of them. */
enum { REFUSAL_INTERVALS = 3 };
struct refusals {
    uint64_t refused, taken; /* in this interval */
    double fractions[REFUSAL_INTERVALS];
};

void refusals_close_interval(struct refusals *refusals);

/* The smallest fraction of the last intervals, 0 to 1. */
double refusals_lasting(const struct refusals *refusals);

void reception_packet(struct reception *reception, int64_t extended, uint32_t timestamp,
                      double arrival);

/* Packets missing so far; negative where packets were duplicated (RFC 3550 A.3). */
int64_t reception_lost(const struct reception *reception);

/* Ends a report interval: `fraction_lost` is then what was lost since the previous call. */
void reception_close_interval(struct reception *reception);

#endif
