/* Which peer is behind a UDP address, of those that passed an authenticated ICE check. */
#ifndef CARELAY_ADDRESS_H
#define CARELAY_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct address_table {
    struct address_entry {
        uint32_t peer; /* 0: empty. In front, where one look at an entry finds both. */
        struct sockaddr_storage address;
    } *entries;
    unsigned count, room; /* room is a power of two, at most half full */
};

/* False if out of memory. */
bool address_bind(struct address_table *table, const struct sockaddr_storage *address,
                  uint32_t peer);
void address_unbind(struct address_table *table, const struct sockaddr_storage *address);

/* The peer's key, 0 if nobody's. */
uint32_t address_peer(const struct address_table *table, const struct sockaddr_storage *address);
void address_close(struct address_table *table);

#endif
