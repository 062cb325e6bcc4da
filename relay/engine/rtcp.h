/* RTCP that the relay reads and writes (RFC 3550, 4585, 5104, 5506; REMB of
 * draft-alvestrand-rmcat-remb-03). */
#ifndef CARELAY_RTCP_H
#define CARELAY_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Packet types and feedback formats. */
enum {
    RTCP_SR = 200,
    RTCP_RR = 201,
    RTCP_SDES = 202,
    RTCP_BYE = 203,
    RTCP_RTPFB = 205,
    RTCP_PSFB = 206
};
enum { FB_NACK = 1, FB_PLI = 1, FB_FIR = 4, FB_AFB = 15 };

/* One packet of a compound; `body` is what follows the first four octets, without padding. */
struct rtcp {
    uint8_t type, count;
    const uint8_t *body;
    size_t length;
};

/* Reads the packet at `*offset` and moves behind it; false at the end or if its length is wrong. */
bool rtcp_next(const uint8_t *data, size_t length, size_t *offset, struct rtcp *packet);

/* True if every packet is well formed, so that all or nothing of a datagram is used. */
bool rtcp_valid(const uint8_t *data, size_t length);

struct report {
    uint32_t ssrc;
    uint8_t fraction_lost; /* in 1/256 */
    int32_t lost;
    uint32_t highest, jitter, last_sender_report, delay;
};
struct report report_read(const uint8_t *at);
void report_write(uint8_t *at, const struct report *report);
enum { REPORT_SIZE = 24 };

/* Writers put one whole packet at `at` and return its size. */
size_t rtcp_sender_report(uint8_t *at, uint32_t ssrc, uint64_t ntp, uint32_t rtp, uint32_t packets,
                          uint32_t octets);
size_t rtcp_receiver_report(uint8_t *at, uint32_t ssrc, const struct report *reports, size_t count);
size_t rtcp_nack(uint8_t *at, uint32_t sender, uint32_t media, const int64_t *numbers,
                 size_t count);
size_t rtcp_pli(uint8_t *at, uint32_t sender, uint32_t media);
size_t rtcp_remb(uint8_t *at, uint32_t sender, uint64_t bps, const uint32_t *ssrcs, size_t count);

/* A source description: begin, add a chunk with each canonical name, end. Streams of one clock
 * share the name. */
size_t rtcp_description_add(uint8_t *at, size_t size, uint32_t ssrc, const char *name);
void rtcp_description_end(uint8_t *at, size_t size, size_t chunks);
enum { RTCP_HEAD = 4 };

#endif
