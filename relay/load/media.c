#include "media.h"

#include "../bytes.h"
#include "wire.h"

static int write_header(struct client *client, struct stream *stream, uint8_t *packet, bool marker,
                        uint64_t now) {
    const struct stream_settings *settings = &stream->settings;
    packet[0] = 0x80 | (settings->extension_length ? 0x10 : 0);
    packet[1] = (uint8_t)(settings->payload_type | (marker ? 0x80 : 0));
    put16(packet + 2, stream->sequence);
    put32(packet + 4, stream->timestamp);
    put32(packet + 8, settings->ssrc);
    uint8_t *extension = packet + 12;
    memcpy(extension, settings->extension, settings->extension_length);
    if (settings->send_time_at) { /* abs-send-time: seconds modulo 64 with 18 fractional bits */
        uint32_t time = (uint32_t)((now % (64 * SECOND)) * (1 << 18) / SECOND);
        extension[settings->send_time_at] = (uint8_t)(time >> 16);
        put16(extension + settings->send_time_at + 1, (uint16_t)time);
    }
    if (settings->transport_sequence_at)
        put16(extension + settings->transport_sequence_at, client->transport_sequence++);
    return 12 + (int)settings->extension_length;
}

/* A VP8 payload descriptor (RFC 7741 4.2) and, where a keyframe begins, its header of 1280x720 (RFC
 * 6386 9.1). */
static void write_vp8(struct stream *stream, uint8_t *payload) {
    static const uint8_t keyframe[] = {0x10, 0x00, 0x00, 0x00, 0x9d, 0x01,
                                       0x2a, 0x00, 0x05, 0xd0, 0x02};
    static const uint8_t interframe[] = {0x10, 0x01};
    if (stream->in_frame)
        payload[0] = 0x00;
    else if (stream->keyframe)
        memcpy(payload, keyframe, sizeof keyframe);
    else
        memcpy(payload, interframe, sizeof interframe);
}

static void write_payload(struct stream *stream, uint8_t *payload, uint64_t now) {
    uint32_t size = stream->settings.payload_size;
    memset(payload, 0x5a, size);
    if (stream->settings.video)
        write_vp8(stream, payload);
    else
        payload[0] = 0x78; /* Opus: one frame of 20 ms (RFC 6716 3.1) */
    memcpy(payload + size - 8, &now, 8);
}

static void remember(struct stream *stream, const uint8_t *packet, int length) {
    int place = stream->sequence % CACHE;
    memcpy(stream->cache[place], packet, (size_t)length);
    stream->cache_length[place] = (uint16_t)length;
    stream->cache_sequence[place] = stream->sequence;
}

static void advance(struct stream *stream, bool last) {
    stream->sequence++;
    stream->sent++;
    stream->octets += stream->settings.payload_size;
    stream->in_frame++;
    if (!last) return;
    stream->in_frame = 0;
    stream->keyframe = stream->keyframe_asked;
    stream->keyframe_asked = false;
    stream->timestamp += stream->settings.timestamp_step;
}

static void send_packet(struct generator *self, struct client *client, struct stream *stream) {
    uint8_t packet[PACKET + 64];
    bool last = stream->in_frame + 1 >= stream->settings.packets_a_frame;
    uint64_t now = clock_now(CLOCK_REALTIME);
    int length = write_header(client, stream, packet, stream->settings.video && last, now);
    write_payload(stream, packet + length, now);
    length += (int)stream->settings.payload_size;
    if (stream->cache) remember(stream, packet, length);
    advance(stream, last);
    self->now.figures.sent++;
    if (self->srtp.protect(client->send, packet, &length) == 0)
        transmit(self, client, packet, length);
}

void send_due(struct generator *self, struct client *client, uint64_t now) {
    for (int i = 0; i < client->stream_count; i++) {
        struct stream *stream = &client->streams[i];
        for (; stream->next <= now; stream->next += stream->interval)
            send_packet(self, client, stream);
    }
}

/* RFC 4588 4: on the stream's RTX SSRC, with the original number in front of the payload. */
void retransmit(struct generator *self, struct client *client, struct stream *stream,
                uint16_t sequence) {
    const struct stream_settings *settings = &stream->settings;
    int place = sequence % CACHE;
    if (!settings->rtx_ssrc || stream->cache_sequence[place] != sequence ||
        !stream->cache_length[place])
        return;
    const uint8_t *original = stream->cache[place];
    uint8_t packet[PACKET + 64];
    int length = stream->cache_length[place], header = 12 + (int)settings->extension_length;
    memcpy(packet, original, (size_t)header);
    packet[1] = (uint8_t)((packet[1] & 0x80) | settings->rtx_payload_type);
    put16(packet + 2, stream->rtx_sequence++);
    put32(packet + 8, settings->rtx_ssrc);
    if (settings->transport_sequence_at)
        put16(packet + 12 + settings->transport_sequence_at, client->transport_sequence++);
    put16(packet + header, sequence);
    memcpy(packet + header + 2, original + header, (size_t)(length - header));
    length += 2;
    memset(packet + length - 8, 0, 8); /* no delay is measured on what was lost before */
    self->now.figures.retransmitted++;
    if (self->srtp.protect(client->send, packet, &length) == 0)
        transmit(self, client, packet, length);
}
