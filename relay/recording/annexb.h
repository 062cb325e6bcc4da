/* An H.264 byte stream (ITU-T H.264 Annex B): NAL units between start codes. */
#ifndef CARELAY_ANNEXB_H
#define CARELAY_ANNEXB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Goes through a stream; begin it with {data, data + length}. */
struct units {
    const uint8_t *at, *end; /* at: NULL once there are no more */
};

/* The next unit, without the zero octets behind it, which belong to the codes (7.4.1); false after
 * the last. */
bool units_next(struct units *units, const uint8_t **unit, size_t *length);

/* Whether a picture can be shown without one before it. */
bool annexb_is_keyframe(const uint8_t *stream, size_t length);

/* The size of the same units with the length of each before it in four octets, as in files. */
size_t annexb_with_lengths_size(const uint8_t *stream, size_t length);
void annexb_with_lengths(const uint8_t *stream, size_t length, uint8_t *out);

#endif
