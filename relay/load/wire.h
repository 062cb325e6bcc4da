/* The way to the server and back, on which packets are lost on purpose. */
#ifndef CARELAY_LOAD_WIRE_H
#define CARELAY_LOAD_WIRE_H

#include "load.h"

/* Of libsrtp's srtp_err_status_t. */
enum srtp_status { SRTP_OK = 0, SRTP_REPLAYED = 9, SRTP_TOO_OLD = 10 };

/* Whether the next packet is lost. */
bool unlucky(struct generator *self);

/* Sends what is protected already, unless it is lost. */
void transmit(struct generator *self, struct client *client, const uint8_t *packet, int length);

/* Counts a datagram that libsrtp refused. */
void not_decrypted(struct generator *self, int status);

#endif
