/* The layers of one picture (simulcast, RFC 8853): which are live, and which the recorder gets. */
#ifndef CARELAY_LAYER_H
#define CARELAY_LAYER_H

#include "uplink.h"

static inline bool uplink_layered(const struct uplink *uplink) {
    return uplink->higher || uplink->lower;
}

struct uplink *uplink_top(struct uplink *layer);

/* Whether payload comes: browsers stop the layers that their bandwidth does not allow, do not say
 * so, and may go on probing the path with padding. */
bool uplink_live(const struct uplink *layer, double now);

/* Whether any layer of its picture has brought packets since the source ended. */
bool uplink_any_active(const struct uplink *layer);

/* Whether the first is a larger layer of the same picture than the other. */
bool uplink_above(const struct uplink *layer, const struct uplink *other);

/* Whether taps get this packet: of the highest live layer, another from its next keyframe on. */
bool uplink_recorded(struct uplink *layer, const struct packet *packet, double now);

/* Asks for a keyframe of what taps get. */
void uplink_ask_recorded(struct uplink *top);

#endif
