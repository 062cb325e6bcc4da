#include "cache.h"

#include <stdlib.h>
#include <string.h>

bool cache_open(struct cache *cache, bool keep_packets) {
    *cache = (struct cache){0};
    if (!keep_packets) return true;
    cache->packets = calloc(CACHE_SIZE, MAX_DATAGRAM); /* pages come into being as they are written */
    return cache->packets != NULL;
}

void cache_close(struct cache *cache) {
    free(cache->packets);
    cache->packets = NULL;
}

void cache_clear(struct cache *cache) {
    cache->newest = 0;
    memset(cache->numbers, 0, sizeof cache->numbers);
}

bool cache_add(struct cache *cache, int64_t extended, const struct packet *packet) {
    unsigned place = (unsigned)extended % CACHE_SIZE;
    if (extended > cache->newest)
        cache->newest = extended;
    else if (extended <= cache->newest - CACHE_SIZE || cache->numbers[place] == extended)
        return false;
    cache->numbers[place] = extended;
    cache->lengths[place] = packet->length;
    if (cache->packets) memcpy(cache->packets[place], packet->data, packet->length);
    return true;
}

uint8_t *cache_get(const struct cache *cache, int64_t extended, uint16_t *length) {
    unsigned place = (unsigned)extended % CACHE_SIZE;
    if (!cache->packets || extended <= 0 || cache->numbers[place] != extended) return NULL;
    *length = cache->lengths[place];
    return cache->packets[place];
}
