#include "vp8.h"

#include "../bytes.h"

enum {
    EXTENDED = 0x80,
    HAS_PICTURE_ID = 0x80,
    HAS_TL0 = 0x40,
    HAS_LAYER_OR_KEY = 0x30,
    HAS_KEY = 0x10,
    LONG = 0x80
};

bool vp8_parse(struct vp8_descriptor *self, const uint8_t *payload, size_t length) {
    *self = (struct vp8_descriptor){.frame_at = 1};
    if (!length) return false;
    if (!(payload[0] & EXTENDED)) return length > 1;
    if (length < 3) return false;
    uint8_t flags = payload[1], at = 2;
    if (flags & HAS_PICTURE_ID) {
        self->picture_id_at = at;
        self->long_picture_id = payload[at] & LONG;
        at = (uint8_t)(at + (self->long_picture_id ? 2 : 1));
    }
    if (flags & HAS_TL0) self->tl0_at = at++;
    if (flags & HAS_KEY) self->key_at = at;
    if (flags & HAS_LAYER_OR_KEY) at++; /* TID, Y and KEYIDX share an octet */
    self->frame_at = at;
    return length > at;
}

void picture_numbers_begin(struct picture_numbers *self) {
    self->picture_id.begins = self->tl0.begins = self->key.begins = true;
}

/* `mask` is that of the field's bits. */
static uint32_t next(struct counter *self, uint32_t number, uint32_t mask) {
    if (self->begins && self->used) self->shift = self->newest + 1 - number;
    self->begins = false;
    uint32_t ahead = (number + self->shift - self->newest) & mask;
    if (!self->used || ahead <= mask / 2) self->newest += ahead;
    self->used = true;
    return (number + self->shift) & mask;
}

void picture_numbers_rewrite(struct picture_numbers *self, uint8_t *payload, size_t length) {
    struct vp8_descriptor has;
    if (!vp8_parse(&has, payload, length)) return;
    uint8_t *id = payload + has.picture_id_at;
    uint8_t *tl0 = payload + has.tl0_at, *key = payload + has.key_at;
    if (has.picture_id_at && has.long_picture_id)
        put16(id, (uint16_t)(LONG << 8 | next(&self->picture_id, get16(id) & 0x7fff, 0x7fff)));
    else if (has.picture_id_at)
        *id = (uint8_t)next(&self->picture_id, *id, 0x7f);
    if (has.tl0_at) *tl0 = (uint8_t)next(&self->tl0, *tl0, 0xff);
    if (has.key_at) *key = (uint8_t)((*key & 0xe0) | next(&self->key, *key & 0x1f, 0x1f));
}
