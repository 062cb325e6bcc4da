#include "keyframe.h"

#include "vp8.h"

static const double MINIMUM_INTERVAL = 0.5;

/* RFC 7741 4.2: start of partition 0 (S=1, PID=0), then the frame tag, bit 0 clear in keyframes. */
static bool vp8_keyframe(const uint8_t *payload, size_t length) {
    struct vp8_descriptor descriptor;
    if (!vp8_parse(&descriptor, payload, length) || (payload[0] & 0x17) != 0x10) return false;
    return !(payload[descriptor.frame_at] & 1);
}

enum { H264_IDR_SLICE = 5, H264_SPS = 7 };

static bool decodes_alone(uint8_t unit) {
    return (unit & 0x1f) == H264_SPS || (unit & 0x1f) == H264_IDR_SLICE;
}

/* RFC 6184 5.4: a parameter set or IDR slice: alone, first in STAP-A (24) or begun by FU-A (28). */
static bool h264_keyframe(const uint8_t *payload, size_t length) {
    if (length < 2) return false;
    uint8_t unit = payload[0] & 0x1f;
    if (unit == 24) return length > 3 && decodes_alone(payload[3]);
    if (unit == 28) return payload[1] & 0x80 && decodes_alone(payload[1]);
    return decodes_alone(unit);
}

bool starts_keyframe(enum coding coding, const uint8_t *payload, size_t length) {
    if (coding == CODING_VP8) return vp8_keyframe(payload, length);
    if (coding == CODING_H264) return h264_keyframe(payload, length);
    return true;
}

bool keyframe_due(struct keyframe_requests *requests, double now) {
    if (!requests->wanted || now - requests->asked_at < MINIMUM_INTERVAL) return false;
    requests->asked_at = now;
    requests->wanted = false;
    requests->sent++;
    return true;
}
