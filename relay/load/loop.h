/* The loop that sends and receives for all clients. A generator is one thread's at a time. */
#ifndef CARELAY_LOAD_LOOP_H
#define CARELAY_LOAD_LOOP_H

#include "load.h"

struct generator *generator_new(const struct srtp *srtp);
void generator_free(struct generator *self);

/* The client's index, or -1. */
int generator_add_client(struct generator *self, int fd, void *send, void *receive,
                         const uint8_t *consent, size_t length);

/* 0, or -1. */
int generator_add_stream(struct generator *self, int index, const struct stream_settings *settings);

void generator_run(struct generator *self, double seconds);

/* Sends nothing; counts as no time. */
void generator_drain(struct generator *self, double seconds);

/* All since the last call. */
void generator_take(struct generator *self, struct tally *tally);

#endif
