#include "port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { CONTROL_SIZE = 1 << 18, MIN_MEDIA = 12 };
static const double TICK = 0.025; /* s; lost packets are asked for within one, which also lets reordered ones come first */

double port_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* --- sending --------------------------------------------------------------------------------------------------- */

static void flush(void *context, struct outbox *outbox) {
    struct port *self = context;
    struct mmsghdr messages[OUTBOX];
    struct iovec vectors[OUTBOX];
    for (unsigned i = 0; i < outbox->count; i++) {
        struct outgoing *out = &outbox->items[i];
        vectors[i] = (struct iovec){out->data, out->length};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &out->address, .msg_namelen = out->address_size, .msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    for (unsigned done = 0; done < outbox->count;) {
        int sent = sendmmsg(self->fd, messages + done, outbox->count - done, MSG_DONTWAIT);
        if (sent > 0) {
            done += (unsigned)sent;
        } else if (errno != EINTR) { /* media that waits is media too late: this one is dropped, the next is tried */
            self->relay->dropped[errno == EAGAIN || errno == ENOBUFS ? DROPPED_SEND_BUFFER_FULL : DROPPED_SEND_FAILED]++;
            done++;
        }
    }
    outbox->count = 0;
}

/* --- receiving -------------------------------------------------------------------------------------------------- */

static void wake_python(struct port *self) {
    uint64_t one = 1;
    if (!atomic_exchange(&self->woken, true) && write(self->event_fd, &one, sizeof one) < 0) atomic_store(&self->woken, false);
}

static void to_python(struct port *self, const struct sockaddr_storage *address, uint32_t peer, const uint8_t *data, size_t length) {
    struct control_record *record = ring_reserve(&self->control, sizeof *record + length);
    if (!record) return;
    record->address = *address;
    record->peer = peer;
    record->length = (uint32_t)length;
    memcpy(record->data, data, length);
    ring_commit(&self->control);
}

/* RFC 7983. Nothing reaches SRTP unless it comes from an address that passed an authenticated connectivity check. */
static void sort(struct port *self, const struct sockaddr_storage *address, uint8_t *data, size_t length, double now) {
    if (!length || length > MAX_DATAGRAM) {
        self->relay->dropped[DROPPED_LENGTH]++;
        return;
    }
    uint8_t first = data[0];
    uint32_t key = address_peer(&self->addresses, address);
    if (first >= 128 && first < 192) {
        struct peer *peer = key ? relay_peer(self->relay, key) : NULL;
        if (peer && length >= MIN_MEDIA)
            relay_receive(self->relay, peer, data, length, now);
        else
            self->relay->dropped[peer ? DROPPED_LENGTH : DROPPED_UNKNOWN_ADDRESS]++;
    } else if (first < 4 || (first >= 20 && first < 64)) {
        to_python(self, address, key, data, length);
    } else {
        self->relay->dropped[DROPPED_FIRST_BYTE]++;
    }
}

static double kernel_age(struct msghdr *message, const struct timespec *realtime) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec at;
            memcpy(&at, CMSG_DATA(part), sizeof at);
            return (double)(realtime->tv_sec - at.tv_sec) + 1e-9 * (double)(realtime->tv_nsec - at.tv_nsec);
        }
    return 0;
}

/* How long the batch's oldest datagram waited from the kernel's receipt until everything was sent. */
static void note_batch(struct port *self, struct msghdr *oldest, int count) {
    struct timespec realtime;
    clock_gettime(CLOCK_REALTIME, &realtime);
    double age = kernel_age(oldest, &realtime);
    unsigned bucket = 0, place = 0;
    while (bucket < BATCH_BUCKETS - 1 && count > 1 << bucket) bucket++;
    while (place < DELAY_BUCKETS - 1 && age > 16e-6 * (1 << place)) place++;
    self->batches[bucket]++;
    self->delays[place]++;
    self->delay_sum += age;
    self->delay_count++;
}

struct inbox {
    struct mmsghdr messages[RECEIVE_BATCH];
    struct iovec vectors[RECEIVE_BATCH];
    struct sockaddr_storage addresses[RECEIVE_BATCH];
    uint8_t data[RECEIVE_BATCH][MAX_DATAGRAM + 4]; /* longer ones are cut, seen and dropped */
    uint8_t control[RECEIVE_BATCH][CMSG_SPACE(sizeof(struct timespec))];
};

static void prepare(struct inbox *inbox, int used) {
    for (int i = 0; i < used; i++) {
        inbox->vectors[i] = (struct iovec){inbox->data[i], sizeof inbox->data[i]};
        inbox->messages[i].msg_hdr = (struct msghdr){.msg_name = &inbox->addresses[i], .msg_namelen = sizeof inbox->addresses[i],
                                                     .msg_iov = &inbox->vectors[i], .msg_iovlen = 1,
                                                     .msg_control = inbox->control[i], .msg_controllen = sizeof inbox->control[i]};
    }
}

static void serve_batch(struct port *self, struct inbox *inbox, int count) {
    double now = port_now();
    pthread_mutex_lock(&self->lock);
    for (int i = 0; i < count; i++) sort(self, &inbox->addresses[i], inbox->data[i], inbox->messages[i].msg_len, now);
    if (now - self->ticked_at >= TICK) {
        self->ticked_at = now;
        relay_tick(self->relay, now);
    }
    flush(self, &self->relay->outbox);
    if (count > 0) note_batch(self, &inbox->messages[0].msg_hdr, count);
    pthread_mutex_unlock(&self->lock);
    size_t size;
    if (ring_peek(&self->control, &size) || ring_peek(&self->relay->taps, &size)) wake_python(self);
}

static void *serve(void *argument) {
    struct port *self = argument;
    struct inbox *inbox = calloc(1, sizeof *inbox);
    int count = RECEIVE_BATCH;
    while (inbox && !atomic_load(&self->stopping)) {
        prepare(inbox, count > 0 ? count : 0);
        count = recvmmsg(self->fd, inbox->messages, RECEIVE_BATCH, MSG_WAITFORONE, NULL); /* at most a tick: SO_RCVTIMEO */
        serve_batch(self, inbox, count);
    }
    free(inbox);
    return NULL;
}

/* --- opening and closing --------------------------------------------------------------------------------------- */

struct port *port_open(int fd, double epoch, uint64_t max_video_bps, size_t taps_size) {
    struct port *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->fd = fd;
    self->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->relay = relay_new(epoch, max_video_bps, taps_size);
    pthread_mutex_init(&self->lock, NULL);
    if (self->event_fd >= 0 && self->relay && ring_open(&self->control, CONTROL_SIZE)) {
        self->relay->outbox.flush = flush;
        self->relay->outbox.context = self;
        return self;
    }
    port_close(self);
    return NULL;
}

int port_start(struct port *self) {
    struct timeval tick = {.tv_usec = (suseconds_t)(TICK * 1e6)};
    int on = 1;
    if (setsockopt(self->fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick) < 0) return errno;
    if (setsockopt(self->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) return errno;
    int error = pthread_create(&self->thread, NULL, serve, self);
    self->started = error == 0;
    return error;
}

void port_close(struct port *self) {
    atomic_store(&self->stopping, true);
    if (self->started) pthread_join(self->thread, NULL);
    if (self->event_fd >= 0) close(self->event_fd);
    if (self->relay) relay_free(self->relay);
    ring_close(&self->control);
    address_close(&self->addresses);
    pthread_mutex_destroy(&self->lock);
    free(self);
}
