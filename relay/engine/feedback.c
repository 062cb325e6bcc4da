#include "feedback.h"

#include <string.h>

#include "layer.h"

static const double REPORT_INTERVAL = 1.0;
/* s; draft-holmer wants one a round trip, browsers use 50 to 250 ms */
static const double ARRIVAL_INTERVAL = 0.095;
static const double DEFAULT_ROUND_TRIP = 0.1;
enum { MAX_REPORTS = 31, MAX_NAMES = 30, ROOM = 8192 };

struct compound {
    uint8_t data[ROOM];
    size_t length;
    void (*emit)(void *context, const uint8_t *compound, size_t length);
    void *context;
};

static void flush(struct compound *compound) {
    if (compound->length) compound->emit(compound->context, compound->data, compound->length);
    compound->length = 0;
}

/* Takes in one packet of `size` octets; it stands alone if it does not fit beside the others. */
static void append(void *context, const uint8_t *packet, size_t size) {
    struct compound *compound = context;
    if (compound->length && compound->length + size > MAX_COMPOUND) flush(compound);
    memcpy(compound->data + compound->length, packet, size);
    compound->length += size;
}

static bool sender_reports(struct peer *peer, double now, struct compound *compound) {
    uint8_t packet[32];
    uint64_t ntp;
    bool any = false;
    for (unsigned i = 0; i < peer->downlink_count; i++) {
        size_t size = downlink_sender_report(peer->downlinks[i], now, packet, &ntp);
        if (!size) continue;
        round_trips_sent(&peer->round_trips, ntp, now);
        append(compound, packet, size);
        any = true;
    }
    return any;
}

static void close_intervals(struct peer *peer) {
    refusals_close_interval(&peer->strangers);
    for (unsigned i = 0; i < peer->uplink_count; i++)
        refusals_close_interval(&peer->uplinks[i]->refusals);
}

static bool receiver_report(struct peer *peer, double now, struct compound *compound) {
    if (now - peer->reported_at < REPORT_INTERVAL) return false;
    peer->reported_at = now;
    close_intervals(peer);
    struct report reports[MAX_REPORTS];
    uint8_t packet[8 + MAX_REPORTS * REPORT_SIZE];
    size_t count = 0;
    for (unsigned i = 0; i < peer->uplink_count && count < MAX_REPORTS; i++)
        if (peer->uplinks[i]->stream.serial)
            reports[count++] = uplink_report(peer->uplinks[i], now);
    append(compound, packet, rtcp_receiver_report(packet, peer->rtcp_ssrc, reports, count));
    return true;
}

/* Our own canonical name, and for each slot that of its stream, as in the answer. */
static void description(struct peer *peer, struct compound *compound) {
    uint8_t packet[RTCP_HEAD + (1 + MAX_NAMES) * (8 + MAX_MID + 4)];
    size_t chunks = 1, size = rtcp_description_add(packet, RTCP_HEAD, peer->rtcp_ssrc, "carelay");
    for (unsigned i = 0; i < peer->downlink_count && chunks <= MAX_NAMES; i++)
        if (downlink_flowing(peer->downlinks[i])) {
            size = rtcp_description_add(packet, size, peer->downlinks[i]->slot.ssrc,
                                        peer->downlinks[i]->slot.name);
            chunks++;
        }
    rtcp_description_end(packet, size, chunks);
    append(compound, packet, size);
}

/* NACK and PLI upstream. Reduced-size packets (RFC 5506) need no report in front. */
static void requests(struct peer *peer, double now, struct compound *compound) {
    double round_trip = peer->round_trips.known && peer->round_trips.seconds > 0
                            ? peer->round_trips.seconds
                            : DEFAULT_ROUND_TRIP;
    for (unsigned i = 0; i < peer->uplink_count; i++) {
        struct uplink *uplink = peer->uplinks[i];
        struct stream *stream = &uplink->stream;
        if (!stream->serial || !uplink->video) continue;
        int64_t numbers[MAX_MISSING];
        uint8_t packet[12 + 4 * MAX_MISSING];
        size_t count = missing_due(&stream->missing, now, round_trip, numbers);
        uplink->nacks += count;
        if (count)
            append(compound, packet,
                   rtcp_nack(packet, peer->rtcp_ssrc, stream->ssrc, numbers, count));
        if (stream->missing.gave_up) uplink->keyframes.wanted = true;
        stream->missing.gave_up = false;
        if (keyframe_due(&uplink->keyframes, now))
            append(compound, packet, rtcp_pli(packet, peer->rtcp_ssrc, stream->ssrc));
    }
}

