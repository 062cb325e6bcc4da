#include "relay.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"

struct srtp_functions srtp;

const char *const dropped_names[DROPPED_REASONS] = {
    "length",         "first_byte",     "unknown_address", "unknown_peer",   "before_dtls",   "srtp_refused",     "srtp_replayed",
    "srtcp_refused",  "srtcp_replayed", "malformed_rtp",   "malformed_rtcp", "unknown_ssrc",  "too_many_ssrcs",   "payload_type",
    "rtx_before_media", "duplicate_or_padding", "too_long_to_send", "send_buffer_full", "send_failed",
};

enum { SRTP_REPLAYED = 9, SRTP_TOO_OLD = 10 }; /* srtp_err_status_replay_fail and _replay_old */

struct relay *relay_new(double epoch, uint64_t max_video_bps, size_t taps_size) {
    struct relay *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->epoch = epoch;
    self->max_video_bps = max_video_bps;
    self->room = 64;
    self->peers = calloc(self->room, sizeof *self->peers);
    if (self->peers && ring_open(&self->taps, taps_size)) return self;
    free(self->peers);
    free(self);
    return NULL;
}

void relay_free(struct relay *self) {
    for (unsigned i = 0; i < self->room; i++)
        if (self->peers[i]) relay_remove(self, self->peers[i]->key);
    ring_close(&self->taps);
    free(self->peers);
    free(self);
}

/* --- peers --------------------------------------------------------------------------------------------------- */

static void place(struct peer **peers, unsigned room, struct peer *peer) { peers[peer->key & (room - 1)] = peer; }

/* Keys grow by one, so a table twice as large as the peers rarely meets a taken place; where it does, it grows. */
static bool make_room(struct relay *self, uint32_t key) {
    while (self->peers[key & (self->room - 1)]) {
        unsigned room = 2 * self->room;
        struct peer **peers = room > 1u << 20 ? NULL : calloc(room, sizeof *peers);
        if (!peers) return false;
        for (unsigned i = 0; i < self->room; i++)
            if (self->peers[i]) place(peers, room, self->peers[i]);
        free(self->peers);
        self->peers = peers;
        self->room = room;
    }
    return true;
}

struct peer *relay_add(struct relay *self, uint32_t rtcp_ssrc) {
    uint32_t key = self->last_key + 1;
    while (self->peers[key & (self->room - 1)] && key - self->last_key < self->room / 2) key++;
    if (!make_room(self, key)) return NULL;
    struct peer *peer = peer_new(key, rtcp_ssrc);
    if (!peer) return NULL;
    self->last_key = key;
    self->peer_count++;
    place(self->peers, self->room, peer);
    return peer;
}

struct peer *relay_peer(const struct relay *self, uint32_t key) {
    struct peer *peer = self->peers[key & (self->room - 1)];
    return peer && peer->key == key ? peer : NULL;
}

void relay_remove(struct relay *self, uint32_t key) {
    struct peer *peer = relay_peer(self, key);
    if (!peer) return;
    relay_negotiate(self, peer, NULL, 0, NULL, 0);
    self->peers[key & (self->room - 1)] = NULL;
    self->peer_count--;
    peer_free(peer);
}

/* --- what Python hears of --------------------------------------------------------------------------------------- */

static struct tap_record *tap(struct relay *self, const struct peer *peer, const struct uplink *uplink, enum tap_kind kind, size_t length, double now) {
    struct tap_record *record = ring_reserve(&self->taps, sizeof *record + length);
    if (!record) return NULL;
    *record = (struct tap_record){.kind = (uint8_t)kind, .peer = peer->key, .uplink = uplink->token, .at = now, .length = (uint32_t)length};
    return record;
}

void relay_end(struct relay *self, struct peer *peer, struct uplink *uplink) {
    bool was_active = uplink->active;
    uplink->active = false;
    if (was_active && uplink->tapped && tap(self, peer, uplink, TAP_ENDED, 0, 0)) ring_commit(&self->taps);
}

