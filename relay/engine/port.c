#include "port.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inbound.h"
#include "outbound.h"

enum { CONTROL_SIZE = 1 << 18, MIN_MEDIA = 12, MAX_YIELDS = 40 };
/* s; lost packets are asked for within one, which also lets reordered ones come first */
static const double TICK = 0.025;
/* s; the recorder has time, and each run of packets costs it as much as four */
static const double TELL = 0.1;
/* Each datagram is served when it comes. Only where the thread uses most of a core are batches let
 * grow for so long (s), which saves a tenth of it there; it ends where much less is used. */
static const double FULL = 0.8, ROOMY = 0.6, GATHER = 0.0005;
static const struct timespec YIELD = {.tv_nsec = 50000};

/* --- sending --- */

static void flush(void *context, struct outbox *outbox) {
    struct port *self = context;
    struct send_failures failures = {0};
    outbox_send(outbox, self->fd, &failures);
    self->relay->dropped[DROPPED_SEND_BUFFER_FULL] += failures.buffer_full;
    self->relay->dropped[DROPPED_SEND_FAILED] += failures.other;
}

/* --- receiving --- */

/* STUN of anybody, because checks make an address somebody's; DTLS only of peers. */
static void to_python(struct port *self, const struct incoming *item) {
    uint32_t peer = address_peer(&self->addresses, &item->address);
    if (!peer && item->data[0] >= 20) {
        self->relay->dropped[DROPPED_UNKNOWN_ADDRESS]++;
        return;
    }
    struct control_record *record = ring_reserve(&self->control, sizeof *record + item->length, 0);
    if (!record) return;
    record->address = item->address;
    record->local = item->local;
    record->peer = peer;
    record->length = (uint32_t)item->length;
    memcpy(record->data, item->data, item->length);
    ring_commit(&self->control);
}

/* Nothing reaches SRTP but from an address that passed an authenticated connectivity check. */
static void to_relay(struct port *self, struct incoming *item, double now) {
    uint32_t key = address_peer(&self->addresses, &item->address);
    struct peer *peer = key ? relay_peer(self->relay, key) : NULL;
    if (peer && item->length >= MIN_MEDIA)
        relay_receive(self->relay, peer, item->data, item->length, item->arrival, now);
    else
        self->relay->dropped[peer ? DROPPED_LENGTH : DROPPED_UNKNOWN_ADDRESS]++;
}

/* By the first octet (RFC 7983). */
static void sort(struct port *self, struct incoming *item, double now) {
    uint8_t first = item->data[0];
    if (!item->length || item->length > MAX_DATAGRAM)
        self->relay->dropped[DROPPED_LENGTH]++;
    else if (first >= 128 && first < 192)
        to_relay(self, item, now);
    else if (first < 4 || (first >= 20 && first < 64))
        to_python(self, item);
    else
        self->relay->dropped[DROPPED_FIRST_BYTE]++;
}

static void note_batch(struct port *self, int count, double oldest) {
    double delay = monotonic_now() - oldest;
    unsigned bucket = 0, place = 0;
    while (bucket < BATCH_BUCKETS - 1 && count > 1 << bucket) bucket++;
    while (place < DELAY_BUCKETS - 1 && delay > 16e-6 * (1 << place)) place++;
    self->batches[bucket]++;
    self->datagrams += (unsigned)count;
    self->delays[place]++;
    self->delay_sum += delay;
}

static void let_python_in(struct port *self) {
    for (int i = 0; atomic_load(&self->waiting) && i < MAX_YIELDS; i++) nanosleep(&YIELD, NULL);
}

static void note_load(struct port *self, double now) {
    double cpu = thread_cpu_seconds(), share = (cpu - self->cpu) / (now - self->told_at);
    self->gathering = share > (self->gathering ? ROOMY : FULL);
    self->cpu = cpu;
    self->told_at = now;
}

/* The recorder's packets can wait for more of them; what belongs to a handshake cannot. */
static bool python_has_work(struct port *self, bool tell) {
    struct ring *taps = &self->relay->taps.ring;
    return ring_waiting(&self->control) || (tell ? ring_waiting(taps) : ring_filling(taps));
}

static void serve_batch(struct port *self, struct inbox *inbox, int count, double now) {
    let_python_in(self);
    pthread_mutex_lock(&self->lock);
    for (int i = 0; i < count; i++) sort(self, inbox_item(inbox, i), now);
    bool tell = now - self->told_at >= TELL;
    if (tell) note_load(self, now);
    relay_tick_due(self->relay, now, TICK);
    if (self->relay->outbox.count) flush(self, &self->relay->outbox);
    if (count < 0) self->relay->dropped[DROPPED_RECEIVE_FAILED]++;
    self->relay->dropped[DROPPED_RECEIVE_QUEUE_FULL] += inbox_overflowed(inbox);
    if (count > 0) note_batch(self, count, inbox_item(inbox, 0)->arrival);
    bool work = python_has_work(self, tell);
    pthread_mutex_unlock(&self->lock);
    if (work) waker_wake(&self->waker);
}

static void *serve(void *argument) {
    struct port *self = argument;
    struct inbox *inbox = inbox_open();
    double began = -INFINITY; /* the last batch */
    sleep_precisely();
    take_precedence();
    while (inbox && !atomic_load(&self->stopping)) {
        if (self->gathering) sleep_until(began + GATHER);
        int count = inbox_receive(inbox, self->fd, &began);
        serve_batch(self, inbox, count, began);
        if (count < 0) nanosleep(&YIELD, NULL);
    }
    inbox_close(inbox);
    return NULL;
}

/* --- opening and closing --- */

struct port *port_open(int fd, double epoch, uint64_t max_video_bps, size_t taps_most) {
    struct port *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->fd = fd;
    self->relay = relay_new(epoch, max_video_bps, taps_most);
    pthread_mutex_init(&self->lock, NULL);
    if (waker_open(&self->waker) && self->relay && ring_open(&self->control, CONTROL_SIZE)) {
        self->relay->outbox.flush = flush;
        self->relay->outbox.context = self;
        return self;
    }
    port_close(self);
    return NULL;
}

int port_start(struct port *self) {
    int error = inbox_prepare(self->fd, TICK);
    if (!error) error = pthread_create(&self->thread, NULL, serve, self);
    self->started = error == 0;
    return error;
}

void port_close(struct port *self) {
    atomic_store(&self->stopping, true);
    if (self->started) pthread_join(self->thread, NULL);
    waker_close(&self->waker);
    if (self->relay) relay_free(self->relay);
    ring_close(&self->control);
    address_close(&self->addresses);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

void port_lock(struct port *self) {
    atomic_fetch_add(&self->waiting, 1);
    pthread_mutex_lock(&self->lock);
    atomic_fetch_sub(&self->waiting, 1);
}

void port_unlock(struct port *self) { pthread_mutex_unlock(&self->lock); }

void port_tidy(struct port *self) {
    if (!taps_untidy(&self->relay->taps) || pthread_mutex_trylock(&self->lock)) return;
    taps_tidy(&self->relay->taps);
    pthread_mutex_unlock(&self->lock);
}
