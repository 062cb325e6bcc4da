#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#endif

static double seconds_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double monotonic_now(void) { return seconds_of(CLOCK_MONOTONIC); }

double thread_cpu_seconds(void) { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

void sleep_until(double time) {
    double left = time - monotonic_now();
    if (left <= 0) return;
    struct timespec rest = {.tv_sec = (time_t)left,
                            .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&rest, NULL);
}

static int wait_at_most(int fd, double seconds) {
    struct timeval limit = {.tv_sec = (time_t)seconds,
                            .tv_usec = (suseconds_t)((seconds - (time_t)seconds) * 1e6)};
    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ? errno : 0;
}

static bool nothing_came(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

static void count_failure(struct send_failures *failures) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
        failures->buffer_full++;
    else
        failures->other++;
}

#ifdef __linux__

/* IP_PKTINFO or the longer IPV6_PKTINFO. */
enum { LOCAL_SPACE = CMSG_SPACE(sizeof(struct in6_pktinfo)) };
enum { TIME_SPACE = CMSG_SPACE(sizeof(struct timespec)) }; /* of SO_TIMESTAMPNS */
enum { OVERFLOW_SPACE = CMSG_SPACE(sizeof(uint32_t)) };    /* of SO_RXQ_OVFL */
enum { CONTROL_SPACE = TIME_SPACE + OVERFLOW_SPACE + LOCAL_SPACE };

struct inbox {
    int used;           /* headers that the last call has changed */
    uint32_t overflows; /* the kernel's count of what it had no room for */
    uint32_t counted;   /* how much of it was told */
    struct mmsghdr headers[INBOX];
    struct iovec vectors[INBOX];
    _Alignas(struct cmsghdr) uint8_t control[INBOX][CONTROL_SPACE];
    struct incoming items[INBOX];
};

struct inbox *inbox_open(void) {
    struct inbox *self = calloc(1, sizeof *self);
    if (self) self->used = INBOX;
    return self;
}

/* An IPv6 socket tells of IPv4 in IPv6's way as well, as a mapped address. */
static void ask_for_local(int fd) {
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    const struct sockaddr_in *v4 = (void *)&bound;
    const struct sockaddr_in6 *v6 = (void *)&bound;
    int on = 1;
    getsockname(fd, (void *)&bound, &size);
    if (bound.ss_family == AF_INET && v4->sin_addr.s_addr == htonl(INADDR_ANY))
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    if (bound.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

int inbox_prepare(int fd, double seconds) {
    int on = 1;
    ask_for_local(fd);
    if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) return errno;
    /* A sandbox that lacks it only counts less. */
    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    return wait_at_most(fd, seconds);
}

static void renew_headers(struct inbox *self) {
    for (int i = 0; i < self->used; i++) {
        struct incoming *item = &self->items[i];
        self->vectors[i] = (struct iovec){item->data, sizeof item->data};
        self->headers[i].msg_hdr = (struct msghdr){
            .msg_name = &item->address,
            .msg_namelen = sizeof item->address,
            .msg_iov = &self->vectors[i],
            .msg_iovlen = 1,
            .msg_control = self->control[i],
            .msg_controllen = sizeof self->control[i],
        };
    }
}

/* The kernel's time of arrival on CLOCK_REALTIME; `otherwise` without one. */
static double stamp(struct msghdr *header, double otherwise) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec at;
            memcpy(&at, CMSG_DATA(part), sizeof at);
            return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
        }
    return otherwise;
}

static struct local_address local_of(struct msghdr *header) {
    struct local_address local = {0};
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
        bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO;
        bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO;
        if (!v4 && !v6) continue;
        local.size = v4 ? sizeof(struct in_addr) : sizeof(struct in6_addr);
        size_t at =
            v4 ? offsetof(struct in_pktinfo, ipi_addr) : offsetof(struct in6_pktinfo, ipi6_addr);
        memcpy(local.octets, CMSG_DATA(part) + at, local.size);
    }
    return local;
}

/* Leaves the interface to the route: it is the address that has to be the right one. */
static void leave_from(struct msghdr *header, const struct local_address *local,
                       uint8_t control[LOCAL_SPACE]) {
    if (!local->size) return;
    bool v4 = local->size == sizeof(struct in_addr);
    size_t size = v4 ? sizeof(struct in_pktinfo) : sizeof(struct in6_pktinfo);
    memset(control, 0, LOCAL_SPACE);
    header->msg_control = control;
    header->msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *part = CMSG_FIRSTHDR(header);
    part->cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
    part->cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
    part->cmsg_len = CMSG_LEN(size);
    size_t at =
        v4 ? offsetof(struct in_pktinfo, ipi_spec_dst) : offsetof(struct in6_pktinfo, ipi6_addr);
    memcpy(CMSG_DATA(part) + at, local->octets, local->size);
}

/* From the first overflow on each datagram tells the sum when it came: the last one is enough. */
static void note_overflows(struct inbox *self, struct msghdr *header) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_RXQ_OVFL)
            memcpy(&self->overflows, CMSG_DATA(part), sizeof self->overflows);
}

