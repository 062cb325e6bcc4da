/* Many WebRTC clients on one thread, all real SRTP.
 *
 * Python does ICE and DTLS once a client and hands over the socket and the two libsrtp sessions.
 * From then on this sends audio and video at a steady rate, answers NACK with RTX, sends NACK for
 * what it misses, reports, and keeps ICE consent alive. It knows nothing of the server it calls;
 * but for module.c it knows nothing of Python either.
 *
 * Delay is measured from just before a packet is encrypted to the kernel's receive time stamp at
 * the other client, so that waiting in the generator itself is not counted. Times are
 * CLOCK_REALTIME in nanoseconds, as those stamps are. */
#ifndef CARELAY_LOAD_H
#define CARELAY_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "delays.h"

enum {
    VP8 = 96, /* payload types, as description.py offers them */
    RTX = 97,
    MAX_CLIENTS = 2048,
    MAX_STREAMS = 4,
    MAX_RECEIVED = 16, /* incoming SSRCs of one client */
    MAX_EXTENSION = 64,
    MAX_CONSENT = 256,
    CACHE = 512, /* packets kept a video stream to answer NACK, about 3 s */
    PACKET = 1500,
};
#define SECOND UINT64_C(1000000000)

struct srtp { /* libsrtp's functions, taken from pylibsrtp */
    int (*protect)(void *session, void *packet, int *length);
    int (*unprotect)(void *session, void *packet, int *length);
    int (*protect_rtcp)(void *session, void *packet, int *length);
    int (*unprotect_rtcp)(void *session, void *packet, int *length);
};

struct stream_settings {
    uint32_t ssrc, rtx_ssrc; /* rtx_ssrc 0: no RTX */
    uint32_t payload_type, rtx_payload_type;
    uint32_t video; /* VP8 if not 0, else Opus */
    uint32_t packets_per_second, payload_size, packets_a_frame, timestamp_step;
    uint32_t extension_length;
    /* Offsets in the extension to fill in; 0: not there. */
    uint32_t send_time_at, transport_sequence_at;
    uint8_t extension[MAX_EXTENSION];
};

struct figures { /* counters only, so that they can be added up; _load.pyi tells what each counts */
    uint64_t sent, forwarded, repeated, repaired, received_octets;
    uint64_t retransmitted, nacks_sent, keyframes_asked;
    uint64_t unreadable, lost_up, lost_down, send_failed;
    uint64_t cpu_ns, wall_ns;
};

struct tally {
    struct figures figures;
    struct delays delays;
};

struct stream {
    struct stream_settings settings;
    uint16_t sequence, rtx_sequence;
    uint32_t timestamp, in_frame;
    uint64_t interval, next, octets, sent;
    bool keyframe, keyframe_asked;
    uint8_t (*cache)[PACKET];
    uint16_t cache_length[CACHE], cache_sequence[CACHE];
};

struct received { /* an incoming stream, as receiver reports tell of it (RFC 3550 6.4.1, A.3) */
    uint32_t ssrc;
    uint32_t base, highest; /* sequence numbers with their cycles */
    uint64_t came; /* of the 64 up to `newest`, lost on purpose or not: bit 0 is `newest` itself */
    uint16_t newest;
    uint32_t packets, expected_before, packets_before;
    uint32_t last_report; /* the middle of the sender's NTP time */
    uint64_t last_report_at;
};

struct client {
    int fd, consent_length, stream_count, received_count;
    void *send, *receive;
    struct stream streams[MAX_STREAMS];
    struct received received[MAX_RECEIVED];
    uint16_t transport_sequence;
    uint8_t consent[MAX_CONSENT];
    uint64_t next_consent, next_report;
};

struct generator {
    struct srtp srtp;
    int epoll, client_count, loss_per_mille;
    bool repairing; /* asks for what is missing, also where nothing is lost on purpose */
    uint32_t random;
    struct client *clients[MAX_CLIENTS];
    uint64_t due[MAX_CLIENTS]; /* when each next has something to send; apart, to scan quickly */
    struct tally now, total;   /* since the last `take`; and what was taken since `begin_total` */
};

static inline uint64_t clock_now(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

#endif
