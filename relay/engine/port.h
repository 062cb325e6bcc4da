/* One UDP socket and the thread that serves it: receives in batches, hands media to the relay, the
 * rest to Python. */
#ifndef CARELAY_PORT_H
#define CARELAY_PORT_H

#include <pthread.h>

#include "address.h"
#include "batch.h"
#include "relay.h"

enum { BATCH_BUCKETS = 8, DELAY_BUCKETS = 12 };

/* A datagram that is Python's: STUN and DTLS. */
struct control_record {
    struct sockaddr_storage address;
    struct local_address local;
    uint32_t peer; /* 0: from an address that passed no check */
    uint32_t length;
    uint8_t data[];
};

struct port {
    struct relay *relay;
    struct address_table addresses;
    struct ring control;
    struct waker waker;
    int fd;
    pthread_t thread;
    /* Held by the thread while it works on a batch, and by Python for each call. A thread that is
     * never idle would take it again before Python wakes up: it lets those `waiting` go first. */
    pthread_mutex_t lock;
    _Atomic unsigned waiting;
    _Atomic bool stopping;
    bool started;
    double told_at, cpu; /* when Python was last told what waits, and the thread's CPU time then */
    bool gathering;      /* the thread is so busy that batches are worth waiting for */
    uint64_t batches[BATCH_BUCKETS]; /* received datagrams a batch: 1, 2, 4, … 64, more */
    uint64_t datagrams;              /* in all of them */
    /* Of a batch's oldest datagram, from the socket until all is sent: up to 2^k * 16 us. */
    uint64_t delays[DELAY_BUCKETS];
    double delay_sum;
};

/* `fd` is a bound, blocking UDP socket that stays the caller's, -1 for tests without one. Returns
 * NULL with errno set if it fails. */
struct port *port_open(int fd, double epoch, uint64_t max_video_bps, size_t taps_most);

/* Starts the thread; an errno value, 0 on success. */
int port_start(struct port *port);

/* Stops the thread if it runs and frees everything. */
void port_close(struct port *port);

/* Gives back what memory is not needed between two calls; nothing while the thread works. */
void port_tidy(struct port *port);

/* For Python's calls. */
void port_lock(struct port *port);
void port_unlock(struct port *port);

#endif
