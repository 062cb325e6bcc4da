/* Payloads of a picture's packets and of sound, any bytes. The input: [codec], then [flags, length
 * in two octets, payload …] for each packet. Flags: bit 0 ends a picture, bit 1 begins one, bit 2
 * tells of a loss. */
#include <stdlib.h>
#include <string.h>

#include "annexb.h"
#include "opus.h"
#include "picture.h"

/* Written as a file has it, in memory of just that size. */
static void write_as_file(const struct picture *picture) {
    size_t size = annexb_with_lengths_size(picture->data, picture->length);
    uint8_t *out = malloc(size ? size : 1);
    if (size) annexb_with_lengths(picture->data, picture->length, out);
    free(out);
}

static void add(struct picture *picture, const uint8_t *payload, size_t length, uint8_t flags,
                int64_t timestamp) {
    uint8_t *copy = malloc(length ? length : 1); /* of its exact size: one octet too far shows */
    memcpy(copy, payload, length);
    if (length && opus_samples(copy, length) > 63 * 2880) abort();
    if (picture_add(picture, timestamp, flags & 1, copy, length, 0) == PICTURE_COMPLETE) {
        if (!picture->length || picture->needs_keyframe) abort();
        write_as_file(picture);
        picture_taken(picture);
    }
    if (picture->length > picture->room || picture->length > MAX_PICTURE) abort();
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    struct picture picture;
    picture_open(&picture, data[0] & 1 ? PICTURE_H264 : PICTURE_VP8);
    int64_t timestamp = 0;
    for (size_t at = 1; size - at >= 3;) {
        uint8_t flags = data[at];
        size_t length = (size_t)(data[at + 1] << 8 | data[at + 2]), left = size - at - 3;
        if (length > left) length = left;
        timestamp += flags >> 1 & 1;
        if (flags & 4) picture_lose(&picture);
        add(&picture, data + at + 3, length, flags, timestamp);
        at += 3 + length;
    }
    picture_close(&picture);
    return 0;
}
