#include "wire.h"

#include <sys/socket.h>

bool unlucky(struct generator *self) { /* xorshift: the same in every run */
    self->random ^= self->random << 13;
    self->random ^= self->random >> 17;
    self->random ^= self->random << 5;
    return (int)(self->random % 1000) < self->loss_per_mille;
}

void transmit(struct generator *self, struct client *client, const uint8_t *packet, int length) {
    if (unlucky(self))
        self->now.figures.lost_up++;
    else if (send(client->fd, packet, (size_t)length, MSG_DONTWAIT) < 0)
        self->now.figures.send_failed++;
}

void not_decrypted(struct generator *self, int status) {
    if (status == SRTP_REPLAYED || status == SRTP_TOO_OLD)
        self->now.figures.repeated++;
    else
        self->now.figures.unreadable++;
}
