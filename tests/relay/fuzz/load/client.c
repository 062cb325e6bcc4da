/* A client of the load generator whose server sends anything, with SRTP left out. The input is a
 * sequence of [length, kind, bytes…]; kind 0 lets time pass, odd ones are RTCP, other ones whatever
 * the socket brings. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "loop.h"
#include "media.h"
#include "reception.h"

static int plain(void *session, void *packet, int *length) {
    (void)session;
    return packet && *length >= 8 ? 0 : 1;
}

static struct generator *calling(int fd) {
    struct srtp srtp = {plain, plain, plain, plain};
    struct generator *self = generator_new(&srtp);
    struct stream_settings sound = {.ssrc = 1,
                                    .payload_type = 111,
                                    .packets_per_second = 50,
                                    .payload_size = 80,
                                    .packets_a_frame = 1};
    struct stream_settings video = {.ssrc = 0x01010101,
                                    .rtx_ssrc = 0x02020202,
                                    .payload_type = VP8,
                                    .rtx_payload_type = RTX,
                                    .video = 1,
                                    .packets_per_second = 150,
                                    .payload_size = 1100,
                                    .packets_a_frame = 5,
                                    .extension_length = 16,
                                    .send_time_at = 5,
                                    .transport_sequence_at = 9};
    generator_add_client(self, fd, NULL, NULL, (const uint8_t *)"consent", 7);
    generator_add_stream(self, 0, &video);
    generator_add_stream(self, 0, &sound);
    self->repairing = true;
    return self;
}

/* A copy of exactly that size, so that a byte too far is noticed. */
static void control(struct generator *self, const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    control_received(self, self->clients[0], copy, (int)size);
    free(copy);
}

static void pass_time(struct generator *self, uint64_t now) {
    send_due(self, self->clients[0], now);
    keep_alive(self, self->clients[0], now);
}

static void discard(int fd) {
    uint8_t datagram[2048];
    while (recv(fd, datagram, sizeof datagram, MSG_DONTWAIT) >= 0) continue;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int wire[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, wire) < 0) abort();
    struct generator *self = calling(wire[0]);
    uint64_t now = 0;
    while (size > 2) {
        size_t length = data[0] < size - 2 ? data[0] : size - 2;
        if (!data[1])
            pass_time(self, now += data[0] * (SECOND / 1000));
        else if (data[1] & 1)
            control(self, data + 2, length);
        else if (send(wire[1], data + 2, length, MSG_DONTWAIT) >= 0)
            receive_all(self, self->clients[0]);
        discard(wire[1]);
        data += 2 + length;
        size -= 2 + length;
    }
    generator_free(self);
    close(wire[0]);
    close(wire[1]);
    return 0;
}
