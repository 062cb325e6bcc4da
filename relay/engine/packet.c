#include "packet.h"

#include <string.h>

#include "../bytes.h"

enum { ONE_BYTE_PROFILE = 0xbede, TWO_BYTE_PROFILE = 0x1000 };

/* Later elements of an id replace earlier ones; ids that cannot be negotiated are passed over. */
static void note(struct packet *packet, unsigned id, size_t at, unsigned length) {
    if (id < 1 || id > MAX_EXTENSION_ID) return;
    struct extension *element = packet->extensions;
    for (; element < packet->extensions + packet->extension_count; element++)
        if (element->id == id) break;
    if (element == packet->extensions + packet->extension_count) packet->extension_count++;
    *element = (struct extension){.id = (uint8_t)id, .length = (uint8_t)length, .at = (uint16_t)at};
}

static bool one_byte_elements(struct packet *packet, size_t at, size_t end) {
    while (at < end) {
        uint8_t head = packet->data[at++];
        if (head == 0) continue;
        if (head >> 4 == 15) return true; /* RFC 8285 4.2: stop here, keep what was read */
        size_t stop = at + 1u + (head & 0x0f);
        if (stop > end) return false;
        note(packet, head >> 4, at, (unsigned)(stop - at));
        at = stop;
    }
    return true;
}

static bool two_byte_elements(struct packet *packet, size_t at, size_t end) {
    while (at < end) {
        uint8_t id = packet->data[at++];
        if (id == 0) continue;
        if (at >= end || at + 1u + packet->data[at] > end) return false;
        note(packet, id, at + 1, packet->data[at]);
        at += 1u + packet->data[at];
    }
    return true;
}

static bool read_extensions(struct packet *packet) {
    size_t start = packet->payload_at + 4u;
    if (start > packet->length) return false;
    uint16_t profile = get16(packet->data + start - 4);
    size_t end = start + 4u * get16(packet->data + start - 2);
    if (end > packet->length) return false;
    packet->payload_at = (uint16_t)end;
    if (profile == ONE_BYTE_PROFILE) return one_byte_elements(packet, start, end);
    if ((profile & 0xfff0) == TWO_BYTE_PROFILE) return two_byte_elements(packet, start, end);
    return true;
}

bool packet_parse(struct packet *packet, uint8_t *data, size_t length) {
    if (length < 12 || length > MAX_DATAGRAM || data[0] >> 6 != 2) return false;
    packet->data = data;
    packet->length = (uint16_t)length;
    packet->marker = data[1] & 0x80;
    packet->payload_type = data[1] & 0x7f;
    packet->sequence = get16(data + 2);
    packet->timestamp = get32(data + 4);
    packet->ssrc = get32(data + 8);
    packet->extension_count = 0;
    packet->payload_at = (uint16_t)(12 + 4 * (data[0] & 0x0f));
    if (data[0] & 0x10 && !read_extensions(packet)) return false;
    return packet->payload_at <= length;
}

uint16_t packet_payload_length(const struct packet *packet) {
    uint16_t length = (uint16_t)(packet->length - packet->payload_at);
    if (!(packet->data[0] & 0x20) || !length) return length;
    uint8_t padding = packet->data[packet->length - 1];
    return padding < length ? (uint16_t)(length - padding) : 0;
}

const struct extension *packet_extension(const struct packet *packet, uint8_t id) {
    for (unsigned i = 0; i < packet->extension_count; i++)
        if (packet->extensions[i].id == id) return &packet->extensions[i];
    return NULL;
}

bool packet_restore(struct packet *packet, uint8_t payload_type, uint32_t ssrc) {
    if (packet_payload_length(packet) <= 2) return false;
    uint8_t *data = packet->data, *payload = data + packet->payload_at;
    packet->payload_type = payload_type;
    packet->sequence = get16(payload);
    packet->ssrc = ssrc;
    packet->length = (uint16_t)(packet->length - 2);
    data[1] = packet->marker | payload_type;
    put16(data + 2, packet->sequence);
    put32(data + 8, ssrc);
    memmove(payload, payload + 2, packet->length - packet->payload_at);
    return true;
}

size_t element_write(uint8_t *at, uint8_t id, const uint8_t *value, size_t length) {
    if (id < 1 || id > MAX_EXTENSION_ID || length < 1 || length > 16) return 0;
    at[0] = (uint8_t)(id << 4 | (length - 1));
    memcpy(at + 1, value, length);
    return 1 + length;
}

size_t header_write(uint8_t *at, const struct packet *head, bool padded, const uint8_t *elements,
                    size_t size) {
    at[0] = (uint8_t)(0x80 | (padded ? 0x20 : 0) | (size ? 0x10 : 0));
    at[1] = head->marker | head->payload_type;
    put16(at + 2, head->sequence);
    put32(at + 4, head->timestamp);
    put32(at + 8, head->ssrc);
    if (!size) return 12;
    size_t words = (size + 3) / 4;
    put16(at + 12, ONE_BYTE_PROFILE);
    put16(at + 14, (uint16_t)words);
    memcpy(at + 16, elements, size);
    memset(at + 16 + size, 0, 4 * words - size);
    return 16 + 4 * words;
}
