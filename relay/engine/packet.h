/* RTP packets (RFC 3550 5.1), header extensions (RFC 8285), retransmissions (RFC 4588). */
#ifndef CARELAY_PACKET_H
#define CARELAY_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAX_DATAGRAM = 1500,
    MAX_EXTENSION_ID = 14, /* of the one-byte form, the only one that is negotiated */
    MAX_ELEMENT = 17,      /* one byte of head, 16 of value */
};

/* One header extension element; its value begins at `at` in the packet. */
struct extension {
    uint8_t id, length;
    uint16_t at;
};

struct packet {
    uint8_t *data;
    uint16_t length, payload_at;
    uint8_t marker; /* 0 or 0x80, as on the wire */
    uint8_t payload_type;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    double arrival; /* at the socket, monotonic seconds; the parser leaves it alone */
    uint8_t extension_count;
    struct extension extensions[MAX_EXTENSION_ID];
};

/* Reads a whole decrypted packet; false if it is none. `packet` points into `data`. */
bool packet_parse(struct packet *packet, uint8_t *data, size_t length);

/* Octets of payload without padding; 0 too where the padding claims more than there is. */
uint16_t packet_payload_length(const struct packet *packet);

/* The element with this id, or NULL. Id 0 is never found. */
const struct extension *packet_extension(const struct packet *packet, uint8_t id);

/* Turns an RTX packet into its original in place; false if it is only padding, as probes are. */
bool packet_restore(struct packet *packet, uint8_t payload_type, uint32_t ssrc);

/* Writes one element of the one-byte form; returns its size, 0 where that form cannot carry it. */
size_t element_write(uint8_t *at, uint8_t id, const uint8_t *value, size_t length);

/* Writes fixed header and extension block (elements already there are padded). Returns the size of
 * both together. */
size_t header_write(uint8_t *at, const struct packet *head, bool padded, const uint8_t *elements,
                    size_t size);

#endif
