/* One UDP socket and the thread that serves it: receives in batches, hands media to the relay, the rest to Python. */
#ifndef CARELAY_PORT_H
#define CARELAY_PORT_H

#include <pthread.h>

#include "address.h"
#include "relay.h"

enum { RECEIVE_BATCH = 64, BATCH_BUCKETS = 8, DELAY_BUCKETS = 12 };

/* A datagram that is Python's: STUN and DTLS. */
struct control_record {
    struct sockaddr_storage address;
    uint32_t peer; /* 0: from an address that passed no check */
    uint32_t length;
    uint8_t data[];
};

struct port {
    struct relay *relay;
    struct address_table addresses;
    struct ring control;
    int fd, event_fd;
    pthread_t thread;
    pthread_mutex_t lock; /* held by the thread while it works on a batch, and by Python for each call */
    _Atomic bool stopping, woken;
    bool started;
    double ticked_at;
    uint64_t batches[BATCH_BUCKETS];    /* received datagrams a batch: 1, 2, 4, … 64, more */
    uint64_t delays[DELAY_BUCKETS];     /* kernel receive time to sendmmsg done: 2^k * 16 us */
    double delay_sum;
    uint64_t delay_count;
};

/* `fd` is a bound, blocking UDP socket that stays the caller's, -1 for tests without one. NULL with errno set. */
struct port *port_open(int fd, double epoch, uint64_t max_video_bps, size_t taps_size);

/* Starts the thread; an errno value, 0 on success. */
int port_start(struct port *port);

/* Stops the thread if it runs and frees everything. */
void port_close(struct port *port);

/* Monotonic time in seconds. */
double port_now(void);

#endif
