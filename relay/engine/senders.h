/* The SSRCs that one connection has sent with. libsrtp keeps each one for good, and looks through
 * them for each packet: a peer with ever new ones would make every packet dear. */
#ifndef CARELAY_SENDERS_H
#define CARELAY_SENDERS_H

#include <stdbool.h>
#include <stdint.h>

enum { MAX_SSRCS = 256, SENDER_PLACES = 2 * MAX_SSRCS };

struct senders {
    unsigned count;
    bool has_zero;
    uint32_t places[SENDER_PLACES]; /* open addressing; 0: empty */
};

/* Whether a packet of this SSRC may be tried: it is known, or there is room for one more. */
bool senders_admit(const struct senders *senders, uint32_t ssrc);

/* Brings near what the two others need. */
void senders_fetch(const struct senders *senders, uint32_t ssrc);

/* A packet of it was authenticated. */
void senders_add(struct senders *senders, uint32_t ssrc);

#endif
