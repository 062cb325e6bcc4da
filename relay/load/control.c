#include "control.h"

#include <sys/socket.h>

#include "../bytes.h"
#include "media.h"
#include "received.h"
#include "wire.h"

#define CONSENT_INTERVAL (5 * SECOND / 2) /* as Chromium; RFC 7675 has 5 s */
#define REPORT_INTERVAL SECOND

enum {
    SENDER_REPORT = 200,
    RECEIVER_REPORT = 201,
    TRANSPORT_FEEDBACK = 205,
    PAYLOAD_FEEDBACK = 206
};
enum { FORMAT_NACK = 1, FORMAT_PLI = 1 };

static void send_control(struct generator *self, struct client *client, uint8_t *packet,
                         int length) {
    if (self->srtp.protect_rtcp(client->send, packet, &length) == 0)
        transmit(self, client, packet, length);
}

static void report_sent(struct generator *self, struct client *client, struct stream *stream,
                        uint64_t now) {
    uint8_t packet[128] = {0x80, SENDER_REPORT, 0, 6};
    put32(packet + 4, stream->settings.ssrc);
    put32(packet + 8, (uint32_t)(now / SECOND + 2208988800u)); /* seconds from 1900 to 1970 */
    put32(packet + 12, (uint32_t)(((now % SECOND) << 32) / SECOND));
    put32(packet + 16, stream->timestamp);
    put32(packet + 20, (uint32_t)stream->sent);
    put32(packet + 24, (uint32_t)stream->octets);
    send_control(self, client, packet, 28);
}

static uint32_t own_ssrc(struct client *client) {
    return client->stream_count ? client->streams[0].settings.ssrc : 1;
}

/* Of the packets since the report before, in 1/256. */
static uint8_t fraction_lost(struct received *stream, uint32_t expected) {
    uint32_t came = stream->packets - stream->packets_before;
    uint32_t due = expected - stream->expected_before;
    stream->packets_before = stream->packets;
    stream->expected_before = expected;
    return due > came ? (uint8_t)(((due - came) << 8) / due) : 0;
}

/* Janus keeps packets for retransmission only once it knows the round trip, so all fields count. */
static int write_receiver_report(struct client *client, struct received *stream, uint8_t *packet) {
    static const uint8_t header[] = {0x81, RECEIVER_REPORT, 0, 7};
    memset(packet, 0, 32);
    memcpy(packet, header, sizeof header);
    put32(packet + 4, own_ssrc(client));
    put32(packet + 8, stream->ssrc);
    uint32_t expected = stream->highest - stream->base + 1, lost = expected - stream->packets;
    put32(packet + 12, (uint32_t)fraction_lost(stream, expected) << 24 | (lost & 0xffffff));
    put32(packet + 16, stream->highest);
    if (!stream->last_report_at) return 32;
    put32(packet + 24, stream->last_report);
    put32(packet + 28,
          (uint32_t)((clock_now(CLOCK_REALTIME) - stream->last_report_at) * 65536 / SECOND));
    return 32;
}

static void report_received(struct generator *self, struct client *client,
                            struct received *stream) {
    uint8_t packet[128];
    send_control(self, client, packet, write_receiver_report(client, stream, packet));
}

void keep_alive(struct generator *self, struct client *client, uint64_t now) {
    if (client->next_consent <= now) {
        client->next_consent = now + CONSENT_INTERVAL;
        send(client->fd, client->consent, (size_t)client->consent_length, MSG_DONTWAIT);
    }
    if (client->next_report > now) return;
    client->next_report = now + REPORT_INTERVAL;
    for (int i = 0; i < client->stream_count; i++)
        report_sent(self, client, &client->streams[i], now);
    for (int i = 0; i < client->received_count; i++)
        if (client->received[i].packets) report_received(self, client, &client->received[i]);
}

/* RFC 4585 6.2.1, behind a report: Janus agrees to no RTCP of reduced size (RFC 5506), and passes
 * over a NACK alone. */
void ask_again(struct generator *self, struct client *client, struct received *stream,
               uint16_t sequence, uint16_t mask) {
    static const uint8_t header[] = {0x80 | FORMAT_NACK, TRANSPORT_FEEDBACK, 0, 3};
    uint8_t packet[128];
    int length = write_receiver_report(client, stream, packet);
    memcpy(packet + length, header, sizeof header);
    put32(packet + length + 4, own_ssrc(client));
    put32(packet + length + 8, stream->ssrc);
    put16(packet + length + 12, sequence);
    put16(packet + length + 14, mask);
    self->now.figures.nacks_sent++;
    send_control(self, client, packet, length + 16);
}

static struct stream *stream_of(struct client *client, uint32_t ssrc) {
    for (int i = 0; i < client->stream_count; i++)
        if (client->streams[i].settings.ssrc == ssrc) return &client->streams[i];
    return NULL;
}

static void answer_nack(struct generator *self, struct client *client, struct stream *stream,
                        const uint8_t *block, int size) {
    for (int at = 12; at + 4 <= size; at += 4) {
        uint16_t sequence = get16(block + at), mask = get16(block + at + 2);
        retransmit(self, client, stream, sequence);
        for (int bit = 0; bit < 16; bit++)
            if (mask >> bit & 1) retransmit(self, client, stream, (uint16_t)(sequence + bit + 1));
    }
}

static void note_report(struct client *client, const uint8_t *report) {
    struct received *stream = stream_received(client, get32(report + 4));
    if (!stream) return;
    stream->last_report = get32(report + 8) << 16 | get32(report + 12) >> 16;
    stream->last_report_at = clock_now(CLOCK_REALTIME);
}

static void block_received(struct generator *self, struct client *client, const uint8_t *block,
                           int size) {
    int format = block[0] & 0x1f, type = block[1];
    if (type == SENDER_REPORT && size >= 28) note_report(client, block);
    struct stream *stream = size >= 12 ? stream_of(client, get32(block + 8)) : NULL;
    if (!stream) return;
    if (type == TRANSPORT_FEEDBACK && format == FORMAT_NACK)
        answer_nack(self, client, stream, block, size);
    if (type == PAYLOAD_FEEDBACK && format == FORMAT_PLI) {
        stream->keyframe_asked = true;
        self->now.figures.keyframes_asked++;
    }
}

void control_received(struct generator *self, struct client *client, uint8_t *packet, int length) {
    int status = self->srtp.unprotect_rtcp(client->receive, packet, &length);
    if (status != SRTP_OK) {
        not_decrypted(self, status);
        return;
    }
    for (int at = 0; at + 4 <= length;) {
        int size = 4 * (get16(packet + at + 2) + 1);
        if (at + size > length) return;
        block_received(self, client, packet + at, size);
        at += size;
    }
}
