/* What the server sends to a client. */
#ifndef CARELAY_LOAD_RECEPTION_H
#define CARELAY_LOAD_RECEPTION_H

#include "load.h"

void receive_all(struct generator *self, struct client *client);

#endif
