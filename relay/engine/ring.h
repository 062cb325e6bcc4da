/* A bounded queue of records from the packet thread to Python: one writer, one reader, no lock. */
#ifndef CARELAY_RING_H
#define CARELAY_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
    uint8_t *memory;
    size_t size;               /* a power of two */
    size_t touched;            /* octets from the front that may have come into being */
    size_t usual;              /* octets from the front that a lap takes of late */
    _Atomic size_t head, tail; /* written, read; they only grow */
    _Atomic uint64_t dropped;  /* records for which there was no room */
};

/* False if out of memory; `size` a power of two. */
bool ring_open(struct ring *ring, size_t size);
void ring_close(struct ring *ring);

/* Room for a record of `size` bytes, to be filled and then published by `ring_commit`; NULL and
 * counted if there would be less than `spare` left beside it. */
void *ring_reserve(struct ring *ring, size_t size, size_t spare);
void ring_commit(struct ring *ring);

/* The oldest record and its size, or NULL; it stays until `ring_release`. */
const void *ring_peek(struct ring *ring, size_t *size);
void ring_release(struct ring *ring);

/* A reader that keeps up brings what little waits to the front, so that of a large ring only the
 * front ever comes into being as memory; what a late reader took beyond that is given back once it
 * is no more in use. Worth it once `ring_lapped`; does nothing while much waits. While nobody reads
 * or writes. */
bool ring_lapped(const struct ring *ring);
void ring_rewind(struct ring *ring);

/* What waits in `ring` goes over to `larger`, an empty one with room for it. Only while nobody
 * reads or writes. */
void ring_move(struct ring *ring, struct ring *larger);

/* Whether something waits to be read, and whether half of the room is taken; for the writer. */
bool ring_waiting(const struct ring *ring);
bool ring_filling(const struct ring *ring);

#endif
