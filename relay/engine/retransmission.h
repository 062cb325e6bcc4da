/* Lost packets: which a publisher is asked for again, and how often subscribers are sent them. */
#ifndef CARELAY_RETRANSMISSION_H
#define CARELAY_RETRANSMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache.h"

/* A whole keyframe of 1080p; more than that is mended by another one. */
enum { MAX_MISSING = 300 };

/* Which packets of an uplink are missing, ascending, and when to ask for each (RFC 4585 6.2.1). */
struct missing_packets {
    int64_t newest;
    unsigned count;
    bool gave_up; /* on a packet: a keyframe must mend it; the caller clears this */
    struct missing {
        int64_t number;
        unsigned tries;
        double at;
    } list[MAX_MISSING];
};

/* Notes a packet; a gap before it makes the packets between missing. */
void missing_received(struct missing_packets *missing, int64_t extended, double now);

/* Fills `numbers` with what to ask for now, ascending; returns how many. Each try waits longer. */
size_t missing_due(struct missing_packets *missing, double now, double round_trip,
                   int64_t numbers[MAX_MISSING]);

/* How much a slot sends again: a NACK of 1 kB can name 5000 packets, and must not be amplified. */
struct resend_limit {
    double allowance; /* bytes */
    bool exhausted;   /* the last packet found no allowance: the rest of the gap needs a keyframe */
    struct resent {
        int64_t number;
        double at;
    } *resent; /* the last ones, by number modulo CACHE_SIZE; NULL before the first */
};

void resend_limit_open(struct resend_limit *limit);
void resend_limit_close(struct resend_limit *limit);

/* An original packet went out and earns half of its size for retransmissions. */
void resend_limit_sent(struct resend_limit *limit, size_t size);

/* Whether to send this packet again now; a packet already under way is not repeated. */
bool resend_limit_allows(struct resend_limit *limit, int64_t extended, size_t size, double now,
                         double round_trip);

#endif
