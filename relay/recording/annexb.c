#include "annexb.h"

#include <string.h>

#include "../bytes.h"

enum { IDR = 5, LENGTH = 4 };
static const uint8_t START_CODE[3] = {0, 0, 1};

bool units_next(struct units *self, const uint8_t **unit, size_t *length) {
    while (self->at) {
        const uint8_t *begin = self->at;
        const uint8_t *code =
            memmem(begin, (size_t)(self->end - begin), START_CODE, sizeof START_CODE);
        const uint8_t *stop = code ? code : self->end;
        self->at = code ? code + sizeof START_CODE : NULL;
        while (stop > begin && !stop[-1]) stop--;
        *unit = begin;
        *length = (size_t)(stop - begin);
        if (*length) return true;
    }
    return false;
}

bool annexb_is_keyframe(const uint8_t *stream, size_t length) {
    struct units units = {stream, stream + length};
    const uint8_t *unit;
    while (units_next(&units, &unit, &length))
        if ((unit[0] & 0x1f) == IDR) return true;
    return false;
}

size_t annexb_with_lengths_size(const uint8_t *stream, size_t length) {
    struct units units = {stream, stream + length};
    const uint8_t *unit;
    size_t size = 0;
    while (units_next(&units, &unit, &length)) size += LENGTH + length;
    return size;
}

void annexb_with_lengths(const uint8_t *stream, size_t length, uint8_t *out) {
    struct units units = {stream, stream + length};
    const uint8_t *unit;
    while (units_next(&units, &unit, &length)) {
        put32(out, (uint32_t)length);
        memcpy(out + LENGTH, unit, length);
        out += LENGTH + length;
    }
}
