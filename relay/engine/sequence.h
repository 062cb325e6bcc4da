/* Counters that wrap: 16-bit numbers seen as ever growing integers (RFC 3711 3.3.1, appendix A). */
#ifndef CARELAY_SEQUENCE_H
#define CARELAY_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CYCLE = 0x10000,
    /* Where extended numbers start: 0 is none, and as for SRTP nothing can be before them. */
    FIRST_CYCLE = CYCLE,
    /* RFC 3550 A.1, but what is late is known for as long as the replay window of SRTP knows it
     * (dtls.py): what SRTP lets through beyond that is no late packet. */
    MAX_DROPOUT = 3000,
    MAX_MISORDER = 1024,
};

/* The integer nearest to `reference` whose low 16 bits are `value`. */
static inline int64_t nearest(uint16_t value, int64_t reference) {
    return reference + (((int64_t)value - reference + 0x8000) & 0xffff) - 0x8000;
}

/* The numbers of one sender, extended for all who use them. */
struct sequence {
    int64_t highest;  /* the newest, 0 before the first */
    bool doubted;     /* the last one was astray */
    uint16_t awaited; /* then the next one, if the sender has started over */
};

enum sequenced { IN_SEQUENCE, ASTRAY, STARTED_OVER };

/* Extends a number that lies near the newest; false for others. */
static inline bool sequence_place(struct sequence *self, uint16_t number, int64_t *extended) {
    *extended = self->highest ? nearest(number, self->highest) : FIRST_CYCLE + number;
    int64_t ahead = self->highest ? *extended - self->highest : 1;
    if (ahead <= -MAX_MISORDER || ahead > MAX_DROPOUT || *extended < FIRST_CYCLE) return false;
    if (ahead > 0) self->highest = *extended;
    return true;
}

/* Extends the number of a packet as it was sent first. One that is far from the newest is astray,
 * until the next one follows it: then the sender has started over (RFC 3550 A.1), and what it sends
 * from now on is numbered beyond everything before. */
static inline enum sequenced sequence_extend(struct sequence *self, uint16_t number,
                                             int64_t *extended) {
    if (sequence_place(self, number, extended)) {
        self->doubted = false;
        return IN_SEQUENCE;
    }
    bool follows = self->doubted && number == self->awaited;
    self->doubted = !follows;
    self->awaited = (uint16_t)(number + 1);
    if (!follows) return ASTRAY;
    *extended = self->highest = (self->highest / CYCLE + 2) * CYCLE + number;
    return STARTED_OVER;
}

#endif
