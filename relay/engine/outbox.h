/* Protected datagrams on their way to the socket. */
#ifndef CARELAY_OUTBOX_H
#define CARELAY_OUTBOX_H

#include <stdint.h>
#include <sys/socket.h>

#include "packet.h"

enum { OUTBOX = 128, SRTP_TRAILER = 144 };

/* Which of our own addresses a datagram was sent to, and its answers leave from: 4 or 16 octets;
 * size 0 where the socket is bound to one address. */
struct local_address {
    uint8_t size, octets[16];
};

struct outgoing {
    uint32_t peer;
    uint16_t length;
    socklen_t address_size;
    struct sockaddr_storage address;
    struct local_address local;
    uint8_t data[MAX_DATAGRAM + SRTP_TRAILER];
};

struct outbox {
    unsigned count;
    void (*flush)(void *context, struct outbox *outbox); /* sends and empties it */
    void *context;
    struct outgoing items[OUTBOX];
};

#endif
