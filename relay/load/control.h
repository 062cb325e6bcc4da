/* Reports, consent, and the feedback of both sides. */
#ifndef CARELAY_LOAD_CONTROL_H
#define CARELAY_LOAD_CONTROL_H

#include "load.h"

void keep_alive(struct generator *self, struct client *client, uint64_t now);
void ask_again(struct generator *self, struct client *client, struct received *stream,
               uint16_t sequence, uint16_t mask);
void control_received(struct generator *self, struct client *client, uint8_t *packet, int length);

#endif
