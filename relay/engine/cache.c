#include "cache.h"

#include <stdlib.h>
#include <string.h>

bool cache_open(struct cache *cache, bool keep_octets) {
    *cache = (struct cache){0};
    if (!keep_octets) return true;
    cache->octets = malloc(CACHE_OCTETS); /* pages come into being as they are written */
    return cache->octets != NULL;
}

void cache_close(struct cache *cache) {
    free(cache->octets);
    cache->octets = NULL;
}

void cache_clear(struct cache *cache) {
    cache->newest = 0;
    memset(cache->numbers, 0, sizeof cache->numbers);
}

/* In one piece: what would not fit before the end begins anew at the beginning. */
static uint64_t write(struct cache *cache, const struct packet *packet) {
    uint64_t to_end = CACHE_OCTETS - cache->written % CACHE_OCTETS;
    uint64_t at = cache->written + (packet->length > to_end ? to_end : 0);
    memcpy(cache->octets + at % CACHE_OCTETS, packet->data, packet->length);
    cache->written = at + packet->length;
    return at;
}

bool cache_add(struct cache *cache, int64_t extended, const struct packet *packet) {
    unsigned place = (unsigned)extended % CACHE_SIZE;
    if (extended > cache->newest)
        cache->newest = extended;
    else if (extended <= cache->newest - CACHE_SIZE || cache->numbers[place] == extended)
        return false;
    cache->numbers[place] = extended;
    cache->lengths[place] = packet->length;
    if (cache->octets) cache->at[place] = write(cache, packet);
    return true;
}

uint8_t *cache_get(const struct cache *cache, int64_t extended, uint16_t *length) {
    unsigned place = (unsigned)extended % CACHE_SIZE;
    if (!cache->octets || extended <= 0 || cache->numbers[place] != extended) return NULL;
    if (cache->written - cache->at[place] > CACHE_OCTETS) return NULL;
    *length = cache->lengths[place];
    return cache->octets + cache->at[place] % CACHE_OCTETS;
}
