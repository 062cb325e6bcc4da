#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "fetch.h"

static const double KEEP = 0.8; /* s */

struct kept {
    uint32_t number, block; /* the extended number's and the block's low 32 bits */
    uint16_t at, length;    /* length 0: empty */
};

/* Blocks are counted from the first one ever; they stand by their number modulo CACHE_BLOCKS. */
struct shelf {
    uint32_t first, count;
    unsigned used; /* octets of the newest block */
    struct kept kept[CACHE_SIZE];
    uint8_t *blocks[CACHE_BLOCKS];
    double newest_at[CACHE_BLOCKS]; /* when the block's last packet came */
};

void cache_open(struct cache *cache, bool keeps) { *cache = (struct cache){.keeps = keeps}; }

void cache_close(struct cache *cache) {
    struct shelf *shelf = cache->shelf;
    for (uint32_t i = 0; shelf && i < shelf->count; i++)
        free(shelf->blocks[(shelf->first + i) % CACHE_BLOCKS]);
    free(shelf);
    cache->shelf = NULL;
    cache->next = NULL;
}

void cache_clear(struct cache *cache) {
    cache_close(cache);
    cache_open(cache, cache->keeps);
}

void cache_fetch(const struct cache *cache, size_t length) {
    if (!cache->next) return;
    fetch(&cache->shelf->kept[(cache->newest + 1) % CACHE_SIZE], sizeof(struct kept));
    fetch(cache->next, length);
}

/* --- duplicates --- */

static uint64_t *seen(struct cache *cache, int64_t extended) {
    return &cache->seen[extended % CACHE_SIZE / 64];
}

bool cache_had(const struct cache *cache, int64_t extended) {
    if (extended <= cache->newest - CACHE_SIZE) return true;
    return extended <= cache->newest &&
           cache->seen[extended % CACHE_SIZE / 64] >> extended % 64 & 1;
}

static bool note(struct cache *cache, int64_t extended) {
    int64_t last = cache->newest, bit = extended % 64;
    if (extended <= last - CACHE_SIZE || (extended <= last && *seen(cache, extended) >> bit & 1))
        return false;
    if (extended - last > CACHE_SIZE) last = extended - CACHE_SIZE;
    while (last < extended) { /* the places of numbers that are too old now */
        last++;
        *seen(cache, last) &= ~(UINT64_C(1) << last % 64);
    }
    if (extended > cache->newest) cache->newest = extended;
    *seen(cache, extended) |= UINT64_C(1) << bit;
    return true;
}

/* --- octets --- */

static bool spare(const struct shelf *shelf, double now) {
    bool old = shelf->count && now - shelf->newest_at[shelf->first % CACHE_BLOCKS] > KEEP;
    return shelf->count == CACHE_BLOCKS || (shelf->count >= CACHE_BLOCKS_KEPT && old);
}

/* Room for a packet in one piece, in the newest block or in another one. */
static bool make_room(struct shelf *shelf, size_t length, double now) {
    if (shelf->count && shelf->used + length <= CACHE_BLOCK) return true;
    uint8_t *block = NULL;
    while (spare(shelf, now)) {
        free(block);
        block = shelf->blocks[shelf->first++ % CACHE_BLOCKS];
        shelf->count--;
    }
    if (!block) block = malloc(CACHE_BLOCK);
    if (!block) return false;
    shelf->blocks[(shelf->first + shelf->count++) % CACHE_BLOCKS] = block;
    shelf->used = 0;
    return true;
}

static void keep(struct cache *cache, int64_t extended, const struct packet *packet, double now) {
    struct shelf *shelf = cache->shelf;
    if (!make_room(shelf, packet->length, now)) return;
    uint32_t block = shelf->first + shelf->count - 1;
    uint8_t *at = shelf->blocks[block % CACHE_BLOCKS] + shelf->used;
    shelf->newest_at[block % CACHE_BLOCKS] = now;
    shelf->kept[extended % CACHE_SIZE] =
        (struct kept){(uint32_t)extended, block, (uint16_t)shelf->used, packet->length};
    memcpy(at, packet->data, packet->length);
    shelf->used += packet->length;
    cache->next = at + packet->length;
}

bool cache_add(struct cache *cache, int64_t extended, const struct packet *packet, double now) {
    if (!note(cache, extended)) return false;
    if (cache->keeps && !cache->shelf) cache->shelf = calloc(1, sizeof *cache->shelf);
    if (cache->shelf) keep(cache, extended, packet, now);
    return true;
}

uint8_t *cache_get(const struct cache *cache, int64_t extended, uint16_t *length) {
    const struct shelf *shelf = cache->shelf;
    if (!shelf || extended <= 0) return NULL;
    const struct kept *kept = &shelf->kept[extended % CACHE_SIZE];
    if (!kept->length || kept->number != (uint32_t)extended ||
        kept->block - shelf->first >= shelf->count)
        return NULL;
    *length = kept->length;
    return shelf->blocks[kept->block % CACHE_BLOCKS] + kept->at;
}
