/* The last packets of one uplink stream, for retransmission and to tell duplicates. */
#ifndef CARELAY_CACHE_H
#define CARELAY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "packet.h"

/* At most so many packets and blocks of octets: 1 MiB, three keyframes of a screen at 1080p, 1 s at
 * 8 Mbit/s. Blocks are taken and given back with what flows; above so few (128 kB) they are kept
 * for 0.8 s, within which a subscriber behind a round trip of 600 ms has asked. */
enum { CACHE_SIZE = 1024, CACHE_BLOCK = 16 << 10, CACHE_BLOCKS = 64, CACHE_BLOCKS_KEPT = 8 };

struct cache {
    int64_t newest;
    bool keeps;                     /* audio is never sent again: only duplicates are told */
    struct shelf *shelf;            /* what is kept; NULL before the first packet */
    uint8_t *next;                  /* where the next packet probably goes; NULL likewise */
    uint64_t seen[CACHE_SIZE / 64]; /* of the last CACHE_SIZE numbers, by number */
};

void cache_open(struct cache *cache, bool keeps);
void cache_close(struct cache *cache);

/* Forgets everything: another stream begins. */
void cache_clear(struct cache *cache);

/* Brings near what the next packet, of that many octets, needs. */
void cache_fetch(const struct cache *cache, size_t length);

/* Keeps the packet, unless there is no memory. False: seen before, or too old to tell, so it must
 * not be forwarded (again): two different packets with one sequence number would use an SRTP nonce
 * twice (RFC 7714 8.1). */
bool cache_add(struct cache *cache, int64_t extended, const struct packet *packet, double now);

/* Whether the packet was there once, or is so old that nobody can tell. */
bool cache_had(const struct cache *cache, int64_t extended);

/* The packet's bytes and length, or NULL if it is not (or no longer) there. */
uint8_t *cache_get(const struct cache *cache, int64_t extended, uint16_t *length);

#endif