static void arrivals(struct peer *peer, double now, struct compound *compound) {
    if (!peer->arrivals || !peer->transport_sequence_id ||
        now - peer->arrivals_reported_at < ARRIVAL_INTERVAL)
        return;
    peer->arrivals_reported_at = now;
    uint32_t media = 0;
    for (unsigned i = 0; i < peer->uplink_count && !media; i++)
        if (peer->uplinks[i]->has_ssrc) media = peer->uplinks[i]->ssrc;
    arrivals_feedback(peer->arrivals, peer->rtcp_ssrc, media, append, compound);
}

static uint64_t within(uint64_t bps, uint64_t max_video_bps) {
    if (bps > max_video_bps) bps = max_video_bps;
    return bps > FLOOR_BPS ? bps : FLOOR_BPS;
}

/* With layers a slow subscriber takes a lower one and slows nobody: the largest share, and what
 * the lower ones take. */
static uint64_t layered_cap(const struct uplink *top, uint64_t max_video_bps) {
    uint64_t most = 0, lower = 0;
    bool bound = false;
    for (const struct uplink *layer = top; layer; layer = layer->lower) {
        if (layer != top) lower += layer->forwarded.bps;
        for (unsigned i = 0; i < layer->outlet_count; i++) {
            const struct peer *subscriber = layer->outlets[i]->peer;
            if (!subscriber->budget.bound) return within(max_video_bps, max_video_bps);
            uint64_t share = peer_video_share(subscriber);
            if (share > most) most = share;
            bound = true;
        }
    }
    return within(bound ? most + lower : max_video_bps, max_video_bps);
}

/* For one video: its subscribers' smallest share, between the floor and the configured maximum. */
static uint64_t cap(const struct uplink *uplink, uint64_t max_video_bps) {
    if (uplink_layered(uplink)) return layered_cap(uplink, max_video_bps);
    uint64_t least = max_video_bps;
    for (unsigned i = 0; i < uplink->outlet_count; i++) {
        const struct peer *subscriber = uplink->outlets[i]->peer;
        uint64_t share = peer_video_share(subscriber);
        if (subscriber->budget.bound && share < least) least = share;
    }
    return within(least, max_video_bps);
}

static void tell_cap(struct peer *peer, double now, uint64_t max_video_bps,
                     struct compound *compound) {
    uint32_t ssrcs[MAX_UPLINKS];
    uint8_t packet[20 + 4 * MAX_UPLINKS];
    size_t count = 0;
    uint64_t rate = 0;
    for (unsigned i = 0; i < peer->uplink_count; i++) {
        const struct uplink *uplink = peer->uplinks[i];
        if (!uplink->video) continue;
        if (uplink->active && uplink->has_ssrc) ssrcs[count++] = uplink->ssrc;
        if (!uplink->higher && uplink_any_active(uplink)) rate += cap(uplink, max_video_bps);
    }
    if (count && cap_due(&peer->cap, rate, now))
        append(compound, packet, rtcp_remb(packet, peer->rtcp_ssrc, rate, ssrcs, count));
}

void peer_feedback(struct peer *peer, double now, uint64_t max_video_bps,
                   void (*emit)(void *context, const uint8_t *compound, size_t length),
                   void *context) {
    struct compound compound; /* not initialised: most of it is never touched */
    compound.length = 0;
    compound.emit = emit;
    compound.context = context;
    bool reports = sender_reports(peer, now, &compound);
    if (receiver_report(peer, now, &compound) || reports) description(peer, &compound);
    requests(peer, now, &compound);
    arrivals(peer, now, &compound);
    tell_cap(peer, now, max_video_bps, &compound);
    flush(&compound);
}
