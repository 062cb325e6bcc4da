/* Datagrams in and out of a UDP socket, and waking Python. All that differs between systems is in
 * batch.c: Linux moves many datagrams with one system call and wakes through an eventfd, others
 * move one and wake through a pipe. */
#ifndef CARELAY_BATCH_H
#define CARELAY_BATCH_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outbox.h"

enum { INBOX = 64 };

/* A datagram as it came; longer ones are cut at one octet over the maximum, so that they show. */
struct incoming {
    struct sockaddr_storage address;
    struct local_address local;
    size_t length;
    double arrival; /* at the socket, monotonic seconds */
    uint8_t data[MAX_DATAGRAM + 4];
};

struct inbox;
struct inbox *inbox_open(void); /* NULL if out of memory */
void inbox_close(struct inbox *inbox);

/* Lets `inbox_receive` wait at most `seconds`, and the kernel note arrivals and, if the socket is
 * bound to all addresses, which one was asked: otherwise answers would leave from whichever the
 * route to the peer prefers, and browsers take none from an address that they did not ask. Returns
 * 0 or an errno value. */
int inbox_prepare(int fd, double seconds);

/* Waits for datagrams and takes those that are there, at most INBOX. Returns how many; 0 after the
 * wait; -1 with errno set. `now` is when the wait ended, in monotonic seconds. */
int inbox_receive(struct inbox *inbox, int fd, double *now);
struct incoming *inbox_item(struct inbox *inbox, int index);

/* How many more datagrams the kernel is known to have thrown away since the last call, because its
 * queue was full. It says so with the next one that it takes; other systems than Linux never do. */
uint32_t inbox_overflowed(struct inbox *inbox);

/* Sends and empties the outbox without waiting, because media that waits is media too late; counts
 * what could not be sent. */
struct send_failures {
    uint64_t buffer_full, other;
};
void outbox_send(struct outbox *outbox, int fd, struct send_failures *failures);

/* Makes `read_fd` readable for Python, which clears it before it looks for what came. */
struct waker {
    int read_fd, write_fd;
    _Atomic bool woken;
};
bool waker_open(struct waker *waker); /* false with errno */
void waker_wake(struct waker *waker);
void waker_clear(struct waker *waker);
void waker_close(struct waker *waker);

/* Monotonic time in seconds, and sleep until then; short sleeps of this thread end within
 * microseconds of their time after `sleep_precisely`. */
double monotonic_now(void);
double thread_cpu_seconds(void);
void sleep_until(double time);
void sleep_precisely(void);

/* A nice value: ten times as much of a core as a thread of 0 gets. */
enum { PRECEDENCE = -10 };

/* Lets this thread go before others, as far as the system allows it: media that waits is media too
 * late, while what others have to do waits in queues. One that goes before more of them already is
 * left alone. */
void take_precedence(void);

#endif
