#include "rtcp.h"

#include <string.h>

#include "../bytes.h"

/* One NACK item names a packet and a mask of the 16 behind it. */
enum { SENDER_INFO = 24, NACK_RUN = 16 };

bool rtcp_next(const uint8_t *data, size_t length, size_t *offset, struct rtcp *packet) {
    if (*offset + RTCP_HEAD > length) return false;
    const uint8_t *head = data + *offset;
    size_t size = RTCP_HEAD + 4u * get16(head + 2);
    if (head[0] >> 6 != 2 || *offset + size > length) return false;
    *packet = (struct rtcp){.type = head[1],
                            .count = head[0] & 0x1f,
                            .body = head + RTCP_HEAD,
                            .length = size - RTCP_HEAD};
    if (head[0] & 0x20) {
        if (!packet->length) return false;
        uint8_t padding = packet->body[packet->length - 1];
        if (!padding || padding > packet->length) return false;
        packet->length -= padding;
    }
    *offset += size;
    return true;
}

static bool is_remb(const struct rtcp *packet) {
    return packet->count == FB_AFB && packet->length >= 12 && !memcmp(packet->body + 8, "REMB", 4);
}

/* The least a packet of this type must hold for what its head promises. */
static size_t least(const struct rtcp *packet) {
    switch (packet->type) {
    case RTCP_SR: return SENDER_INFO + (size_t)packet->count * REPORT_SIZE;
    case RTCP_RR: return 4 + (size_t)packet->count * REPORT_SIZE;
    case RTCP_BYE: return (size_t)packet->count * 4;
    case RTCP_RTPFB: return packet->count == FB_NACK ? 8 : 0;
    case RTCP_PSFB: return is_remb(packet) ? 16 : 8;
    default: return 0;
    }
}

bool rtcp_valid(const uint8_t *data, size_t length) {
    size_t offset = 0;
    for (struct rtcp packet; offset < length;)
        if (!rtcp_next(data, length, &offset, &packet) || packet.length < least(&packet))
            return false;
    return true;
}

struct report report_read(const uint8_t *at) {
    uint32_t lost = get32(at + 4) & 0xffffff;
    return (struct report){
        .ssrc = get32(at),
        .fraction_lost = at[4],
        .lost = (int32_t)(lost & 0x800000 ? lost | 0xff000000u : lost),
        .highest = get32(at + 8),
        .jitter = get32(at + 12),
        .last_sender_report = get32(at + 16),
        .delay = get32(at + 20),
    };
}

void report_write(uint8_t *at, const struct report *report) {
    int32_t lost = report->lost > 0x7fffff ? 0x7fffff : report->lost;
    if (lost < -0x800000) lost = -0x800000;
    put32(at, report->ssrc);
    put32(at + 4, (uint32_t)report->fraction_lost << 24 | ((uint32_t)lost & 0xffffff));
    put32(at + 8, report->highest);
    put32(at + 12, report->jitter);
    put32(at + 16, report->last_sender_report);
    put32(at + 20, report->delay);
}

static size_t put_head(uint8_t *at, unsigned count, unsigned type, size_t size) {
    at[0] = (uint8_t)(0x80 | count);
    at[1] = (uint8_t)type;
    put16(at + 2, (uint16_t)(size / 4 - 1));
    return size;
}

size_t rtcp_sender_report(uint8_t *at, uint32_t ssrc, uint64_t ntp, uint32_t rtp, uint32_t packets,
                          uint32_t octets) {
    put32(at + 4, ssrc);
    put64(at + 8, ntp);
    put32(at + 16, rtp);
    put32(at + 20, packets);
    put32(at + 24, octets);
    return put_head(at, 0, RTCP_SR, 28);
}

size_t rtcp_receiver_report(uint8_t *at, uint32_t ssrc, const struct report *reports,
                            size_t count) {
    put32(at + 4, ssrc);
    for (size_t i = 0; i < count; i++) report_write(at + 8 + i * REPORT_SIZE, &reports[i]);
    return put_head(at, (unsigned)count, RTCP_RR, 8 + count * REPORT_SIZE);
}

static size_t feedback_head(uint8_t *at, unsigned format, unsigned type, uint32_t sender,
                            uint32_t media, size_t size) {
    put32(at + 4, sender);
    put32(at + 8, media);
    return put_head(at, format, type, size);
}

size_t rtcp_nack(uint8_t *at, uint32_t sender, uint32_t media, const int64_t *numbers,
                 size_t count) {
    size_t size = 12;
    for (size_t i = 0; i < count;) {
        int64_t first = numbers[i++];
        uint16_t mask = 0;
        for (; i < count && numbers[i] - first <= NACK_RUN; i++)
            mask |= (uint16_t)(1u << (numbers[i] - first - 1));
        put16(at + size, (uint16_t)first);
        put16(at + size + 2, mask);
        size += 4;
    }
    return feedback_head(at, FB_NACK, RTCP_RTPFB, sender, media, size);
}

size_t rtcp_pli(uint8_t *at, uint32_t sender, uint32_t media) {
    return feedback_head(at, FB_PLI, RTCP_PSFB, sender, media, 12);
}

size_t rtcp_remb(uint8_t *at, uint32_t sender, uint64_t bps, const uint32_t *ssrcs, size_t count) {
    unsigned exponent = 0;
    for (; bps >> exponent > 0x3ffff; exponent++) {}
    memcpy(at + 12, "REMB", 4);
    put32(at + 16, (uint32_t)count << 24 | exponent << 18 | (uint32_t)(bps >> exponent));
    for (size_t i = 0; i < count; i++) put32(at + 20 + 4 * i, ssrcs[i]);
    return feedback_head(at, FB_AFB, RTCP_PSFB, sender, 0, 20 + 4 * count);
}

size_t rtcp_description_add(uint8_t *at, size_t size, uint32_t ssrc, const char *name) {
    size_t length = strlen(name), end = size + 6 + length;
    put32(at + size, ssrc);
    at[size + 4] = 1; /* CNAME */
    at[size + 5] = (uint8_t)length;
    memcpy(at + size + 6, name, length);
    do at[end++] = 0; /* at least one octet ends the chunk */
    while ((end - size) % 4);
    return end;
}

void rtcp_description_end(uint8_t *at, size_t size, size_t chunks) {
    put_head(at, (unsigned)chunks, RTCP_SDES, size);
}
