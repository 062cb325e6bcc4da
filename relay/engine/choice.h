/* Simulcast: which layer of a picture each subscriber gets.
 *
 * A subscriber that nothing binds gets the highest layer that comes. A congested one gets the
 * highest whose measured rate fits its share of what it says it can take. REMB cannot tell what
 * more there is (it never says more than 1.5 times what comes in), so going up again is a trial:
 * one layer of one picture at a time, and after each failed trial the next waits twice as long. */
#ifndef CARELAY_CHOICE_H
#define CARELAY_CHOICE_H

#include "peer.h"

/* Gives each slot the highest layer that its share of the budget allows. */
void layers_choose(struct peer *peer, double now);

#endif
