/* Three peers who have keys and send anything, with SRTP left out: sound, VP8, H.264, layers, other
 * m-lines, routes, a recorder that reads late, people who leave. The input is a sequence of
 * [what, who, length (2), bytes…]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inbound.h"
#include "layer.h"
#include "outbound.h"

enum { PEERS = 3, SLOTS = 3, LEAST_TAPS = 4096, WHAT = 20 };
enum { TICK, NEGOTIATE, LEAVE, ROUTE, TAP, DRAIN, END, DIRECT, KEYFRAME, PACKETS_FROM };

static const char *const rids[] = {"f", "h", "q"};
static int keys;

struct room {
    struct relay *relay;
    struct peer *peers[PEERS];
    double now;
    uint32_t token;
};

static int plain(void *session, void *packet, int *length) {
    return session && packet && *length >= 8 ? 0 : 1;
}

static void discard(void *context, struct outbox *outbox) {
    (void)context;
    for (unsigned i = 0; i < outbox->count; i++)
        if (outbox->items[i].length > sizeof outbox->items[i].data) abort();
    outbox->count = 0;
}

/* --- m-lines --- */

static void add_codec(struct codecs *codecs, uint8_t payload_type, enum coding coding,
                      const char *format) {
    struct codec *codec = &codecs->list[codecs->count++];
    bool sound = coding == CODING_OTHER;
    *codec = (struct codec){payload_type, sound ? NO_RTX : (uint8_t)(payload_type + 1), coding,
                            sound ? 48000 : 90000, ""};
    strcpy(codec->format, format);
}

static void add_codecs(struct codecs *codecs, bool video, unsigned variant) {
    if (!video) add_codec(codecs, 111, CODING_OTHER, "opus");
    if (video && !(variant & 2)) add_codec(codecs, 96, CODING_VP8, "VP8");
    if (video && variant & 3) add_codec(codecs, 102, CODING_H264, "H264/42e0/1");
}

static struct uplink *known_uplink(const struct peer *peer, const char *mid, const char *rid) {
    for (unsigned i = 0; i < peer->uplink_count; i++)
        if (!strcmp(peer->uplinks[i]->mid, mid) && !strcmp(peer->uplinks[i]->rid, rid))
            return peer->uplinks[i];
    return NULL;
}

static struct uplink *make_uplink(struct room *room, struct peer *peer, bool video, const char *rid,
                                  unsigned variant) {
    struct uplink *kept = known_uplink(peer, video ? "1" : "0", rid);
    if (kept && variant & 4) return kept;
    struct uplink *uplink = calloc(1, sizeof *uplink);
    strcpy(uplink->mid, video ? "1" : "0");
    strcpy(uplink->rid, rid);
    uplink->video = video;
    uplink->token = ++room->token;
    uplink->has_ssrc = !rid[0] && variant & 8;
    uplink->ssrc = video ? 0x03030303 : 0x04040404;
    uplink->has_rtx_ssrc = uplink->has_ssrc && video;
    uplink->rtx_ssrc = 0x05050505;
    add_codecs(&uplink->codecs, video, variant);
    uplink_open(uplink);
    return uplink;
}

static struct downlink *make_downlink(struct peer *peer, unsigned place, unsigned variant) {
    struct slot slot = {.mid = {(char)('2' + place)}, .name = "slot-0", .video = place > 0};
    add_codecs(&slot.codecs, slot.video, variant);
    slot.ssrc = 0x01010101u * (place + 1);
    slot.rtx_ssrc = slot.video && !(variant & 16) ? 0x10101010u * (place + 1) : 0;
    slot.mid_id = variant & 32 ? 0 : 4;
    slot.send_time_id = 2;
    struct downlink *downlink = peer_numbered(peer, slot.ssrc);
    if (!downlink) {
        downlink = calloc(1, sizeof *downlink);
        downlink_open(downlink, 0x7ffe, 200);
        peer_number(peer, downlink);
    }
    downlink_renegotiate(downlink, &slot);
    return downlink;
}

static void negotiate(struct room *room, struct peer *peer, unsigned variant, unsigned lines) {
    struct tracks tracks = {0};
    if (lines & 1)
        tracks.uplinks[tracks.uplink_count++] = make_uplink(room, peer, false, "", variant);
    unsigned layers = lines & 8 ? 3 : 0;
    for (unsigned i = 0; i < layers; i++)
        tracks.uplinks[tracks.uplink_count++] =
            make_uplink(room, peer, true, rids[i], variant & ~2u);
    if (lines & 2 && !layers)
        tracks.uplinks[tracks.uplink_count++] = make_uplink(room, peer, true, "", variant);
    for (unsigned i = 0; i < SLOTS; i++)
        if (lines >> (4 + i) & 1)
            tracks.downlinks[tracks.downlink_count++] = make_downlink(peer, i, variant >> 3);
    peer->mid_id = 4;
    peer->transport_sequence_id = 3;
    peer->rid_id = 6;
    peer->repaired_rid_id = 7;
    if (!peer->arrivals) peer->arrivals = calloc(1, sizeof *peer->arrivals);
    relay_negotiate(room->relay, peer, &tracks);
}

