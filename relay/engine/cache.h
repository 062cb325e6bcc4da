/* The last packets of one uplink stream, for retransmission and to tell duplicates. */
#ifndef CARELAY_CACHE_H
#define CARELAY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "packet.h"

/* At most so many packets, and of video at most so many octets: 0.8 s at 2.5 Mbit/s, four round trips of a slow link.
 * They are most of the memory that a participant takes. */
enum { CACHE_SIZE = 512, CACHE_OCTETS = 256 << 10 };

struct cache {
    int64_t newest;
    int64_t numbers[CACHE_SIZE]; /* 0: empty */
    uint64_t at[CACHE_SIZE];     /* in all octets ever written */
    uint16_t lengths[CACHE_SIZE];
    uint64_t written;
    uint8_t *octets; /* NULL: only duplicates are told, as for audio, which is never sent again */
};

/* False if out of memory. */
bool cache_open(struct cache *cache, bool keep_octets);
void cache_close(struct cache *cache);

/* Forgets everything: another stream begins. */
void cache_clear(struct cache *cache);

/* Keeps the packet. False: seen before, or too old to tell, so it must not be forwarded (again): two different
 * packets with one sequence number would use an SRTP nonce twice (RFC 7714 8.1). */
bool cache_add(struct cache *cache, int64_t extended, const struct packet *packet);

/* The packet's bytes and length, or NULL if it is not (or no longer) there. */
uint8_t *cache_get(const struct cache *cache, int64_t extended, uint16_t *length);

#endif
