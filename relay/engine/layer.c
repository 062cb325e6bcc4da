#include "layer.h"

static const double SILENT_AFTER = 0.5; /* s; cameras in the dark send 5 to 10 frames a second */

struct uplink *uplink_top(struct uplink *layer) {
    while (layer->higher) layer = layer->higher;
    return layer;
}

bool uplink_live(const struct uplink *layer, double now) {
    return now - layer->heard_at < SILENT_AFTER;
}

bool uplink_any_active(const struct uplink *layer) {
    while (layer->higher) layer = layer->higher;
    while (layer && !layer->active) layer = layer->lower;
    return layer != NULL;
}

bool uplink_above(const struct uplink *layer, const struct uplink *other) {
    while (other && other != layer) other = other->higher;
    return other != NULL;
}

bool uplink_recorded(struct uplink *self, const struct packet *packet, double now) {
    struct uplink *top = uplink_top(self), *recorded = top->recorded;
    if (!uplink_layered(self) || self == recorded) return true;
    if (recorded && uplink_live(recorded, now) && uplink_above(recorded, self)) return false;
    const uint8_t *payload = packet->data + packet->payload_at;
    if (!starts_keyframe(self->stream.codec->coding, payload, packet_payload_length(packet))) {
        self->keyframes.wanted = true;
        return false;
    }
    top->recorded = self;
    return true;
}

void uplink_ask_recorded(struct uplink *top) {
    for (struct uplink *layer = top; layer; layer = layer->lower)
        if (!top->recorded || top->recorded == layer) layer->keyframes.wanted = true;
}
