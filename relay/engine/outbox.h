/* Protected datagrams on their way to the socket. */
#ifndef CARELAY_OUTBOX_H
#define CARELAY_OUTBOX_H

#include <stdint.h>
#include <sys/socket.h>

#include "packet.h"

enum { OUTBOX = 128, SRTP_TRAILER = 144 };

struct outgoing {
    uint32_t peer;
    uint16_t length;
    socklen_t address_size;
    struct sockaddr_storage address;
    uint8_t data[MAX_DATAGRAM + SRTP_TRAILER];
};

struct outbox {
    unsigned count;
    void (*flush)(void *context, struct outbox *outbox); /* sends and empties it */
    void *context;
    struct outgoing items[OUTBOX];
};

#endif
