#include "retransmission.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TRIES = 6 };
/* s; a local round trip would ask again before the publisher could send */
static const double MINIMUM_RETRY = 0.03;
static const double SHARE = 0.5;
static const double BURST = 400000; /* bytes, a large keyframe at once */

static void arrived_late(struct missing_packets *self, int64_t extended) {
    for (unsigned i = 0; i < self->count; i++)
        if (self->list[i].number == extended) {
            memmove(&self->list[i], &self->list[i + 1], (--self->count - i) * sizeof self->list[0]);
            return;
        }
}

void missing_received(struct missing_packets *self, int64_t extended, double now) {
    if (extended <= self->newest) {
        arrived_late(self, extended);
        return;
    }
    int64_t gap = self->newest ? extended - self->newest - 1 : 0;
    if (gap + self->count > MAX_MISSING) {
        self->count = 0;
        self->gave_up = true;
    } else {
        for (int64_t number = extended - gap; number < extended; number++)
            self->list[self->count++] = (struct missing){.number = number, .at = now};
    }
    self->newest = extended;
}

size_t missing_due(struct missing_packets *self, double now, double round_trip,
                   int64_t numbers[MAX_MISSING]) {
    size_t due = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < self->count; i++) {
        struct missing packet = self->list[i];
        if (packet.at <= now) {
            if (packet.tries >= MAX_TRIES) {
                self->gave_up = true;
                continue;
            }
            packet.at = now + fmax(MINIMUM_RETRY, 1.2 * round_trip) * pow(1.5, packet.tries);
            packet.tries++;
            numbers[due++] = packet.number;
        }
        self->list[kept++] = packet;
    }
    self->count = kept;
    return due;
}

void resend_limit_open(struct resend_limit *self) { self->allowance = BURST; }

void resend_limit_close(struct resend_limit *self) { free(self->resent); }

void resend_limit_sent(struct resend_limit *self, size_t size) {
    self->allowance = fmin(BURST, self->allowance + SHARE * (double)size);
}

bool resend_limit_allows(struct resend_limit *self, int64_t extended, size_t size, double now,
                         double round_trip) {
    if (!self->resent) self->resent = calloc(CACHE_SIZE, sizeof *self->resent);
    if (!self->resent) return false;
    struct resent *before = &self->resent[extended % CACHE_SIZE];
    bool under_way = before->number == extended && now - before->at < fmax(0.01, 0.8 * round_trip);
    self->exhausted = !under_way && (double)size > self->allowance;
    if (under_way || self->exhausted) return false;
    *before = (struct resent){extended, now};
    self->allowance -= (double)size;
    return true;
}
