#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "../bytes.h"
#include "annexb.h"

enum { FIRST_ROOM = 8 << 10 }; /* octets */
enum { STAP_A = 24, FU_A = 28 };
static const uint8_t START_CODE[4] = {0, 0, 0, 1};

/* What a payload adds to its picture. */
struct piece {
    bool starts; /* a picture, as far as it tells */
    size_t size;
};

/* --- VP8 --- */

/* How long the descriptor is (RFC 7741 section 4.2); 0 if it is truncated. */
static size_t descriptor_size(const uint8_t *payload, size_t length) {
    if (!(payload[0] & 0x80)) return 1;
    if (length < 2) return 0;
    uint8_t flags = payload[1];
    size_t size = 2;
    if (flags & 0x80) { /* PictureID */
        if (length < 3) return 0;
        size += payload[2] & 0x80 ? 2 : 1;
    }
    /* TL0PICIDX; TID, Y and KEYIDX share one. */
    size += (size_t)(flags >> 6 & 1) + ((flags & 0x30) != 0);
    return size <= length ? size : 0;
}

static bool vp8_read(const uint8_t *payload, size_t length, struct piece *piece) {
    size_t size = descriptor_size(payload, length);
    bool starts = (payload[0] & 0x1f) == 0x10; /* S, and no partition but the first */
    *piece = (struct piece){starts, length - size};
    return size > 0;
}

static bool vp8_is_keyframe(const uint8_t *data, size_t length) {
    return length >= 10 && !(data[0] & 1);
}

/* --- H.264 --- */

/* Each unit has its size in front (RFC 6184 section 5.7.1). */
static bool aggregate_read(const uint8_t *payload, size_t length, struct piece *piece) {
    *piece = (struct piece){.starts = true};
    for (size_t at = 1; at < length;) {
        if (length - at < 2) return false;
        size_t size = get16(payload + at);
        at += 2;
        if (length - at < size) return false;
        at += size;
        piece->size += sizeof START_CODE + size;
    }
    return true;
}

static bool h264_read(const uint8_t *payload, size_t length, struct piece *piece) {
    if (length < 2) return false;
    uint8_t type = payload[0] & 0x1f;
    if (type == STAP_A) return aggregate_read(payload, length, piece);
    if (type == FU_A) {
        bool first = payload[1] & 0x80;
        *piece = (struct piece){first, length - 2 + (first ? sizeof START_CODE + 1 : 0)};
        return true;
    }
    *piece = (struct piece){true, sizeof START_CODE + length};
    return type >= 1 && type < STAP_A;
}

static uint8_t *put(uint8_t *out, const void *octets, size_t count) {
    memcpy(out, octets, count);
    return out + count;
}

static void aggregate_write(const uint8_t *payload, size_t length, uint8_t *out) {
    for (size_t at = 1; at < length;) {
        size_t size = get16(payload + at);
        out = put(put(out, START_CODE, sizeof START_CODE), payload + at + 2, size);
        at += 2 + size;
    }
}

static void h264_write(const uint8_t *payload, size_t length, uint8_t *out) {
    uint8_t type = payload[0] & 0x1f;
    if (type == STAP_A) {
        aggregate_write(payload, length, out);
    } else if (type == FU_A) {
        uint8_t head = (payload[0] & 0xe0) | (payload[1] & 0x1f);
        if (payload[1] & 0x80) out = put(put(out, START_CODE, sizeof START_CODE), &head, 1);
        put(out, payload + 2, length - 2);
    } else {
        put(put(out, START_CODE, sizeof START_CODE), payload, length);
    }
}

/* --- pictures --- */

void picture_open(struct picture *self, enum picture_codec codec) {
    *self = (struct picture){.codec = codec, .timestamp = -1, .needs_keyframe = true};
}

void picture_close(struct picture *self) { free(self->data); }

static void forget(struct picture *self) {
    self->whole = false;
    free(self->data);
    self->data = NULL;
    self->length = self->room = self->pieces = 0;
}

void picture_lose(struct picture *self) {
    forget(self);
    self->gap = self->begun;
    self->needs_keyframe = true;
}

static void begin(struct picture *self, int64_t timestamp, double arrival, bool starts) {
    if (self->pieces) picture_lose(self); /* the one before never saw its marker */
    self->timestamp = timestamp;
    self->arrival = arrival;
    self->whole = starts;
    self->needs_keyframe |= !starts;
}

static bool grow(struct picture *self, size_t length) {
    if (self->data && length <= self->room) return true;
    size_t room = self->room ? self->room : FIRST_ROOM;
    while (room < length) room *= 2;
    uint8_t *data = realloc(self->data, room);
    if (!data) return false;
    self->data = data;
    self->room = room;
    return true;
}

static bool refuse(struct picture *self, uint64_t payloads) {
    self->unreadable += payloads;
    picture_lose(self);
    return false;
}

/* Whether the picture is still one: a peer chooses how much it sends before it ends one. */
static bool fits(struct picture *self, size_t size) {
    if (self->length + size <= MAX_PICTURE && self->pieces < MAX_PIECES) return true;
    return refuse(self, 1 + (uint64_t)self->pieces);
}

static void append(struct picture *self, const uint8_t *payload, size_t length, size_t size) {
    uint8_t *out = self->data + self->length;
    if (self->codec == PICTURE_H264)
        h264_write(payload, length, out);
    else
        memcpy(out, payload + length - size, size);
    self->length += size;
    self->pieces++;
}

static bool complete(struct picture *self) {
    if (!self->length) return refuse(self, 1);
    self->keyframe = self->codec == PICTURE_H264 ? annexb_is_keyframe(self->data, self->length)
                                                 : vp8_is_keyframe(self->data, self->length);
    if (self->needs_keyframe && !self->keyframe) {
        self->discarded += self->begun;
        forget(self);
        return false;
    }
    self->needs_keyframe = false;
    return true;
}

void picture_taken(struct picture *self) {
    forget(self);
    self->gap = false;
    self->begun = true;
}

enum picture_state picture_add(struct picture *self, int64_t timestamp, bool marker,
                               const uint8_t *payload, size_t length, double arrival) {
    struct piece piece;
    if (!length) return PICTURE_UNFINISHED; /* it only probes the bandwidth */
    if (!(self->codec == PICTURE_H264 ? h264_read : vp8_read)(payload, length, &piece)) {
        refuse(self, 1);
        return PICTURE_UNFINISHED;
    }
    if (timestamp != self->timestamp) begin(self, timestamp, arrival, piece.starts);
    if (!self->whole || !fits(self, piece.size)) return PICTURE_UNFINISHED;
    if (!grow(self, self->length + piece.size)) return PICTURE_OUT_OF_MEMORY;
    append(self, payload, length, piece.size);
    return marker && complete(self) ? PICTURE_COMPLETE : PICTURE_UNFINISHED;
}
