/* A bounded queue of records from the packet thread to Python: one writer, one reader, no lock, no allocation. */
#ifndef CARELAY_RING_H
#define CARELAY_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
    uint8_t *memory;
    size_t size;               /* a power of two */
    _Atomic size_t head, tail; /* written, read; they only grow */
    _Atomic uint64_t dropped;  /* records for which there was no room */
};

/* False if out of memory; `size` a power of two. */
bool ring_open(struct ring *ring, size_t size);
void ring_close(struct ring *ring);

/* Room for a record of `size` bytes, to be filled and then published by `ring_commit`; NULL and counted if full. */
void *ring_reserve(struct ring *ring, size_t size);
void ring_commit(struct ring *ring);

/* The oldest record and its size, or NULL; it stays until `ring_release`. */
const void *ring_peek(struct ring *ring, size_t *size);
void ring_release(struct ring *ring);

/* Whether something waits to be read, and whether half of the room is taken; for the writer. */
bool ring_waiting(const struct ring *ring);
bool ring_filling(const struct ring *ring);

#endif
