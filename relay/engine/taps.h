/* What the recorder hears of: packets, sender reports and ends of tapped peers, on their way to
 * Python.
 *
 * The ring grows with the number of tapped peers, so that an event loop that is late by some
 * seconds loses nothing. What is lost all the same is told in its place, for each source, and a
 * keyframe is asked for at once. */
#ifndef CARELAY_TAPS_H
#define CARELAY_TAPS_H

#include "peer.h"
#include "ring.h"

enum tap_kind { TAP_RTP, TAP_SENDER_REPORT, TAP_ENDED, TAP_LOST };
struct tap_record {
    uint8_t kind, payload_type;
    uint32_t peer, uplink; /* keys that Python gave */
    double at;
    int64_t number; /* of TAP_RTP: extended */
    uint64_t ntp;
    uint32_t rtp; /* of TAP_LOST: how many of the source's packets found no room since its last */
    uint32_t length;
    uint8_t data[]; /* of TAP_RTP: the packet as the publisher numbered it */
};

struct taps {
    struct ring ring;
    size_t most; /* octets; a power of two */
    unsigned peers;
};

/* Whether the peer's uplinks are heard from now on. False if out of memory, and then they are not.
 * Not while Python reads. */
bool taps_set(struct taps *taps, struct peer *peer, bool on);

/* After all was read, while nobody writes: lets the ring use its front only, or gives it back. */
void taps_tidy(struct taps *taps);

/* Whether that is worth doing. */
bool taps_untidy(const struct taps *taps);

void taps_close(struct taps *taps);

/* What a peer did; nothing if it is not tapped. */
void tap_packet(struct taps *taps, const struct peer *peer, struct uplink *uplink,
                const struct packet *packet, int64_t extended);
void tap_sender_report(struct taps *taps, const struct peer *peer, const struct uplink *uplink,
                       uint64_t ntp, uint32_t rtp, double arrival);
void tap_ended(struct taps *taps, const struct peer *peer, struct uplink *uplink);

#endif
