/* Sound goes out twice on a path that loses packets. Browsers have no RTX for it, so none is sent
 * again when asked for; instead each datagram comes once more in front of the next one. It is the
 * very same octets: no nonce is used for two packets (RFC 7714 8.1), and the replay protection of
 * SRTP drops whichever copy comes last (RFC 3711 3.3.2). At 10 % loss 1 % of the sound was made up
 * by the browsers instead of 9 % (measured). */
#ifndef CARELAY_REPETITION_H
#define CARELAY_REPETITION_H

#include <stddef.h>
#include <stdint.h>

#include "outbox.h"

enum { MAX_REPEATED = 512 }; /* octets; Opus in 20 ms rarely has 200 */

/* Of one subscriber. */
struct lossy_path {
    double until;
};

/* Where a path is congested, sound goes out twice only if it takes no more than this part of what
 * the path carries: the second copies must not be what is too much. */
enum { SOUND_SHARE = 8 };

void lossy_path_open(struct lossy_path *path);

/* A stretch of any of its streams arrived with this loss. */
void lossy_path_lost(struct lossy_path *path, double fraction, double now);

/* The latest datagram of one slot's sound. */
struct repetition {
    uint16_t size; /* 0: none */
    uint16_t plain_size;
    uint8_t data[MAX_REPEATED];
};

/* Keeps what was just protected, to be sent again; not if it is too long for sound. */
void repetition_keep(struct repetition *repetition, const struct outgoing *sent, size_t plain_size);

/* Writes what was kept, once; returns its size, 0 if there is nothing. */
size_t repetition_take(struct repetition *repetition, uint8_t *out);

#endif
