#include "senders.h"

#include "fetch.h"

/* 9 bits, as many as there are places. */
static unsigned first_place(uint32_t ssrc) { return ssrc * 2654435761u >> 23; }

/* A peer whose SSRCs all meet in one place slows its own packets, by at most 256 steps. */
static unsigned place_of(const struct senders *self, uint32_t ssrc) {
    unsigned place = first_place(ssrc);
    while (self->places[place] && self->places[place] != ssrc) place = (place + 1) % SENDER_PLACES;
    return place;
}

static bool known(const struct senders *self, uint32_t ssrc) {
    return ssrc ? self->places[place_of(self, ssrc)] == ssrc : self->has_zero;
}

bool senders_admit(const struct senders *self, uint32_t ssrc) {
    return self->count < MAX_SSRCS || known(self, ssrc);
}

void senders_add(struct senders *self, uint32_t ssrc) {
    if (known(self, ssrc)) return;
    self->count++;
    if (ssrc)
        self->places[place_of(self, ssrc)] = ssrc;
    else
        self->has_zero = true;
}

void senders_fetch(const struct senders *self, uint32_t ssrc) {
    fetch(self, sizeof self->count);
    fetch(&self->places[first_place(ssrc)], sizeof self->places[0]);
}
