/* Transport-wide feedback to a publisher: which of its packets arrived when
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1). */
#ifndef CARELAY_ARRIVALS_H
#define CARELAY_ARRIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sequence.h"

enum {
    ARRIVALS = 2048,    /* numbers remembered; at 2,000 packets a second about a second */
    MAX_STATUSES = 450, /* a feedback packet is below 1200 octets even if all deltas are large */
    MAX_TRANSPORT_GAP = 2000, /* a longer jump in sequence numbers is a restart, not loss */
    MAX_FEEDBACK = 1400,      /* octets of one feedback packet */
};

struct arrivals {
    struct sequence sequence;
    int64_t next;        /* what was reported ends before this number, 0 before the first */
    int64_t first, last; /* what is to be reported, if `pending` */
    bool pending;
    int64_t newest_tick, oldest_tick; /* what came before the latter is forgotten */
    uint8_t count;
    struct {
        uint32_t number, tick; /* the low 32 bits; of 250 us */
    } seen[ARRIVALS];
};

/* Notes one packet by its transport-wide sequence number; duplicates keep their first arrival. */
void arrivals_note(struct arrivals *arrivals, uint16_t sequence, double now);

/* Brings near what a packet with this number needs. */
void arrivals_fetch(const struct arrivals *arrivals, uint16_t sequence);

/* Calls `emit` with an RTCP packet, rarely several, for all that arrived since the last call. */
void arrivals_feedback(struct arrivals *arrivals, uint32_t sender, uint32_t media,
                       void (*emit)(void *context, const uint8_t *packet, size_t length),
                       void *context);

#endif