/* --- what happens --- */

static void join(struct room *room, unsigned who, unsigned variant) {
    struct peer *peer = room->peers[who] = relay_add(room->relay, 7);
    peer->address_size = sizeof(struct sockaddr_in);
    negotiate(room, peer, variant, 0xff & ~(variant & 8));
    relay_secure(room->relay, peer->key, &keys, &keys);
    taps_set(&room->relay->taps, peer, who == 0);
}

static void route(struct room *room, unsigned who, unsigned publisher, unsigned choice) {
    struct peer *peer = room->peers[who], *from = room->peers[publisher % PEERS];
    if (!peer->downlink_count) return;
    struct downlink *downlink = peer->downlinks[choice % peer->downlink_count];
    struct uplink *source = NULL;
    for (unsigned i = 0; i < from->uplink_count && !source; i++)
        if (from->uplinks[i]->video == downlink->slot.video && !from->uplinks[i]->higher)
            source = from->uplinks[i];
    downlink_attach(downlink, choice & 64 ? NULL : source);
}

static void route_all(struct room *room) {
    for (unsigned who = 0; who < PEERS; who++)
        for (unsigned i = 0; i < SLOTS; i++) route(room, who, who + 1 + i / 2, i);
}

static void drain(struct room *room, unsigned most) {
    size_t size;
    struct ring *ring = &room->relay->taps.ring;
    for (const struct tap_record *record;
         ring->memory && most-- && (record = ring_peek(ring, &size)); ring_release(ring)) {
        struct packet packet;
        if (size != sizeof *record + record->length || record->kind > TAP_LOST) abort();
        if (record->kind == TAP_RTP &&
            !packet_parse(&packet, (uint8_t *)record->data, record->length))
            abort();
    }
    if (taps_untidy(&room->relay->taps)) taps_tidy(&room->relay->taps);
}

static void feed(struct room *room, struct peer *peer, const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1); /* of its exact size: one octet too far shows */
    memcpy(copy, data, size);
    relay_receive(room->relay, peer, copy, size, room->now, room->now);
    free(copy);
}

static void happen(struct room *room, unsigned what, unsigned who, const uint8_t *data,
                   size_t size) {
    struct peer *peer = room->peers[who];
    unsigned first = size > 0 ? data[0] : 0, second = size > 1 ? data[1] : 0;
    const struct sockaddr_storage address = {0};
    switch (what) {
    case TICK: relay_tick(room->relay, room->now += (double)size * 0.01); break;
    case NEGOTIATE: negotiate(room, peer, first, second); break;
    case LEAVE:
        relay_remove(room->relay, peer->key);
        join(room, who, first);
        break;
    case ROUTE: route(room, who, first, second); break;
    case TAP: taps_set(&room->relay->taps, peer, first & 1); break;
    case DRAIN: drain(room, first); break;
    case END:
        for (unsigned i = 0; i < peer->uplink_count; i++)
            relay_end(room->relay, peer, peer->uplinks[i]);
        break;
    case DIRECT:
        relay_direct(room->relay, peer->key, &address, first & 1 ? sizeof(struct sockaddr_in) : 0,
                     (struct local_address){0});
        break;
    case KEYFRAME:
        if (peer->uplink_count)
            uplink_ask_recorded(uplink_top(peer->uplinks[first % peer->uplink_count]));
        break;
    default: feed(room, peer, data, size); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    srtp = (struct srtp_functions){plain, plain, plain, plain};
    struct room room = {.relay = relay_new(3e9, 2500000, LEAST_TAPS), .now = 1000};
    room.relay->outbox.flush = discard;
    for (unsigned who = 0; who < PEERS; who++) join(&room, who, size ? data[0] : 0);
    route_all(&room);
    while (size >= 4) {
        size_t length = (size_t)(data[2] | data[3] << 8) % (MAX_DATAGRAM + 2);
        if (length > size - 4) length = size - 4;
        room.now += 0.001;
        happen(&room, data[0] % WHAT, data[1] % PEERS, data + 4, length);
        data += 4 + length;
        size -= 4 + length;
    }
    drain(&room, UINT32_MAX);
    relay_tick(room.relay, room.now + 1);
    relay_free(room.relay);
    return 0;
}