static void tap_packet(struct relay *self, const struct peer *peer, const struct uplink *uplink, const struct packet *packet, double now) {
    struct tap_record *record = tap(self, peer, uplink, TAP_RTP, packet->length, now);
    if (!record) return;
    record->payload_type = uplink->stream.codec->payload_type;
    memcpy(record->data, packet->data, packet->length);
    ring_commit(&self->taps);
}

/* --- tracks ------------------------------------------------------------------------------------------------------ */

static bool among(const void *item, void *const *list, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (list[i] == item) return true;
    return false;
}

static void end_uplink(struct relay *self, struct peer *peer, struct uplink *uplink) {
    while (uplink->outlet_count) downlink_attach(uplink->outlets[0], NULL);
    relay_end(self, peer, uplink);
    uplink_close(uplink);
    free(uplink);
}

void relay_negotiate(struct relay *self, struct peer *peer, struct uplink **uplinks, unsigned uplink_count,
                     struct downlink **downlinks, unsigned downlink_count) {
    for (unsigned i = 0; i < peer->uplink_count; i++)
        if (!among(peer->uplinks[i], (void *const *)uplinks, uplink_count)) end_uplink(self, peer, peer->uplinks[i]);
    for (unsigned i = 0; i < peer->downlink_count; i++)
        if (!among(peer->downlinks[i], (void *const *)downlinks, downlink_count)) {
            downlink_attach(peer->downlinks[i], NULL);
            free(peer->downlinks[i]);
        }
    if (uplink_count) memcpy(peer->uplinks, uplinks, uplink_count * sizeof *uplinks);
    if (downlink_count) memcpy(peer->downlinks, downlinks, downlink_count * sizeof *downlinks);
    peer->uplink_count = uplink_count;
    peer->downlink_count = downlink_count;
    peer_index(peer);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static struct outgoing *next_outgoing(struct outbox *outbox) {
    if (outbox->count == OUTBOX) outbox->flush(outbox->context, outbox);
    return &outbox->items[outbox->count];
}

/* Protects what stands in the next outgoing datagram and keeps it there to be sent. */
static void dispatch(struct relay *self, struct peer *peer, struct outgoing *out, size_t length, bool rtcp) {
    int size = (int)length;
    if (!peer->send) return;
    int refused = length > MAX_DATAGRAM - SRTP_TRAILER || (rtcp ? srtp.protect_rtcp : srtp.protect)(peer->send, out->data, &size);
    if (refused) {
        self->dropped[DROPPED_TOO_LONG_TO_SEND]++;
        return;
    }
    if (!peer->address_size) return;
    out->peer = peer->key;
    out->length = (uint16_t)size;
    memcpy(&out->address, &peer->address, peer->address_size);
    out->address_size = peer->address_size;
    self->outbox.count++;
    if (!rtcp) peer->bytes_sent += length;
}

static void deliver(struct relay *self, struct uplink *uplink, const struct packet *packet, int64_t extended, double now) {
    for (unsigned i = 0; i < uplink->outlet_count; i++) {
        struct downlink *downlink = uplink->outlets[i];
        struct outgoing *out = next_outgoing(&self->outbox);
        size_t length = downlink_forward(downlink, packet, extended, now, out->data);
        if (!length) continue;
        self->forwarded_packets++;
        dispatch(self, downlink->peer, out, length, false);
    }
}

/* --- receiving ----------------------------------------------------------------------------------------------------- */

/* Decrypts in place; false and counted if it is not the peer's, or was there before. */
static bool open_datagram(struct relay *self, struct peer *peer, uint8_t *datagram, size_t *length, bool rtcp, double now) {
    if (!peer->receive) {
        self->dropped[DROPPED_BEFORE_DTLS]++;
        return false;
    }
    int size = (int)*length;
    int status = (rtcp ? srtp.unprotect_rtcp : srtp.unprotect)(peer->receive, datagram, &size);
    if (status) {
        bool replayed = status == SRTP_REPLAYED || status == SRTP_TOO_OLD;
        self->dropped[(rtcp ? DROPPED_SRTCP_REFUSED : DROPPED_SRTP_REFUSED) + replayed]++;
        return false;
    }
    *length = (size_t)size;
    peer->heard = true;
    peer->last_heard = now;
    return true;
}

static void receive_rtp(struct relay *self, struct peer *peer, uint8_t *datagram, size_t length, double now) {
    static const enum dropped reasons[] = {
        [REFUSED_PAYLOAD_TYPE] = DROPPED_PAYLOAD_TYPE,
        [REFUSED_RTX_BEFORE_MEDIA] = DROPPED_RTX_BEFORE_MEDIA,
        [REFUSED_DUPLICATE_OR_PADDING] = DROPPED_DUPLICATE_OR_PADDING,
    };
    struct packet packet;
    if (!open_datagram(self, peer, datagram, &length, false, now)) return;
    if (!packet_parse(&packet, datagram, length)) {
        self->dropped[DROPPED_MALFORMED_RTP]++;
        return;
    }
    struct uplink *uplink;
    enum identified identified = peer_identify(peer, &packet, now, &uplink);
    if (identified != IDENTIFIED) {
        self->dropped[identified == UNKNOWN_SSRC ? DROPPED_UNKNOWN_SSRC : DROPPED_TOO_MANY_SSRCS]++;
        return;
    }
    int64_t extended;
    enum verdict verdict = uplink_accept(uplink, &packet, &extended, now);
    if (verdict != ACCEPTED) {
        self->dropped[reasons[verdict]]++;
        return;
    }
    self->received_packets++;
    deliver(self, uplink, &packet, extended, now);
    if (uplink->tapped) tap_packet(self, peer, uplink, &packet, now);
}

static void take_reports(struct peer *peer, const uint8_t *at, unsigned count, double now) {
    for (unsigned i = 0; i < count; i++) {
        struct report report = report_read(at + i * REPORT_SIZE);
        struct downlink *downlink = peer_downlink_of(peer, report.ssrc);
        if (!downlink) continue;
        downlink->report = report;
        downlink->has_report = true;
        round_trips_answered(&peer->round_trips, report.last_sender_report, report.delay, now);
    }
}

static void take_sender_report(struct relay *self, struct peer *peer, const uint8_t *body, double now) {
    uint32_t ssrc = get32(body);
    struct uplink *uplink = peer_uplink_of(peer, ssrc);
    if (!uplink || !uplink->stream.serial || uplink->stream.ssrc != ssrc) return;
    uplink_sender_report(uplink, &peer->clock, self->epoch, get64(body + 4), get32(body + 12), now);
    struct tap_record *record = uplink->tapped ? tap(self, peer, uplink, TAP_SENDER_REPORT, 0, now) : NULL;
    if (!record) return;
    record->ntp = get64(body + 4);
    record->rtp = get32(body + 12);
    ring_commit(&self->taps);
}

static void resend(struct relay *self, struct peer *peer, struct downlink *downlink, uint16_t sequence, double now) {
    struct outgoing *out = next_outgoing(&self->outbox);
    size_t length = downlink_resend(downlink, sequence, peer->round_trips.known ? peer->round_trips.seconds : 0, now, out->data);
    if (length) dispatch(self, peer, out, length, false);
}

static void take_nack(struct relay *self, struct peer *peer, const struct rtcp *nack, double now) {
    struct downlink *downlink = peer_downlink_of(peer, get32(nack->body + 4));
    for (size_t at = 8; downlink && at + 4 <= nack->length; at += 4) {
        uint16_t first = get16(nack->body + at), mask = get16(nack->body + at + 2);
        resend(self, peer, downlink, first, now);
        for (unsigned bit = 0; bit < 16; bit++)
            if (mask >> bit & 1) resend(self, peer, downlink, (uint16_t)(first + 1 + bit), now);
    }
}

static void keyframe_requested(struct peer *peer, uint32_t ssrc) {
    struct downlink *downlink = peer_downlink_of(peer, ssrc);
    if (!downlink) return;
    downlink->plis++;
    if (downlink->source) downlink->source->keyframes.wanted = true;
}

static void take_payload_feedback(struct peer *peer, const struct rtcp *packet, double now) {
    if (packet->count == FB_PLI) keyframe_requested(peer, get32(packet->body + 4));
    if (packet->count == FB_FIR) /* the target is in the FCI, the media SSRC is 0 (RFC 5104 4.3.1.2) */
        for (size_t at = 8; at + 8 <= packet->length; at += 8) keyframe_requested(peer, get32(packet->body + at));
    if (packet->count == FB_AFB && packet->length >= 16 && !memcmp(packet->body + 8, "REMB", 4)) {
        uint32_t rate = get32(packet->body + 12);
        unsigned exponent = rate >> 18 & 0x3f;
        uint64_t mantissa = rate & 0x3ffff;
        /* What does not fit 64 bits is "as much as you like". */
        uint64_t bps = mantissa && exponent > 45 ? INT64_MAX : mantissa << exponent;
        peer->estimate = (struct estimate){.known = true, .bps = bps, .at = now};
    }
}

static void take_bye(struct relay *self, struct peer *peer, const struct rtcp *bye) {
    for (unsigned i = 0; i < bye->count; i++) {
        uint32_t ssrc = get32(bye->body + 4 * i);
        struct uplink *uplink = peer_uplink_of(peer, ssrc);
        if (uplink && uplink->has_ssrc && uplink->ssrc == ssrc) relay_end(self, peer, uplink);
    }
}

static void take_rtcp(struct relay *self, struct peer *peer, const struct rtcp *packet, double now) {
    switch (packet->type) {
    case RTCP_SR:
        take_sender_report(self, peer, packet->body, now);
        take_reports(peer, packet->body + 24, packet->count, now);
        break;
    case RTCP_RR: take_reports(peer, packet->body + 4, packet->count, now); break;
    case RTCP_BYE: take_bye(self, peer, packet); break;
    case RTCP_RTPFB:
        if (packet->count == FB_NACK) take_nack(self, peer, packet, now);
        break;
    case RTCP_PSFB: take_payload_feedback(peer, packet, now); break;
    default: break;
    }
}

static void receive_rtcp(struct relay *self, struct peer *peer, uint8_t *datagram, size_t length, double now) {
    if (!open_datagram(self, peer, datagram, &length, true, now)) return;
    if (!rtcp_valid(datagram, length)) {
        self->dropped[DROPPED_MALFORMED_RTCP]++;
        return;
    }
    size_t offset = 0;
    for (struct rtcp packet; rtcp_next(datagram, length, &offset, &packet);) take_rtcp(self, peer, &packet, now);
}

void relay_receive(struct relay *self, struct peer *peer, uint8_t *datagram, size_t length, double now) {
    if (length < 12 || length > MAX_DATAGRAM)
        self->dropped[DROPPED_LENGTH]++;
    else if (datagram[1] >= 192 && datagram[1] <= 223) /* RTP and RTCP on one port (RFC 5761 4) */
        receive_rtcp(self, peer, datagram, length, now);
    else
        receive_rtp(self, peer, datagram, length, now);
}

/* --- what is due ------------------------------------------------------------------------------------------------------ */

struct compound_sender {
    struct relay *relay;
    struct peer *peer;
};

static void send_compound(void *context, const uint8_t *compound, size_t length) {
    struct compound_sender *sender = context;
    struct outgoing *out = next_outgoing(&sender->relay->outbox);
    if (length <= MAX_DATAGRAM - SRTP_TRAILER) memcpy(out->data, compound, length);
    dispatch(sender->relay, sender->peer, out, length, true);
}

void relay_tick(struct relay *self, double now) {
    for (unsigned i = 0; i < self->room; i++) {
        struct peer *peer = self->peers[i];
        if (!peer) continue;
        for (unsigned j = 0; j < peer->uplink_count; j++) rate_update(&peer->uplinks[j]->rate, now);
        for (unsigned j = 0; j < peer->downlink_count; j++) rate_update(&peer->downlinks[j]->rate, now);
        struct compound_sender sender = {self, peer};
        peer_feedback(peer, now, self->max_video_bps, send_compound, &sender);
    }
}
