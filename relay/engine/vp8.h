/* The VP8 payload descriptor (RFC 7741 4.2), and its numbers as a subscriber gets them.
 *
 * Every layer and every publisher counts its pictures from a random number on. A browser looks up
 * what a picture refers to by TL0PICIDX among the last 50: where it jumps back, it finds pictures
 * of the stream before, and shows nothing until it asks for a keyframe after three seconds
 * (measured with Chromium and Firefox). So numbers go on by one. */
#ifndef CARELAY_VP8_H
#define CARELAY_VP8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offsets in the payload; 0: not there. */
struct vp8_descriptor {
    uint8_t picture_id_at, tl0_at, key_at, frame_at;
    bool long_picture_id; /* 15 bits instead of 7 */
};

/* False if it has no end in the payload. */
bool vp8_parse(struct vp8_descriptor *descriptor, const uint8_t *payload, size_t length);

/* One number that each stream begins anew, made to go on. */
struct counter {
    uint32_t newest, shift;
    bool used, begins;
};

struct picture_numbers {
    struct counter picture_id, tl0, key;
};

/* Another stream takes over with the next payload, a keyframe's first. */
void picture_numbers_begin(struct picture_numbers *numbers);

/* Rewrites a payload of the current stream in place; it may come late or again. */
void picture_numbers_rewrite(struct picture_numbers *numbers, uint8_t *payload, size_t length);

#endif
