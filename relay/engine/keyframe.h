/* Keyframes: how one is recognised, and how often one is asked for. */
#ifndef CARELAY_KEYFRAME_H
#define CARELAY_KEYFRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum coding { CODING_OTHER, CODING_VP8, CODING_H264 };

/* Whether this payload begins a frame that decodes on its own; true for codings without such. */
bool starts_keyframe(enum coding coding, const uint8_t *payload, size_t length);

/* Requests for one track, at most one each half second: a keyframe is 5 to 10 times the size of
 * other frames, and several subscribers that join or lose packets together are all served by one.
 * What comes too early is kept. */
struct keyframe_requests {
    double asked_at; /* -INFINITY at first */
    bool wanted;
    uint64_t sent;
};

/* True when a request is to be sent now; counted as sent. */
bool keyframe_due(struct keyframe_requests *requests, double now);

#endif
