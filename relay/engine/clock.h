/* Publishers' clocks (RTCP sender reports) as subscribers see them, and round trips by them. */
#ifndef CARELAY_CLOCK_H
#define CARELAY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* One instant of a stream: our NTP time, the publisher's RTP timestamp, our monotonic time (s). */
struct clock_point {
    bool known;
    uint64_t ntp;
    uint32_t rtp;
    double at;
};

/* Moves a publisher's NTP times onto ours, all its streams by one amount to keep them in sync. */
struct publisher_clock {
    bool known;
    uint64_t shift;
};

/* `epoch` + monotonic seconds are seconds since 1900. The first sender report sets the shift. */
struct clock_point clock_translate(struct publisher_clock *clock, double epoch, uint64_t ntp,
                                   uint32_t rtp, double arrival);

/* The same clock at another time; both counters advance alike, so their relation stays exact. */
struct clock_point clock_later(const struct clock_point *point, double now, uint32_t clock_rate);

/* What to add to the timestamps of `from` for those of `to`, another stream of the same publisher
 * that was captured by the same clock; false if reports of both are not known, or are far apart. */
bool clock_difference(const struct clock_point *from, const struct clock_point *to,
                      uint32_t clock_rate, uint32_t *ticks);

/* The middle 32 bits of an NTP time, as report blocks quote them. */
static inline uint32_t ntp_middle(uint64_t ntp) { return (uint32_t)(ntp >> 16); }

/* Remembers when sender reports left, to time their answers (RFC 3550 6.4.1, LSR and DLSR). */
enum { REPORTS_KEPT = 32 };
struct round_trips {
    unsigned count, oldest;
    struct {
        uint32_t middle;
        double at;
    } sent[REPORTS_KEPT];
    bool known;
    double seconds; /* smoothed; valid if `known` */
};

void round_trips_sent(struct round_trips *trips, uint64_t ntp, double now);

/* A report block quoted `last_report`, `delay`/65536 s after getting it. Unknown: passed over. */
void round_trips_answered(struct round_trips *trips, uint32_t last_report, uint32_t delay,
                          double now);

#endif
