#include "reception.h"

#include <sys/socket.h>

#include "../bytes.h"
#include "control.h"
#include "received.h"
#include "wire.h"

enum { BATCH = 32, DATAGRAM = 2048, MAX_NACKED = 17 };

/* Asks once for the video that is missing, and at once: the harshest client that a server meets. */
static void note_sequence(struct generator *self, struct client *client, struct received *stream,
                          const uint8_t *packet) {
    uint16_t sequence = get16(packet + 2);
    if (!stream->packets++) stream->base = stream->highest = sequence;
    uint16_t ahead = (uint16_t)(sequence - (uint16_t)stream->highest);
    if (ahead >= 0x8000) return;
    if (ahead > 1 && ahead <= MAX_NACKED && (packet[1] & 0x7f) == VP8 && self->repairing)
        ask_again(self, client, stream, (uint16_t)(stream->highest + 1),
                  (uint16_t)((1u << (ahead - 2)) - 1));
    stream->highest += ahead;
}

static void note_delay(struct generator *self, const uint8_t *stamp, uint64_t arrival) {
    uint64_t sent;
    memcpy(&sent, stamp, 8);
    if (!sent || arrival < sent) return;
    delays_note(&self->now.delays, (arrival - sent) / 1000);
}

/* Servers may send sound twice. A packet whose first copy is lost on purpose was forwarded once. */
static void count_forwarded(struct generator *self, struct received *stream,
                            const uint8_t *packet) {
    if (stream && came_before(stream, get16(packet + 2))) {
        self->now.figures.repeated++;
        return;
    }
    self->now.figures.forwarded++;
    if ((packet[1] & 0x7f) == RTX) self->now.figures.repaired++;
}

static void media_received(struct generator *self, struct client *client, uint8_t *packet,
                           int length, uint64_t arrival) {
    int status = self->srtp.unprotect(client->receive, packet, &length);
    if (status != SRTP_OK || length < 20) {
        not_decrypted(self, status);
        return;
    }
    self->now.figures.received_octets += (uint64_t)length;
    struct received *stream = stream_received(client, get32(packet + 8));
    count_forwarded(self, stream, packet);
    if (stream) note_sequence(self, client, stream, packet);
    note_delay(self, packet + length - 8, arrival);
}

/* STUN and DTLS (by their first octet, RFC 7983) need no answer once the client is connected. */
static void datagram_received(struct generator *self, struct client *client, uint8_t *data,
                              int length, uint64_t arrival) {
    if (length < 12 || data[0] < 128 || data[0] > 191) return;
    bool control = data[1] >= 192 && data[1] <= 223;
    bool lost = unlucky(self);
    if (lost) self->now.figures.lost_down++;
    if (lost && !control)
        count_forwarded(self, stream_received(client, get32(data + 8)), data);
    else if (!lost && control)
        control_received(self, client, data, length);
    else if (!lost)
        media_received(self, client, data, length, arrival);
}

static uint64_t kernel_time(struct msghdr *message) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec at;
            memcpy(&at, CMSG_DATA(part), sizeof at);
            return (uint64_t)at.tv_sec * SECOND + (uint64_t)at.tv_nsec;
        }
    return clock_now(CLOCK_REALTIME);
}

void receive_all(struct generator *self, struct client *client) {
    static _Thread_local uint8_t data[BATCH][DATAGRAM];
    static _Thread_local uint8_t control[BATCH][64];
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    for (int count = BATCH; count == BATCH;) {
        for (int i = 0; i < BATCH; i++) {
            vectors[i] = (struct iovec){data[i], DATAGRAM};
            messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i],
                                                  .msg_iovlen = 1,
                                                  .msg_control = control[i],
                                                  .msg_controllen = sizeof control[i]};
        }
        count = recvmmsg(client->fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < count; i++)
            datagram_received(self, client, data[i], (int)messages[i].msg_len,
                              kernel_time(&messages[i].msg_hdr));
    }
}
