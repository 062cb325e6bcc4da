#include "inbound.h"

#include <math.h>
#include <string.h>

#include "../bytes.h"
#include "layer.h"
#include "outbound.h"

static const uint64_t MAX_ESTIMATE = 1ull << 53; /* "as much as you like", exact as a double */

enum { SRTP_REPLAYED = 9, SRTP_TOO_OLD = 10 }; /* srtp_err_status_replay_fail and _replay_old */

/* A stream that is refused must not be taken for one that arrives without loss. */
static void note_refused(struct peer *peer, uint32_t ssrc) {
    struct uplink *uplink = peer_uplink_of(peer, ssrc);
    (uplink ? &uplink->refusals : &peer->strangers)->refused++;
}

/* Decrypts in place; false and counted if it is not the peer's, or was there before. */
static bool open_datagram(struct relay *self, struct peer *peer, uint8_t *datagram, size_t *length,
                          bool rtcp, double arrival) {
    if (!peer->receive) {
        self->dropped[DROPPED_BEFORE_DTLS]++;
        return false;
    }
    struct senders *senders = rtcp ? &peer->rtcp_senders : &peer->rtp_senders;
    uint32_t ssrc = get32(datagram + (rtcp ? 4 : 8));
    if (!senders_admit(senders, ssrc)) {
        self->dropped[DROPPED_TOO_MANY_SSRCS]++;
        if (!rtcp) note_refused(peer, ssrc);
        return false;
    }
    int size = (int)*length;
    int status = (rtcp ? srtp.unprotect_rtcp : srtp.unprotect)(peer->receive, datagram, &size);
    if (status) {
        bool replayed = status == SRTP_REPLAYED || status == SRTP_TOO_OLD;
        self->dropped[(rtcp ? DROPPED_SRTCP_REFUSED : DROPPED_SRTP_REFUSED) + replayed]++;
        /* One that was there before is no loss. */
        if (!rtcp && status != SRTP_REPLAYED) note_refused(peer, ssrc);
        return false;
    }
    senders_add(senders, ssrc);
    *length = (size_t)size;
    peer->heard = true;
    peer->last_heard = arrival;
    return true;
}

static void repeat(struct relay *self, struct downlink *downlink) {
    struct peer *peer = downlink->peer;
    struct outgoing *out = relay_outgoing(self);
    size_t size = repetition_take(&downlink->repetition, out->data);
    if (!size || !relay_post(self, peer, out, size)) return;
    downlink->retransmitted++;
    peer->bytes_sent += downlink->repetition.plain_size;
}

static void deliver(struct relay *self, struct uplink *uplink, const struct packet *packet,
                    int64_t extended, double now) {
    for (unsigned i = 0; i < uplink->outlet_count; i++) {
        struct downlink *downlink = uplink->outlets[i];
        if (!downlink->peer->send) continue;
        if (!downlink->peer->address_size) {
            self->dropped[DROPPED_NO_CONSENT]++;
            continue;
        }
        if (!downlink->slot.video) repeat(self, downlink);
        struct outgoing *out = relay_outgoing(self);
        size_t length = downlink_forward(downlink, uplink, packet, extended, now, out->data);
        if (!length) continue;
        self->forwarded_packets++;
        bool sent = relay_dispatch(self, downlink->peer, out, length, false);
        if (sent && !downlink->slot.video && peer_repeats_sound(downlink->peer, now))
            repetition_keep(&downlink->repetition, out, length);
    }
}

/* Finds the packet's uplink and lets it in; NULL and counted otherwise. */
static struct uplink *admit(struct relay *self, struct peer *peer, struct packet *packet,
                            int64_t *extended, double now) {
    static const enum dropped refusals[] = {
        [REFUSED_TOO_FAST] = DROPPED_TOO_FAST,
        [REFUSED_PAYLOAD_TYPE] = DROPPED_PAYLOAD_TYPE,
        [REFUSED_OUT_OF_SEQUENCE] = DROPPED_OUT_OF_SEQUENCE,
        [REFUSED_RTX_BEFORE_MEDIA] = DROPPED_RTX_BEFORE_MEDIA,
        [REFUSED_DUPLICATE_OR_PADDING] = DROPPED_DUPLICATE_OR_PADDING,
    };
    struct uplink *uplink;
    enum identified identified = peer_identify(peer, packet, &uplink);
    if (identified != IDENTIFIED) {
        peer->strangers.refused++;
        self->dropped[identified == UNKNOWN_SSRC ? DROPPED_UNKNOWN_SSRC : DROPPED_TOO_MANY_SSRCS]++;
        return NULL;
    }
    enum verdict verdict = uplink_accept(uplink, packet, extended, self->max_video_bps, now);
    if (verdict == ACCEPTED) return uplink;
    self->dropped[refusals[verdict]]++;
    return NULL;
}

static void receive_rtp(struct relay *self, struct peer *peer, uint8_t *datagram, size_t length,
                        double arrival, double now) {
    struct packet packet = {.arrival = arrival};
    int64_t extended;
    peer_fetch(peer, get32(datagram + 8), length); /* while it is decrypted */
    if (!open_datagram(self, peer, datagram, &length, false, arrival)) return;
    if (!packet_parse(&packet, datagram, length)) {
        self->dropped[DROPPED_MALFORMED_RTP]++;
        note_refused(peer, get32(datagram + 8));
        return;
    }
    struct uplink *uplink = admit(self, peer, &packet, &extended, now);
    if (!uplink) return;
    self->received_packets++;
    deliver(self, uplink, &packet, extended, now);
    if (peer->tapped && uplink_recorded(uplink, &packet, now))
        tap_packet(&self->taps, peer, uplink, &packet, extended);
}

