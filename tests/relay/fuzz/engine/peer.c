/* A peer that has keys and sends anything: a call between it and another, with SRTP left out. The input is a sequence
 * of [length, kind, bytes…]; kind 0 lets time pass, others are datagrams. */
#include <stdlib.h>
#include <string.h>

#include "relay.h"

static int plain(void *session, void *packet, int *length) { return session && packet && *length >= 8 ? 0 : 1; }

static void discard(void *context, struct outbox *outbox) {
    (void)context;
    outbox->count = 0;
}

static struct codecs video(uint8_t payload_type, enum coding coding) {
    struct codec codec = {payload_type, (uint8_t)(payload_type + 1), coding, 90000, "VP8"};
    return (struct codecs){.count = 1, .list = {codec}};
}

static struct uplink *camera(void) {
    struct uplink *uplink = calloc(1, sizeof *uplink);
    strcpy(uplink->mid, "1");
    uplink->video = true;
    uplink->codecs = video(96, CODING_VP8);
    uplink_open(uplink);
    return uplink;
}

static struct downlink *screen(struct peer *peer) {
    struct slot slot = {.mid = "2", .name = "slot-0", .video = true, .codecs = video(98, CODING_VP8)};
    slot.ssrc = 0x01010101;
    slot.rtx_ssrc = 0x02020202;
    slot.mid_id = 4;
    slot.send_time_id = 2;
    struct downlink *downlink = calloc(1, sizeof *downlink);
    downlink->peer = peer;
    downlink_open(downlink, 100, 200);
    downlink_renegotiate(downlink, &slot);
    peer->numbered[peer->numbered_count++] = downlink;
    return downlink;
}

static struct peer *join(struct relay *relay) {
    static int keys;
    struct peer *peer = relay_add(relay, 7);
    struct tracks tracks = {
        .uplinks = {camera()}, .uplink_count = 1, .downlinks = {screen(peer)}, .downlink_count = 1};
    peer->mid_id = 4;
    peer->transport_sequence_id = 3;
    peer->arrivals = calloc(1, sizeof *peer->arrivals);
    peer->address_size = sizeof(struct sockaddr_in);
    peer->tapped = true;
    relay_negotiate(relay, peer, &tracks);
    relay_secure(relay, peer->key, &keys, &keys);
    return peer;
}

static void feed(struct relay *relay, struct peer *peer, const uint8_t *data, size_t size, double now) {
    uint8_t *copy = malloc(MAX_DATAGRAM + 4);
    memcpy(copy, data, size);
    relay_receive(relay, peer, copy, size, now, now);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    srtp = (struct srtp_functions){plain, plain, plain, plain};
    struct relay *relay = relay_new(3e9, 2500000, 4096);
    relay->outbox.flush = discard;
    struct peer *peers[] = {join(relay), join(relay)};
    downlink_attach(peers[0]->downlinks[0], peers[1]->uplinks[0]);
    downlink_attach(peers[1]->downlinks[0], peers[0]->uplinks[0]);
    double now = 1000;
    while (size > 2) {
        size_t length = data[0] < size - 2 ? data[0] : size - 2;
        if (data[1])
            feed(relay, peers[data[1] & 1], data + 2, length, now);
        else
            relay_tick(relay, now += data[0] * 0.01);
        data += 2 + length;
        size -= 2 + length;
    }
    relay_tick(relay, now + 1);
    relay_free(relay);
    return 0;
}
