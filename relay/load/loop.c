#include "loop.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "media.h"
#include "reception.h"

#define LONGEST_WAIT (SECOND / 200)
#define STALE (SECOND / 20) /* a stream so far behind begins anew, and does not catch up */
#define SPREAD (SECOND / 50)

struct generator *generator_new(const struct srtp *srtp) {
    struct generator *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->srtp = *srtp;
    self->random = 2463534242u;
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (self->epoll >= 0) return self;
    free(self);
    return NULL;
}

void generator_free(struct generator *self) {
    for (int i = 0; i < self->client_count; i++) {
        for (int j = 0; j < self->clients[i]->stream_count; j++)
            free(self->clients[i]->streams[j].cache);
        free(self->clients[i]);
    }
    close(self->epoll);
    free(self);
}

int generator_add_client(struct generator *self, int fd, void *send, void *receive,
                         const uint8_t *consent, size_t length) {
    if (self->client_count == MAX_CLIENTS || length > MAX_CONSENT) return -1;
    struct client *client = calloc(1, sizeof *client);
    if (!client) return -1;
    *client =
        (struct client){.fd = fd, .send = send, .receive = receive, .consent_length = (int)length};
    memcpy(client->consent, consent, length);
    if (!length) client->next_consent = UINT64_MAX;
    int on = 1, size = 1 << 20;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        free(client);
        return -1;
    }
    self->clients[self->client_count] = client;
    return self->client_count++;
}

int generator_add_stream(struct generator *self, int index,
                         const struct stream_settings *settings) {
    struct client *client = index >= 0 && index < self->client_count ? self->clients[index] : NULL;
    bool sizes = settings->payload_size >= 32 && settings->payload_size <= 1300 &&
                 settings->extension_length <= MAX_EXTENSION;
    if (!client || client->stream_count == MAX_STREAMS || !sizes || !settings->packets_per_second)
        return -1;
    struct stream *stream = &client->streams[client->stream_count];
    *stream = (struct stream){.settings = *settings, .keyframe = true};
    stream->interval = SECOND / settings->packets_per_second;
    /* With 2^15 and more the first wrap would confuse rollover counters. */
    stream->sequence = (uint16_t)(settings->ssrc & 0x7fff);
    if (settings->video && !(stream->cache = calloc(CACHE, PACKET))) return -1;
    client->stream_count++;
    return 0;
}

static void schedule(struct generator *self, uint64_t now) {
    for (int i = 0; i < self->client_count; i++) {
        struct client *client = self->clients[i];
        /* Clients do not send in step. */
        uint64_t start = now + SPREAD * (uint64_t)i / (uint64_t)self->client_count;
        for (int j = 0; j < client->stream_count; j++)
            if (client->streams[j].next + STALE < now) client->streams[j].next = start;
        if (client->next_report + STALE < now) client->next_report = start;
        self->due[i] = now;
    }
}

static uint64_t send_client(struct generator *self, struct client *client, uint64_t now) {
    keep_alive(self, client, now);
    send_due(self, client, now);
    uint64_t next =
        client->next_report < client->next_consent ? client->next_report : client->next_consent;
    for (int i = 0; i < client->stream_count; i++)
        if (client->streams[i].next < next) next = client->streams[i].next;
    return next;
}

static uint64_t send_all_due(struct generator *self, uint64_t now) {
    uint64_t next = now + LONGEST_WAIT;
    for (int i = 0; i < self->client_count; i++) {
        if (self->due[i] <= now) self->due[i] = send_client(self, self->clients[i], now);
        if (self->due[i] < next) next = self->due[i];
    }
    return next;
}

static void receive_until(struct generator *self, uint64_t time) {
    struct epoll_event events[64];
    uint64_t now = clock_now(CLOCK_REALTIME);
    struct timespec wait = {0, time > now ? (long)(time - now) : 0};
    int count = epoll_pwait2(self->epoll, events, 64, &wait, NULL);
    for (int i = 0; i < count; i++) receive_all(self, events[i].data.ptr);
}

void generator_drain(struct generator *self, double seconds) {
    uint64_t now = clock_now(CLOCK_REALTIME), end = now + (uint64_t)(seconds * (double)SECOND);
    for (; now < end; now = clock_now(CLOCK_REALTIME)) receive_until(self, now + LONGEST_WAIT);
}

void generator_run(struct generator *self, double seconds) {
    uint64_t begin = clock_now(CLOCK_REALTIME), cpu = clock_now(CLOCK_THREAD_CPUTIME_ID);
    uint64_t end = begin + (uint64_t)(seconds * (double)SECOND);
    schedule(self, begin);
    for (uint64_t now = begin; now < end; now = clock_now(CLOCK_REALTIME))
        receive_until(self, send_all_due(self, now));
    self->now.figures.cpu_ns += clock_now(CLOCK_THREAD_CPUTIME_ID) - cpu;
    self->now.figures.wall_ns += clock_now(CLOCK_REALTIME) - begin;
}

static void add_figures(struct figures *self, const struct figures *other) {
    uint64_t *sums = (uint64_t *)self;
    for (size_t i = 0; i < sizeof *self / sizeof *sums; i++)
        sums[i] += ((const uint64_t *)other)[i];
}

void generator_take(struct generator *self, struct tally *tally) {
    *tally = self->now;
    add_figures(&self->total.figures, &self->now.figures);
    delays_add(&self->total.delays, &self->now.delays);
    memset(&self->now, 0, sizeof self->now);
}
