/* Numbers a slot's packets as one stream, whoever's packets they are.
 *
 * Within one publisher's stream, sequence numbers and timestamps keep their distances, so loss and
 * reordering stay visible. Where another stream takes over, it continues one behind the newest
 * number and by the elapsed time, which another layer's sender reports tell best: between the
 * packets there may be a keyframe's long way. */
#ifndef CARELAY_CONTINUITY_H
#define CARELAY_CONTINUITY_H

#include <stdbool.h>
#include <stdint.h>

struct continuity {
    int64_t newest; /* extended number sent */
    int64_t shift;  /* from the stream's numbers to ours */
    int64_t first;  /* of the stream, as it numbers; what was before it is never sent */
    uint32_t timestamp, timestamp_shift;
    bool has_sent, aligned;
    double sent_at;
    uint32_t aligned_shift; /* valid if `aligned` */
};

void continuity_open(struct continuity *self, uint16_t first_sequence, uint32_t first_timestamp);

/* By what the next stream's timestamps differ from ours, as sender reports tell. */
void continuity_align(struct continuity *self, uint32_t timestamp_shift);

/* A stream takes over with this packet. */
void continuity_begin(struct continuity *self, int64_t extended, uint32_t timestamp, double now,
                      uint32_t clock_rate);

/* The number and timestamp to send a packet with; false before the stream's first packet here. */
bool continuity_place(struct continuity *self, int64_t extended, uint32_t timestamp, double now,
                      uint16_t *number, uint32_t *sent_timestamp);

/* The current stream's extended number behind a 16-bit one that was sent; false if another's. */
bool continuity_original(const struct continuity *self, uint16_t sequence, int64_t *original);

#endif