uint32_t inbox_overflowed(struct inbox *self) {
    uint32_t more = self->overflows - self->counted; /* the kernel's count wraps around */
    self->counted = self->overflows;
    return more;
}

int inbox_receive(struct inbox *self, int fd, double *now) {
    renew_headers(self);
    int count = recvmmsg(fd, self->headers, INBOX, MSG_WAITFORONE, NULL);
    *now = monotonic_now();
    self->used = count > 0 ? count : 0;
    if (count < 0) return nothing_came() ? 0 : -1;
    if (count) note_overflows(self, &self->headers[count - 1].msg_hdr);
    double wall = seconds_of(CLOCK_REALTIME);
    for (int i = 0; i < count; i++) {
        self->items[i].length = self->headers[i].msg_len;
        self->items[i].local = local_of(&self->headers[i].msg_hdr);
        double age = wall - stamp(&self->headers[i].msg_hdr, wall);
        bool likely = age > 0 && age < 1; /* the wall clock may have been set meanwhile */
        self->items[i].arrival = *now - (likely ? age : 0);
    }
    return count;
}

void outbox_send(struct outbox *outbox, int fd, struct send_failures *failures) {
    struct mmsghdr headers[OUTBOX];
    struct iovec vectors[OUTBOX];
    _Alignas(struct cmsghdr) uint8_t control[OUTBOX][LOCAL_SPACE];
    for (unsigned i = 0; i < outbox->count; i++) {
        struct outgoing *item = &outbox->items[i];
        vectors[i] = (struct iovec){item->data, item->length};
        headers[i].msg_hdr = (struct msghdr){.msg_name = &item->address,
                                             .msg_namelen = item->address_size,
                                             .msg_iov = &vectors[i],
                                             .msg_iovlen = 1};
        leave_from(&headers[i].msg_hdr, &item->local, control[i]);
    }
    for (unsigned done = 0; done < outbox->count;) {
        int sent = sendmmsg(fd, headers + done, outbox->count - done, MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) count_failure(failures);
        done += sent > 0 ? (unsigned)sent : 1; /* one that failed is dropped, the next is tried */
    }
    outbox->count = 0;
}

/* Linux lets timers of ordinary threads be 50 us late. */
void sleep_precisely(void) { prctl(PR_SET_TIMERSLACK, 1UL); }

/* Linux has a nice value for each thread; a lower one takes CAP_SYS_NICE or RLIMIT_NICE. */
void take_precedence(void) {
    if (getpriority(PRIO_PROCESS, 0) > PRECEDENCE) setpriority(PRIO_PROCESS, 0, PRECEDENCE);
}

bool waker_open(struct waker *self) {
    self->read_fd = self->write_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return self->read_fd >= 0;
}

#else

struct inbox {
    struct incoming item;
};

struct inbox *inbox_open(void) { return calloc(1, sizeof(struct inbox)); }

int inbox_prepare(int fd, double seconds) { return wait_at_most(fd, seconds); }

int inbox_receive(struct inbox *self, int fd, double *now) {
    socklen_t size = sizeof self->item.address;
    void *address = &self->item.address;
    ssize_t length = recvfrom(fd, self->item.data, sizeof self->item.data, 0, address, &size);
    *now = monotonic_now();
    if (length < 0) return nothing_came() ? 0 : -1;
    self->item.length = (size_t)length;
    self->item.arrival = *now;
    return 1;
}

uint32_t inbox_overflowed(struct inbox *self) {
    (void)self;
    return 0;
}

void outbox_send(struct outbox *outbox, int fd, struct send_failures *failures) {
    for (unsigned i = 0; i < outbox->count; i++) {
        struct outgoing *item = &outbox->items[i];
        void *address = &item->address;
        if (sendto(fd, item->data, item->length, MSG_DONTWAIT, address, item->address_size) < 0)
            count_failure(failures);
    }
    outbox->count = 0;
}

void sleep_precisely(void) {}

void take_precedence(void) {}

bool waker_open(struct waker *self) {
    int ends[2];
    self->read_fd = self->write_fd = -1;
    if (pipe(ends) < 0) return false;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    self->read_fd = ends[0];
    self->write_fd = ends[1];
    return true;
}

#endif

void inbox_close(struct inbox *self) { free(self); }

struct incoming *inbox_item(struct inbox *self, int index) {
#ifdef __linux__
    return &self->items[index];
#else
    (void)index;
    return &self->item;
#endif
}

/* Eight octets, as an eventfd wants them. */
void waker_wake(struct waker *self) {
    uint64_t one = 1;
    if (atomic_exchange(&self->woken, true)) return;
    if (write(self->write_fd, &one, sizeof one) < 0) atomic_store(&self->woken, false);
}

/* Whoever wakes between the two lines writes nothing, but what it has to tell is found by the
 * caller right after. */
void waker_clear(struct waker *self) {
    uint64_t count;
    while (read(self->read_fd, &count, sizeof count) > 0) {}
    atomic_store(&self->woken, false);
}

void waker_close(struct waker *self) {
    if (self->write_fd != self->read_fd) close(self->write_fd);
    if (self->read_fd >= 0) close(self->read_fd);
}
