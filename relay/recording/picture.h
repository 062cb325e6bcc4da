/* RTP payloads put together to pictures: VP8 (RFC 7741) and H.264 (RFC 6184).
 *
 * A picture predicted from one that is missing is garbage until the next keyframe, so none comes
 * out of here from a loss to the next keyframe. */
#ifndef CARELAY_PICTURE_H
#define CARELAY_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_PICTURE = 8 << 20 }; /* octets; a keyframe of 1080p takes some 300 kB */
enum { MAX_PIECES = 16384 };    /* packets of a picture */

enum picture_codec { PICTURE_VP8, PICTURE_H264 };

struct picture {
    enum picture_codec codec;
    /* The picture at hand. */
    uint8_t *data;
    size_t length, room;
    unsigned pieces;
    int64_t timestamp; /* -1 before the first */
    double arrival;    /* of its first packet */
    bool whole;        /* it began with its first packet, and nothing of it is missing */
    bool keyframe;     /* of a complete one */
    bool gap;          /* something since the one before never came, or showed nothing */
    /* The stream. */
    bool begun, needs_keyframe;
    uint64_t unreadable; /* payloads that could not be read */
    uint64_t discarded; /* whole pictures that show nothing without one before them, since the first
                           keyframe */
};

void picture_open(struct picture *picture, enum picture_codec codec);
void picture_close(struct picture *picture);

/* Packets before the next one never came. */
void picture_lose(struct picture *picture);

enum picture_state { PICTURE_UNFINISHED, PICTURE_COMPLETE, PICTURE_OUT_OF_MEMORY };

/* The next packet's payload. Complete: `data`, `keyframe` and `gap` are to be read, then
 * `picture_taken`. */
enum picture_state picture_add(struct picture *picture, int64_t timestamp, bool marker,
                               const uint8_t *payload, size_t length, double arrival);
void picture_taken(struct picture *picture);

#endif