/* --- RTCP --- */

static void take_report(struct peer *peer, const struct report *report, double now) {
    struct downlink *downlink = peer_downlink_of(peer, report->ssrc);
    if (!downlink) return;
    round_trips_answered(&peer->round_trips, report->last_sender_report, report->delay, now);
    bool complete = downlink_reported(downlink, report, now);
    if (complete) lossy_path_lost(&peer->lossy_path, downlink->loss.fraction, now);
    if (complete && downlink->slot.video)
        budget_lost(&peer->budget, downlink->loss.fraction, peer_video_bps(peer), now);
}

static void take_reports(struct peer *peer, const uint8_t *at, unsigned count, double now) {
    for (unsigned i = 0; i < count; i++) {
        struct report report = report_read(at + i * REPORT_SIZE);
        take_report(peer, &report, now);
    }
}

static void take_sender_report(struct relay *self, struct peer *peer, const uint8_t *body,
                               double arrival) {
    uint32_t ssrc = get32(body), rtp = get32(body + 12);
    uint64_t ntp = get64(body + 4);
    struct uplink *uplink = peer_uplink_of(peer, ssrc);
    if (!uplink || !uplink->stream.serial || uplink->stream.ssrc != ssrc) return;
    uplink_sender_report(uplink, &peer->clock, self->epoch, ntp, rtp, arrival);
    bool recorded = !uplink_layered(uplink) || uplink_top(uplink)->recorded == uplink;
    if (recorded) tap_sender_report(&self->taps, peer, uplink, ntp, rtp, arrival);
}

static void resend(struct relay *self, struct downlink *downlink, uint16_t sequence, double now) {
    struct peer *peer = downlink->peer;
    struct outgoing *out = relay_outgoing(self);
    double round_trip = peer->round_trips.known ? peer->round_trips.seconds : 0;
    size_t length = downlink_resend(downlink, sequence, round_trip, now, out->data);
    if (length) relay_dispatch(self, peer, out, length, false);
}

static void take_nack(struct relay *self, struct peer *peer, const struct rtcp *nack, double now) {
    struct downlink *downlink = peer_downlink_of(peer, get32(nack->body + 4));
    for (size_t at = 8; downlink && at + 4 <= nack->length; at += 4) {
        uint16_t first = get16(nack->body + at), mask = get16(nack->body + at + 2);
        resend(self, downlink, first, now);
        for (unsigned bit = 0; bit < 16; bit++)
            if (mask >> bit & 1) resend(self, downlink, (uint16_t)(first + 1 + bit), now);
    }
}

static void keyframe_requested(struct peer *peer, uint32_t ssrc) {
    struct downlink *downlink = peer_downlink_of(peer, ssrc);
    if (!downlink) return;
    downlink->plis++;
    downlink_ask_keyframe(downlink);
}

static void take_remb(struct peer *peer, uint32_t rate, double now) {
    unsigned exponent = rate >> 18 & 0x3f;
    double bps = ldexp(rate & 0x3ffff, (int)exponent);
    budget_estimated(&peer->budget, bps < MAX_ESTIMATE ? (uint64_t)bps : MAX_ESTIMATE,
                     peer_video_bps(peer), now);
}

static void take_payload_feedback(struct peer *peer, const struct rtcp *packet, double now) {
    if (packet->count == FB_PLI) keyframe_requested(peer, get32(packet->body + 4));
    /* The target of a FIR is in its FCI, the media SSRC is 0 (RFC 5104 4.3.1.2). */
    if (packet->count == FB_FIR)
        for (size_t at = 8; at + 8 <= packet->length; at += 8)
            keyframe_requested(peer, get32(packet->body + at));
    if (packet->count == FB_AFB && packet->length >= 16 && !memcmp(packet->body + 8, "REMB", 4))
        take_remb(peer, get32(packet->body + 12) & 0xffffff, now);
}

static void take_bye(struct relay *self, struct peer *peer, const struct rtcp *bye) {
    for (unsigned i = 0; i < bye->count; i++) {
        uint32_t ssrc = get32(bye->body + 4 * i);
        struct uplink *uplink = peer_uplink_of(peer, ssrc);
        if (uplink && uplink->has_ssrc && uplink->ssrc == ssrc) relay_end(self, peer, uplink);
    }
}

static void take_rtcp(struct relay *self, struct peer *peer, const struct rtcp *packet,
                      double arrival, double now) {
    switch (packet->type) {
    case RTCP_SR:
        take_sender_report(self, peer, packet->body, arrival);
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

static void receive_rtcp(struct relay *self, struct peer *peer, uint8_t *datagram, size_t length,
                         double arrival, double now) {
    if (!open_datagram(self, peer, datagram, &length, true, arrival)) return;
    if (!rtcp_valid(datagram, length)) {
        self->dropped[DROPPED_MALFORMED_RTCP]++;
        return;
    }
    size_t offset = 0;
    for (struct rtcp packet; rtcp_next(datagram, length, &offset, &packet);)
        take_rtcp(self, peer, &packet, arrival, now);
}

void relay_receive(struct relay *self, struct peer *peer, uint8_t *datagram, size_t length,
                   double arrival, double now) {
    if (length < 12 || length > MAX_DATAGRAM)
        self->dropped[DROPPED_LENGTH]++;
    else if (datagram[1] >= 192 && datagram[1] <= 223) /* RTP and RTCP on one port (RFC 5761 4) */
        receive_rtcp(self, peer, datagram, length, arrival, now);
    else
        receive_rtp(self, peer, datagram, length, arrival, now);
}
