/* What a client sends: audio and video at a steady rate, and again what was asked for. */
#ifndef CARELAY_LOAD_MEDIA_H
#define CARELAY_LOAD_MEDIA_H

#include "load.h"

void send_due(struct generator *self, struct client *client, uint64_t now);
void retransmit(struct generator *self, struct client *client, struct stream *stream,
                uint16_t sequence);

#endif
