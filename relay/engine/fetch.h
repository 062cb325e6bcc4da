/* Fetches memory into the cache while something else is done. Between two packets of a peer there
 * are those of all others and the kernel's own work, so what is kept about it is in memory that
 * takes hundreds of cycles to reach; asked for at once, it comes together. */
#ifndef CARELAY_FETCH_H
#define CARELAY_FETCH_H

#include <stddef.h>
#include <stdint.h>

enum { CACHE_LINE = 64 };

static inline void fetch(const void *from, size_t size) {
    uintptr_t end = (uintptr_t)from + size;
    for (uintptr_t at = (uintptr_t)from & ~(uintptr_t)(CACHE_LINE - 1); at < end; at += CACHE_LINE)
        __builtin_prefetch((const void *)at, 1);
}

#endif
