/* When was it captured? RTP timestamps put on the server's own clock.
 *
 * Every stream has its own RTP clock with a random origin (RFC 3550 section 5.1). Sender reports
 * tie it to the sender's NTP clock, which all sources of one participant share; the smallest delay
 * seen ties that one to the clock of the server (CLOCK_MONOTONIC, seconds), which all participants
 * share. So the picture meets its sound, and one participant meets the other, as far as the
 * smallest one-way delays are alike.
 *
 * Each such line is a guess that arrivals can disprove. Nothing arrives before it was captured; and
 * where the sender's clock stood still, placement finds out and moves the line. All times are
 * seconds, timestamps are unwrapped.
 */
#ifndef CARELAY_TIMELINE_H
#define CARELAY_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

enum { MAX_REPORTS = 20 };

/* The minimum of samples over the last one to two windows, so that it follows a drift. */
struct smallest_delay {
    double window;
    double since; /* when the window at hand began; not a number before the first sample */
    double current, previous;
};

void smallest_delay_open(struct smallest_delay *self, double window);

/* One delay; its origin is any, but always the same. */
void smallest_delay_observe(struct smallest_delay *self, double sample, double now);

/* What was observed before now counts as so much more. */
void smallest_delay_move(struct smallest_delay *self, double by);

/* Infinite before the first sample. */
double smallest_delay_value(const struct smallest_delay *self);

/* One participant's NTP clock as seen from here. */
struct sender_clock {
    struct smallest_delay
        delay; /* its value is what to add to the sender's time for the server's */
    bool doubted;
};

void sender_clock_open(struct sender_clock *self);

/* One stream. */
struct timeline {
    struct sender_clock *sender;
    double rate; /* ticks in a second */
    bool known;
    int64_t last; /* newest timestamp, if it is known */
    struct smallest_delay delay;
    unsigned report_count;
    struct sender_report {
        int64_t timestamp;
        double ntp;
    } reports[MAX_REPORTS]; /* oldest first */
    bool lined;
    struct line {
        int64_t timestamp;
        double ntp, slope; /* at that timestamp; seconds per tick */
    } line;                /* if there is one */
    double moved;          /* by how much the line was moved since the last report */
};

/* The sender's clock must live as long as the timeline. */
void timeline_open(struct timeline *self, double rate, struct sender_clock *sender);

/* The 32-bit timestamp of the packet or report at hand as a number that does not wrap. */
int64_t timeline_unwrap(struct timeline *self, uint32_t timestamp);

/* A report's 64-bit NTP time and its timestamp: the line is what the reports say. */
void timeline_report(struct timeline *self, uint64_t ntp_time, int64_t timestamp, double arrival);

/* From now on everything was captured so much later than the line has it; the reports so far are
 * void. */
void timeline_move(struct timeline *self, double by);

/* Of the frame with this timestamp whose first packet came at `arrival`. */
double timeline_capture_time(struct timeline *self, int64_t timestamp, double arrival);

#endif
