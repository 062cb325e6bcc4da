/* The table of addresses beside a plain list. The input is a sequence of [what, address, peer]. */
#include <stdlib.h>
#include <string.h>

#include "address.h"

enum { ADDRESSES = 256 };

/* Half of each family, in a few networks, with few ports, so that places meet. */
static struct sockaddr_storage address_of(uint8_t number) {
    struct sockaddr_storage address = {0};
    if (number & 1) {
        struct sockaddr_in6 *v6 = (void *)&address;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)(number >> 5));
        v6->sin6_addr.s6_addr[0] = 0xfd;
        v6->sin6_addr.s6_addr[15] = number >> 1 & 15;
    } else {
        struct sockaddr_in *v4 = (void *)&address;
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)(number >> 5));
        v4->sin_addr.s_addr = htonl(0x0a000000u + (number >> 1 & 15));
    }
    return address;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct address_table table = {0};
    uint32_t peers[ADDRESSES] = {0};
    unsigned count = 0;
    for (; size >= 3; data += 3, size -= 3) {
        struct sockaddr_storage address = address_of(data[1]);
        uint32_t peer = data[0] & 1 ? 1u + data[2] : 0;
        if (peer && !address_bind(&table, &address, peer)) abort();
        if (!peer) address_unbind(&table, &address);
        count += !peers[data[1]] && peer ? 1 : 0;
        count -= peers[data[1]] && !peer ? 1 : 0;
        peers[data[1]] = peer;
        if (table.count != count || 2 * table.count > table.room) abort();
    }
    for (unsigned i = 0; i < ADDRESSES; i++) {
        struct sockaddr_storage address = address_of((uint8_t)i);
        if (address_peer(&table, &address) != peers[i]) abort();
    }
    address_close(&table);
    return 0;
}
