/* Counters that wrap: 16-bit sequence numbers seen as ever growing integers (RFC 3711 3.3.1 and appendix A). */
#ifndef CARELAY_SEQUENCE_H
#define CARELAY_SEQUENCE_H

#include <stdint.h>

/* Where extended numbers start, so that packets overtaken by the very first one stay positive. */
enum { FIRST_CYCLE = 0x10000 };

/* The integer nearest to `reference` whose low 16 bits are `value`. */
static inline int64_t nearest(uint16_t value, int64_t reference) {
    return reference + (((int64_t)value - reference + 0x8000) & 0xffff) - 0x8000;
}

/* Extends `sequence`; `highest` is the newest number so far, 0 before the first. */
static inline int64_t unwrap(int64_t *highest, uint16_t sequence) {
    if (!*highest) return *highest = FIRST_CYCLE + sequence;
    int64_t extended = nearest(sequence, *highest);
    if (extended > *highest) *highest = extended;
    return extended;
}

#endif
